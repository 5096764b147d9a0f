/**
 * Whether what was restored is whole: each game that is in the database by its files' digests, and each that is in a folder
 * by its turn. An engine that is one turn ahead of the database answers that turn again; one that is behind it has lost a
 * turn that players know of.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { check } from "@galaxy/core/http/databaseFindings"
import { StateVault } from "@galaxy/core/runtime/vault/StateVault"
import * as DatabaseStates from "@galaxy/host-node/engine-host/DatabaseStates"
import { Effect, type Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { LocalFailure, Usage } from "../failures.ts"
import { upToDate } from "./database.ts"
import { Offline } from "./Offline.ts"

interface GameRow {
  readonly game_id: GameId
  readonly current_turn: number
  readonly status: string
  readonly state_in_database: boolean
}

const folderName = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The newest turn in a state folder; undefined where there is no folder or no turn in it. */
const turnOf = (folder: string): number | undefined => {
  try {
    const turns = readdirSync(join(folder, "galaxy")).flatMap((name) => /^(\d{1,7})\.json$/.exec(name)?.[1] ?? [])
    return turns.length === 0 ? undefined : Math.max(...turns.map(Number))
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR"))
      return undefined
    throw cause
  }
}

const verdict = (
  database: number,
  engine: number | undefined
): { readonly state: "ok" | "problem"; readonly message: string } => {
  if (engine === undefined) return { state: "problem", message: "the engine's state is missing" }
  if (engine === database) return { state: "ok", message: "the same turn" }
  if (engine === database + 1) return { state: "ok", message: "the engine is a turn ahead, and answers it again" }
  return engine > database
    ? { state: "problem", message: "the engine is more than a turn ahead: the database is too old for it" }
    : { state: "problem", message: "the engine is behind: turns that players know of are lost" }
}

const folders = (games: string) =>
  Effect.try({
    try: () => readdirSync(games).filter((name) => folderName.test(name)),
    catch: () =>
      new LocalFailure({
        message: `${games} can't be read.`,
        hint: "Name the folder that holds `games`: --data-dir DIR"
      })
  })

/** What a game that is in the database lacks there: every file is read and compared with its digest. */
const damageOf = (gameId: GameId) =>
  Effect.gen(function* () {
    const vault = yield* StateVault
    const files = yield* Stream.runCount(vault.load(gameId))
    return files === 0 ? "the database has no file of it" : undefined
  }).pipe(Effect.catchTag("StateDamaged", ({ message }) => Effect.succeed(message)))

const noPlace = new Usage({
  message: "Where the engines' states are isn't known.",
  hint: "Name the folder that holds `games`: --data-dir DIR, or BACKEND_DATA_DIR"
})

/**
 * Looks at every game that was started and whose state is kept: whether it is whole in the database, or fits the folder of
 * its engine. Returns a row for each, and a finding about all.
 */
export const compare = Effect.gen(function* () {
  const { engines } = yield* Offline
  const sql = yield* SqlClient.SqlClient
  yield* upToDate
  // Where all games are in the database, there need be none.
  const listed = engines === undefined ? [] : yield* Effect.orElseSucceed(folders(join(engines, "games")), () => [])
  const there = new Set<string>(listed)
  const rows: Array<{ readonly [key: string]: Schema.Json }> = []
  let last = "00000000-0000-0000-0000-000000000000"
  for (;;) {
    const page = yield* sql<GameRow>`
      SELECT game_id, current_turn, status, state_in_database FROM backend.runtime_records
      WHERE started_at IS NOT NULL AND state_discarded_at IS NULL AND game_id > ${last}::uuid
      ORDER BY game_id LIMIT 500`
    for (const { game_id, current_turn, status, state_in_database } of page) {
      last = game_id
      there.delete(game_id)
      if (state_in_database) {
        const damage = yield* damageOf(game_id)
        const [state, message] = damage === undefined ? ["ok", "whole in the database"] : ["problem", damage]
        rows.push({ game_id, status, database_turn: current_turn, engine_turn: null, state, message })
        continue
      }
      if (engines === undefined) return yield* noPlace
      if (listed.length === 0) yield* folders(join(engines, "games"))
      const at = join(engines, "games", game_id)
      const engine = yield* Effect.try({
        try: () => turnOf(at),
        catch: () => new LocalFailure({ message: `${at} can't be read.` })
      })
      const { state, message } = verdict(current_turn, engine)
      rows.push({ game_id, status, database_turn: current_turn, engine_turn: engine ?? null, state, message })
    }
    if (page.length < 500) break
  }
  // Folders of games that the database doesn't know: it is older than they are, or their start never ended.
  for (const game_id of engines === undefined ? [] : [...there].toSorted()) {
    const [known] = yield* sql`SELECT 1 FROM backend.runtime_records WHERE game_id = ${game_id}`
    if (known !== undefined) continue
    rows.push({
      game_id,
      status: "unknown",
      database_turn: null,
      engine_turn: turnOf(join(engines ?? "", "games", game_id)) ?? null,
      state: "warning",
      message: "the database doesn't know the game"
    })
  }
  const bad = rows.filter((it) => it["state"] === "problem").length
  const finding = check(
    "backup",
    `${rows.length} game${rows.length === 1 ? "" : "s"}: all are whole.`,
    bad === 0
      ? undefined
      : {
          state: "problem",
          message: `${bad} of ${rows.length} games aren't whole, or don't fit their engine's folder.`,
          help: "Restore another copy of the database, or engine folders that were copied after it."
        }
  )
  return { rows, finding }
}).pipe(Effect.provide(DatabaseStates.layer))
