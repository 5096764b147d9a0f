/** How engines are: the columns `health…` of `runtime_records` and the rows of `runtime_health_snapshots`. */
import { GameId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import type { PagePosition } from "../shared/Page.ts"
import { StorageError } from "../shared/StorageError.ts"

/**
 * `healthy`: it answers. `unhealthy`: it runs and doesn't answer. `removed`: it ended without being asked to. `unknown`:
 * it has not been asked yet.
 */
export const EngineHealth = Schema.Literals(["unknown", "healthy", "unhealthy", "removed"])
export type EngineHealth = typeof EngineHealth.Type

/** A change of an engine's health. */
export interface HealthChange {
  readonly health: Exclude<EngineHealth, "unknown">
  /** One sentence for operators; null for a healthy engine. */
  readonly detail: string | null
  readonly instanceId: string | null
}

const Snapshot = Schema.Struct({
  snapshot_id: Schema.String,
  created_at: Schema.DateTimeUtcFromDate,
  payload: Schema.Struct({
    health: EngineHealth,
    detail: Schema.NullOr(Schema.String),
    instance: Schema.NullOr(Schema.String)
  })
})
/** A snapshot of one game, as stored. */
export type HealthSnapshot = typeof Snapshot.Type

/** Reads and writes the health of engines. Fails with `StorageError` only. */
export class HealthLog extends Context.Service<
  HealthLog,
  {
    /**
     * Stores a change of health with a snapshot, in the caller's transaction, and returns the snapshot's id. Returns
     * undefined, and stores nothing, if that is the game's health already (`healthNow`: trouble from before the engine's
     * last work is over, and the same trouble again is another one).
     */
    change(gameId: GameId, change: HealthChange): Effect.Effect<string | undefined, StorageError>
    /** The game's snapshots, newest first. */
    list(gameId: GameId, after: PagePosition, limit: number): Effect.Effect<ReadonlyArray<HealthSnapshot>, StorageError>
  }
>()("@galaxy/core/runtime/HealthLog") {}

/** `HealthLog` over PostgreSQL. */
export const layer: Layer.Layer<HealthLog, never, SqlClient.SqlClient> = Layer.effect(
  HealthLog,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const page = SqlSchema.findAll({
      Request: Schema.Struct({ gameId: GameId, at: Schema.Date, id: Schema.String, limit: Schema.Int }),
      Result: Snapshot,
      execute: ({ gameId, at, id, limit }) => sql`
        SELECT snapshot_id, observed_at AS created_at, payload FROM backend.runtime_health_snapshots
        WHERE game_id = ${gameId} AND (observed_at, snapshot_id) < (${at}, ${id}::uuid)
        ORDER BY observed_at DESC, snapshot_id DESC LIMIT ${limit}`
    })

    return HealthLog.of({
      change: Effect.fnUntraced(function* (gameId, { health, detail, instanceId }) {
        const now = yield* DateTime.nowAsDate
        const changed = yield* sql`
          UPDATE backend.runtime_records SET health = ${health}, health_since = ${now}
          WHERE game_id = ${gameId}
            AND (health <> ${health} OR (health <> 'healthy' AND last_observed_at > health_since)) RETURNING 1`
        if (changed.length === 0) return undefined
        const id = yield* newId
        const payload = JSON.stringify({ health, detail, instance: instanceId })
        yield* sql`
          INSERT INTO backend.runtime_health_snapshots (snapshot_id, game_id, observed_at, payload, created_at)
          VALUES (${id}, ${gameId}, ${now}, ${payload}::text::jsonb, ${now})`
        return id
      }, StorageError.refail),
      list: (gameId, after, limit) => StorageError.refail(page({ gameId, at: after.createdAt, id: after.id, limit }))
    })
  })
)
