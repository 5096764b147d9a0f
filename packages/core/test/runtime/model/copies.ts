/** A copy of all that the database has of some games, and its restore, which begins another incarnation of the platform. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import * as Incarnations from "@galaxy/core/incarnation/Incarnations"
import * as PushLog from "@galaxy/core/push/PushLog"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

/** Whose rows. */
interface Of {
  readonly games: ReadonlyArray<GameId>
  readonly players: ReadonlyArray<UserId>
}

const list = (ids: ReadonlyArray<string>) => ids.map((it) => `'${it}'`).join()

/** Tables, with how their rows of the games are found; what refers to others comes first. */
const tablesOf = ({ games, players }: Of): ReadonlyArray<readonly [table: string, rows: string]> => {
  const ofGame = `game_id IN (${list(games)})`
  const ofPlayer = `user_id IN (${list(players)})`
  const notices = `payload->>'game_id' IN (${list(games)})`
  return [
    ["notification_routes", `notification_id IN (SELECT notification_id FROM backend.notifications WHERE ${notices})`],
    ["notifications", notices],
    ["push_events", ofPlayer],
    ["push_user_heads", ofPlayer],
    ["engine_files", ofGame],
    ["runtime_operation_log", ofGame],
    ["runtime_health_snapshots", ofGame],
    ["runtime_records", ofGame],
    ["player_mappings", ofGame],
    ["memberships", ofGame],
    ["games", ofGame]
  ]
}

/** Takes the place of the copy before it. */
export const copy = Effect.fnUntraced(function* (of: Of) {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe("CREATE SCHEMA IF NOT EXISTS model_copy")
  yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* sql.unsafe("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
      for (const [table, rows] of tablesOf(of)) {
        yield* sql.unsafe(`DROP TABLE IF EXISTS model_copy.${table}`)
        yield* sql.unsafe(`CREATE TABLE model_copy.${table} AS SELECT * FROM backend.${table} WHERE ${rows}`)
      }
    })
  )
})

/**
 * Brings the copy back, and begins the next incarnation before anybody sees it. What others have begun is over before that,
 * or goes on after it: nothing of a transaction is left where a database is restored.
 */
export const restore = Effect.fnUntraced(
  function* (of: Of) {
    const sql = yield* SqlClient.SqlClient
    const { begin } = yield* Incarnations.Incarnations
    const tables = tablesOf(of)
    const whole = Effect.gen(function* () {
      // Whoever waits behind this one may be who it waits for.
      yield* sql.unsafe("SET LOCAL lock_timeout = '500ms'")
      yield* sql.unsafe(`LOCK TABLE backend.memberships, backend.games, backend.runtime_records, backend.engine_files
        IN ACCESS EXCLUSIVE MODE`)
      // Neither checks nor cascades: all of it comes back as it was.
      yield* sql.unsafe("SET LOCAL session_replication_role = replica")
      for (const [table, rows] of tables) yield* sql.unsafe(`DELETE FROM backend.${table} WHERE ${rows}`)
      for (const [table] of tables) {
        yield* sql.unsafe(`INSERT INTO backend.${table} OVERRIDING SYSTEM VALUE SELECT * FROM model_copy.${table}`)
      }
      yield* begin
      // What is stored of the games from now on, and isn't of these epochs, comes from before.
      yield* sql.unsafe(`INSERT INTO backend.model_floor
        SELECT game_id, engine_epoch FROM backend.runtime_records WHERE game_id IN (${list(of.games)})`)
    })
    // Others lock these tables in other orders, and one of two that wait for each other is refused.
    yield* Effect.orDie(Effect.retry(sql.withTransaction(whole), { times: 40 }))
  },
  Effect.provide(Layer.provide(Incarnations.layer, PushLog.layer()))
)
