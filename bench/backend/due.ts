/** A thousand games whose turns fall into the same minute, with engines that answer at once. */
import type { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { ScriptedEngines } from "../../packages/core/test/engine/ScriptedEngines.ts"
import { runningGame } from "./games.ts"
import { start } from "./platform.ts"
import { replayOnce } from "./replay.ts"
import { moment } from "./rewind.ts"
import { percentile } from "../measure.ts"

/** What a run of due games showed. */
export interface DueRun {
  readonly games: number
  readonly players: number
  /** Milliseconds from a turn's due time to its commit. */
  readonly p50: number
  readonly p99: number
  /** Milliseconds of the processor that this process takes for a turn, with the engines' stub. */
  readonly cpuPerTurn: number
  readonly statementsPerTurn: number
  /** Milliseconds that the same statements take alone, one after the other on two connections. */
  readonly bare: number
}

/** Tables with a game's rows, in the order of their references, and the columns that are new in each copy. */
const copied = [
  ["games", ["game_id"]],
  ["memberships", ["game_id", "membership_id"]],
  ["player_mappings", ["game_id", "engine_player_uuid"]],
  ["runtime_records", ["game_id"]]
] as const

/**
 * Copies a running game's rows. New ids are made of the old ones and the copy's number, so that rows which belong
 * together stay together.
 */
const copies = (gameId: GameId, count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const fresh = (column: string) => `md5(t.${column}::text || n)::uuid`
    for (const [table, made] of copied) {
      const columns = yield* sql<{ name: string }>`
        SELECT column_name AS name FROM information_schema.columns
        WHERE table_schema = 'backend' AND table_name = ${table} AND is_generated = 'NEVER'`
      const names = columns.map((it) => it.name)
      const values = names.map((it) => ((made as ReadonlyArray<string>).includes(it) ? fresh(it) : `t.${it}`))
      yield* sql.unsafe(
        `INSERT INTO backend.${table} (${names.join(", ")}) SELECT ${values.join(", ")}
         FROM backend.${table} t, generate_series(1, ${count}) AS n WHERE t.game_id = '${gameId}'`
      )
    }
    return yield* sql<{ id: GameId }>`SELECT game_id AS id FROM backend.games`
  })

/** Gives the copy the state of an engine that has its galaxy already. */
const engineOf = Effect.fnUntraced(function* (from: GameId, to: GameId) {
  const sql = yield* SqlClient.SqlClient
  const engines = yield* ScriptedEngines
  const players = yield* sql<{ race: string; id: EnginePlayerId }>`
    SELECT race_name AS race, engine_player_uuid AS id FROM backend.player_mappings WHERE game_id = ${to}`
  const { state } = yield* engines.game(from)
  if (state === undefined) return yield* Effect.die(new Error("the first game has no galaxy"))
  const races = players.map((it) => ({ name: it.race, player_id: it.id }))
  Object.assign(yield* engines.game(to), { state: { init: { ...state.init, game_id: to, races }, turn: 0 } })
  // The first turn starts it.
  yield* sql`
    UPDATE backend.runtime_records
    SET current_container_id = NULL, engine_endpoint = NULL, engine_host = NULL, engine_epoch = 0
    WHERE game_id = ${to}`
})

/** Time until the turns are due, in milliseconds. */
const leadMs = 3_000
/** Longest time for all turns. */
const patience = "5 minutes"

/** In statements of this file, which don't count. */
const marker = "/* bench */"

/**
 * Has all games make a turn at the same moment. Returns how late each was, in milliseconds and sorted, and the
 * processor's milliseconds that this process took.
 */
const allDue = (games: number, turn: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const due = new Date(Date.now() + leadMs)
    yield* sql`
      UPDATE ${sql.literal(marker)} backend.runtime_records SET next_turn_at = ${due}, next_turn_set_at = ${new Date()}`
    yield* Effect.sleep(leadMs)
    const before = process.cpuUsage()
    const made = sql<{ late: number }>`
      SELECT ${sql.literal(marker)} (extract(epoch FROM updated_at - ${due}) * 1000)::float8 AS late
      FROM backend.runtime_records WHERE current_turn >= ${turn} ORDER BY late`
    const rows = yield* made.pipe(
      Effect.delay(Duration.seconds(1)),
      Effect.repeat({ until: (rows) => rows.length === games }),
      Effect.timeout(patience)
    )
    const { user, system } = process.cpuUsage(before)
    return { late: rows.map((it) => it.late), cpu: (user + system) / 1_000 }
  })

/** Runs as many games, all due at the same moment. */
export const dueGames = async (serverUrl: string, games: number, players: number): Promise<DueRun> => {
  // The probes of engines are no part of a turn.
  const backend = await start(serverUrl, { runtime: { watchInterval: "1 hour" } }, ["runtime"])
  const run = <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient | ScriptedEngines>) =>
    Effect.runPromise(Effect.provide(effect, backend.context))
  const { gameId } = await runningGame(backend, players)
  const all = await run(copies(gameId, games - 1))
  for (const { id } of all) if (id !== gameId) await run(engineOf(gameId, id))
  // A backend that has been at work for a while has made turns before.
  await run(allDue(games, 1))
  const rewind = await run(moment)
  let result = { late: [] as ReadonlyArray<number>, cpu: 0 }
  const recorded = await backend.database.record(async () => (result = await run(allDue(games, 2))))
  const statements = recorded.filter((it) => !it.text.includes(marker))
  await run(rewind)
  const bare = await replayOnce(backend.database.url(), statements, 2)
  await backend.stop()
  return {
    games,
    players,
    p50: percentile(result.late, 0.5),
    p99: percentile(result.late, 0.99),
    cpuPerTurn: result.cpu / games,
    statementsPerTurn: statements.length / games,
    bare
  }
}
