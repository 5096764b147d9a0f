/**
 * Backups: the commands for this platform in their order.
 *
 * Games are in the database, or in the folders of their engines' hosts. Of those the database comes first: an engine that
 * is one turn ahead of it answers that turn again; one that is behind it has lost a turn that players know of.
 */
import { basename, dirname, join } from "node:path"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
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

/** Games whose state is in a folder alone. A database that isn't up to date yet has no other. */
const inFolders = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [there] = yield* sql<{ there: boolean }>`SELECT to_regclass('backend.runtime_records') IS NOT NULL AS there`
  if (there?.there !== true) return 0
  const [row] = yield* sql<{ games: number }>`
    SELECT count(*)::int AS games FROM backend.runtime_records r
    WHERE started_at IS NOT NULL AND coalesce(to_jsonb(r) ->> 'state_discarded_at', '') = ''
      AND coalesce((to_jsonb(r) ->> 'state_in_database')::boolean, false) = false`
  return row?.games ?? 0
})

const ofPostgres = (it: OfflineShape, url: URL, to: string, folders: number): ReadonlyArray<Unnumbered> => {
  const shown = shownUrl(url)
  const engines = it.engines ?? "$BACKEND_DATA_DIR"
  return [
    {
      what: "the database",
      command: `pg_dump --format=custom --no-owner --file=${quoted(join(to, "galaxy.dump"))} ${quoted(shown)}`,
      why: "first: an engine that is a turn ahead answers that turn again, one that is behind can't. The password comes by PGPASSWORD or ~/.pgpass."
    },
    {
      what:
        folders === 0
          ? "the engines' states"
          : `the engines' states, of ${folders} game${folders === 1 ? "" : "s"} that are in folders`,
      command:
        folders === 0
          ? ""
          : `tar --create --file=${quoted(join(to, "games.tar"))} --directory=${it.engines === undefined ? `"${engines}"` : quoted(engines)} games`,
      why:
        folders === 0
          ? "none has to be copied: every game is in the database."
          : "after the database, also while the backend runs: their files are written whole and never changed."
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
      why: "before a backend starts on it: each game must be whole, and fit its engine's folder if it has one."
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
  const steps = url === undefined ? ofFolder(offline, to) : ofPostgres(offline, url, to, yield* inFolders)
  return steps.map((it, index): Step => ({ step: index + 1, ...it }))
})
