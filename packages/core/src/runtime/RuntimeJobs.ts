/**
 * Orders for the runtime, committed with the fact that causes them: "start this game".
 *
 * The row is the job. Whoever works on games finds it there, however often it dies on the way.
 */
import type { EnginePlayerId, GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { Hex } from "effect/encoding"
import { SqlClient } from "effect/sql"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { StorageError } from "../shared/StorageError.ts"
import { secureRandom } from "../shared/webCrypto.ts"
import { EngineVersions, NoEngineVersion } from "../engine/EngineVersions.ts"

export interface Seat {
  readonly userId: UserId
  readonly raceName: string
  readonly enginePlayerId: EnginePlayerId
}

export interface StartRequest {
  readonly gameId: GameId
  /** A version of the registry; the newest enabled one when absent. */
  readonly engineVersion?: string | undefined
  readonly turnSchedule: string
  readonly timeZone: string
  readonly players: ReadonlyArray<Seat>
}

export class RuntimeJobs extends Context.Service<
  RuntimeJobs,
  {
    /** Joins the caller's transaction. A game whose start failed before is armed again with its new players. */
    requestStart(request: StartRequest): Effect.Effect<void, NoEngineVersion | StorageError>
  }
>()("@galaxy/core/runtime/RuntimeJobs") {}

const newSeed = Effect.map(secureRandom.randomBytes(16), Hex.encode)

export const layer: Layer.Layer<RuntimeJobs, never, SqlClient.SqlClient | DatabaseSignal | EngineVersions> =
  Layer.effect(
    RuntimeJobs,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const signal = yield* DatabaseSignal
      const versions = yield* EngineVersions

      const requestStart = Effect.fn("RuntimeJobs.requestStart")(function* (request: StartRequest) {
        const version = yield* versions.pick(request.engineVersion)
        const now = yield* DateTime.nowAsDate
        const seed = yield* newSeed
        yield* sql.withTransaction(
          Effect.gen(function* () {
            const armed = yield* sql`
              INSERT INTO backend.runtime_records AS r
                (game_id, status, engine_version, image_ref, seed, turn_schedule, time_zone, next_attempt_at, created_at, updated_at)
              VALUES (${request.gameId}, 'starting', ${version.version}, ${version.image_ref}, ${seed},
                ${request.turnSchedule}, ${request.timeZone}, ${now}, ${now}, ${now})
              ON CONFLICT (game_id) DO UPDATE SET
                status = 'starting', row_version = r.row_version + 1, engine_version = EXCLUDED.engine_version,
                image_ref = EXCLUDED.image_ref, seed = EXCLUDED.seed, turn_schedule = EXCLUDED.turn_schedule,
                time_zone = EXCLUDED.time_zone, current_turn = 0, generating_turn = NULL, next_turn_at = NULL,
                next_turn_why = 'schedule', next_turn_skips = 0, next_turn_set_at = NULL, next_turn_was = NULL,
                force_next_turn = false, next_attempt_at = EXCLUDED.next_attempt_at, attempts = 0, failure_reason = NULL,
                started_at = NULL, updated_at = EXCLUDED.updated_at
              WHERE r.status IN ('start_failed', 'stopped')
              RETURNING 1`
            // The lobby only starts games that aren't being played: another state here is a fault, and nothing is changed.
            if (armed.length === 0) return yield* Effect.die(new Error("the game already has a runtime"))
            yield* sql`DELETE FROM backend.player_mappings WHERE game_id = ${request.gameId}`
            for (const seat of request.players) {
              yield* sql`
                INSERT INTO backend.player_mappings (game_id, user_id, race_name, engine_player_uuid, created_at)
                VALUES (${request.gameId}, ${seat.userId}, ${seat.raceName}, ${seat.enginePlayerId}, ${now})`
            }
            yield* signal.send("galaxy_runtime")
          })
        )
      }, StorageError.refail)

      return RuntimeJobs.of({ requestStart })
    })
  )

export { NoEngineVersion }
