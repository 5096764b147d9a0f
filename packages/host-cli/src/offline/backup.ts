/**
 * Backups: the commands for this platform in their order, and whether a database and engine folders fit together.
 *
 * The database comes first. An engine that is one turn ahead of it answers that turn again; one that is behind it has
 * lost a turn that players know of.
 */
import { readdirSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { check } from "@galaxy/core/http/databaseFindings"
import { Effect, type Schema } from "effect"
import { SqlClient } from "effect/sql"
import { LocalFailure, Usage } from "../failures.ts"
import { Offline, type OfflineShape } from "./Offline.ts"
import { shownUrl } from "./postgresUrl.ts"

/** One step. */
export interface Step {
  readonly step: number
  readonly what: string
  /** A command of a shell; empty where it is something to do by hand. */
  readonly command: string
  readonly why: string
}

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

type Unnumbered = Omit<Step, "step">

const ofPostgres = (it: OfflineShape, url: URL, to: string): ReadonlyArray<Unnumbered> => {
  const shown = shownUrl(url)
  const engines = it.engines ?? "$BACKEND_DATA_DIR"
  return [
    {
      what: "the database",
      command: `pg_dump --format=custom --no-owner --file=${quoted(join(to, "galaxy.dump"))} ${quoted(shown)}`,
      why: "first: an engine that is a turn ahead answers that turn again, one that is behind can't. The password comes by PGPASSWORD or ~/.pgpass."
    },
    {
      what: "the engines' states",
      command: `tar --create --file=${quoted(join(to, "games.tar"))} --directory=${it.engines === undefined ? `"${engines}"` : quoted(engines)} games`,
      why: "after the database, also while the backend runs: their files are written whole and never changed."
    },
    {
      what: "the settings and BACKEND_SECRET_KEY",
      command: "",
      why: "apart from the rest: whoever has both can read queued mails. Without the key, open sign-ins and queued mails are lost."
    },
    {
      what: "the ledger of erased accounts",
      command: it.ledger === undefined ? "" : `cp --preserve ${quoted(it.ledger)} ${quoted(to)}`,
      why:
        it.ledger === undefined
          ? "none is kept (BACKEND_ERASURE_LEDGER): a restored backup brings back what was erased since."
          : "never put an older one back: it tells which accounts have to be erased again after a restore."
    },
    {
      what: "the check of a restored copy",
      command: `galaxy-admin backup check --database ${quoted(shown)} --data-dir DIR`,
      why: "before a backend starts on it: each game's turn must fit its engine's."
    }
  ]
}

const ofFolder = ({ place }: OfflineShape, to: string): ReadonlyArray<Unnumbered> => [
  { what: "stop the platform", command: "", why: "the embedded database can't be copied while it is open." },
  {
    what: "the whole folder: database, engines' states, keys, mails",
    command: `tar --create --file=${quoted(join(to, `${basename(place)}.tar`))} --directory=${quoted(dirname(place))} ${quoted(basename(place))}`,
    why: "it holds keys.json: keep the copy as private as the folder."
  },
  {
    what: "start the platform",
    command: "npm start",
    why: "turns that fell due meanwhile are made, or moved by the time that was lost."
  }
]

/** The steps for the platform at hand. `url` is the address of its PostgreSQL, if it has one. */
export const plan = Effect.fnUntraced(function* (url: URL | undefined, to: string) {
  const offline = yield* Offline
  const steps = url === undefined ? ofFolder(offline, to) : ofPostgres(offline, url, to)
  return steps.map((it, index): Step => ({ step: index + 1, ...it }))
})

interface GameRow {
  readonly game_id: string
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

/** Compares every game that was started and whose state is kept. Returns a row for each, and a finding about all. */
export const compare = Effect.gen(function* () {
  const { engines } = yield* Offline
  if (engines === undefined) {
    return yield* new Usage({
      message: "Where the engines' states are isn't known.",
      hint: "Name the folder that holds `games`: --data-dir DIR, or BACKEND_DATA_DIR"
    })
  }
  const sql = yield* SqlClient.SqlClient
  const games = join(engines, "games")
  const there = new Set(yield* folders(games))
  const rows: Array<{ readonly [key: string]: Schema.Json }> = []
  let last = "00000000-0000-0000-0000-000000000000"
  for (;;) {
    const page = yield* sql<GameRow>`
      SELECT game_id, current_turn, status, state_in_database FROM backend.runtime_records
      WHERE started_at IS NOT NULL AND state_discarded_at IS NULL AND game_id > ${last}::uuid
      ORDER BY game_id LIMIT 500`
    for (const { game_id, current_turn, status, state_in_database } of page) {
      there.delete(game_id)
      last = game_id
      if (state_in_database) {
        const message = "the database has the game's state"
        rows.push({ game_id, status, database_turn: current_turn, engine_turn: null, state: "ok", message })
        continue
      }
      const engine = yield* Effect.try({
        try: () => turnOf(join(games, game_id)),
        catch: () => new LocalFailure({ message: `${join(games, game_id)} can't be read.` })
      })
      const { state, message } = verdict(current_turn, engine)
      rows.push({ game_id, status, database_turn: current_turn, engine_turn: engine ?? null, state, message })
    }
    if (page.length < 500) break
  }
  // Folders of games that the database doesn't know: it is older than they are, or their start never ended.
  for (const game_id of [...there].toSorted()) {
    const [known] = yield* sql`SELECT 1 FROM backend.runtime_records WHERE game_id = ${game_id}`
    if (known !== undefined) continue
    rows.push({
      game_id,
      status: "unknown",
      database_turn: null,
      engine_turn: turnOf(join(games, game_id)) ?? null,
      state: "warning",
      message: "the database doesn't know the game"
    })
  }
  const bad = rows.filter((it) => it["state"] === "problem").length
  const finding = check(
    "backup",
    `${rows.length} game${rows.length === 1 ? "" : "s"}: database and engines fit together.`,
    bad === 0
      ? undefined
      : {
          state: "problem",
          message: `${bad} of ${rows.length} games don't fit together.`,
          help: "Restore engine folders that were copied after the database, or an older copy of the database."
        }
  )
  return { rows, finding }
})
