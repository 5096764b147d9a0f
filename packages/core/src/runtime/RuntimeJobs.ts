/**
 * Orders for the runtime ("start this game"), committed together with the fact that causes them.
 *
 * The row is the job. Workers find it there, however often they die on the way.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { Hex } from "effect/encoding"
import { SqlClient } from "effect/sql"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { StorageError } from "../shared/StorageError.ts"
import { secureRandom } from "../shared/webCrypto.ts"
import type { Seat } from "./RuntimeStore.ts"
import { EngineVersions, type NoEngineVersion } from "../engine/EngineVersions.ts"

/** Everything that a start needs, taken from the lobby's row. Later changes there don't reach the game. */
export interface StartRequest {
  readonly gameId: GameId
  /** A registered version that is enabled; the newest such version when absent. */
  readonly engineVersion?: string | undefined
  /** Five cron fields, read in `timeZone`; checked by the caller. */
  readonly turnSchedule: string
  readonly timeZone: string
  readonly players: ReadonlyArray<Seat>
}

/**
 * The lobby's way to give work to the runtime. An order takes effect if and only if the caller's transaction commits.
 */
export class RuntimeJobs extends Context.Service<
  RuntimeJobs,
  {
    /**
     * Queues a start, in the caller's transaction. A game whose earlier start failed gets a new seed, version and
     * players. Fails with `NoEngineVersion` if no enabled version fits, and dies for a game that is in play or
     * finished.
     */
    requestStart(request: StartRequest): Effect.Effect<void, NoEngineVersion | StorageError>
  }
>()("@galaxy/core/runtime/RuntimeJobs") {}

const newSeed = Effect.map(secureRandom.randomBytes(16), Hex.encode)

/** `RuntimeJobs` over PostgreSQL. Wakes the scheduler when the order is committed. */
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
            // The lobby starts only games that aren't in play: any other state here is a bug, and nothing is changed.
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
