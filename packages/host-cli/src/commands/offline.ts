/** Commands that work without a server: on a PostgreSQL database, or on the folder of a platform that is stopped. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type * as OfflineHandlers from "../handlers/offline.ts"
import type { OfflineFlags } from "../offline/open.ts"
import { type AnyCommand, withGlobals } from "../tree/commandOf.ts"
import { group } from "./group.ts"

const flags = {
  database: Flag.String("database").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("PostgreSQL, without a password; else --data-dir, BACKEND_POSTGRES_DSN, PGHOST and the like"),
    Flag.optional
  ),
  dataDir: Flag.String("data-dir").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("folder of a stopped platform; with PostgreSQL that of the engines' states"),
    Flag.optional
  )
}

interface Given {
  readonly database: Option.Option<string>
  readonly dataDir: Option.Option<string>
}

const place = ({ database, dataDir }: Given): OfflineFlags => ({
  database: Option.getOrUndefined(database),
  dataDir: Option.getOrUndefined(dataDir)
})

const loaded = Effect.promise(() => import("../handlers/offline.ts"))
type Handlers = typeof OfflineHandlers

const where = "It works without a server: on PostgreSQL, or on the data folder of a platform that is stopped."

const described = (summary: string, detail: string, example: string) => (command: AnyCommand) =>
  command.pipe(
    Command.withDescription(`${summary}.\n${detail === "" ? where : `${detail} ${where}`}`),
    Command.withShortDescription(summary),
    Command.withExamples([{ command: example }])
  ) as AnyCommand

const simple = (
  name: string,
  run: (handlers: Handlers, at: OfflineFlags) => ReturnType<Handlers["dbStatus"]>,
  summary: string,
  detail: string,
  example: string
): AnyCommand =>
  described(
    summary,
    detail,
    example
  )(
    Command.make(name, flags, (given) =>
      Effect.flatMap(loaded, (handlers) => withGlobals(run(handlers, place(given))))
    ) as AnyCommand
  )

const generate = Flag.Boolean("generate").pipe(
  Flag.withDescription("make a password and show it once"),
  Flag.withDefault(false)
)

/** `db`: the database itself. */
export const db = group("db", "The database, without a server", [
  simple("status", (it, at) => it.dbStatus(at), "Show the database's version, size and migrations", "", "db status"),
  simple(
    "migrate",
    (it, at) => it.dbMigrate(at),
    "Bring the database up to this release",
    "Under the lock that backends take for it. A database that is newer is refused.",
    "db migrate --database postgres://galaxy@db.example.org/galaxy"
  ),
  simple(
    "check",
    (it, at) => it.dbCheck(at),
    "Check whether the database can be worked with",
    "Exits with 1 where somebody must act.",
    "db check"
  ),
  described(
    "Create an administrator, or give one a new password and enable them",
    "For an operator who can't sign in any more.",
    "db bootstrap-admin root --generate"
  )(
    Command.make(
      "bootstrap-admin",
      { name: Argument.String("NAME").pipe(Argument.withDescription("the administrator's name")), generate, ...flags },
      (given) =>
        Effect.flatMap(loaded, (it) => withGlobals(it.dbBootstrapAdmin(place(given), given.name, given.generate)))
    ) as AnyCommand
  )
])

/** `new-incarnation`: for a dump that was restored beside the database that it came from. */
export const newIncarnation: AnyCommand = simple(
  "new-incarnation",
  (it, at) => it.newIncarnation(at),
  "Tell a restored database that it is a copy",
  "Engines, gateways and players start afresh. Needed after a dump was restored into the same cluster, before a backend starts on it; any other restore is noticed by itself.",
  "new-incarnation --database postgres://galaxy@db.example.org/galaxy"
)

const user = Argument.String("USER").pipe(Argument.withDescription("the player's id, or name:USERNAME"))

const withoutLedger = Flag.Boolean("without-ledger").pipe(
  Flag.withDescription("no list of erased accounts is kept: a restored backup brings the player back"),
  Flag.withDefault(false)
)

/** `person`: what is kept about a player. */
export const person = group("person", "What is kept about a player, without a server", [
  described(
    "Export everything that is kept about a player, but secrets",
    "It needs BACKEND_SECRET_KEY.",
    "person export name:ada"
  )(
    Command.make("export", { user, ...flags }, (given) =>
      Effect.flatMap(loaded, (it) => withGlobals(it.personExport(place(given), given.user)))
    ) as AnyCommand
  ),
  described(
    "Delete a player's account and erase their personal data at once",
    "It can't be undone: in a script it needs --confirm with the player's user name. It needs BACKEND_SECRET_KEY, BACKEND_ERASURE_LEDGER and a --reason.",
    "person erase name:ada --reason 'asked for by letter' --confirm ada"
  )(
    Command.make("erase", { user, withoutLedger, ...flags }, (given) =>
      Effect.flatMap(loaded, (it) => withGlobals(it.personErase(place(given), given.user, given.withoutLedger)))
    ) as AnyCommand
  )
])

const to = Flag.String("to").pipe(
  Flag.withMetavar("DIR"),
  Flag.withDescription("folder of the backup (.)"),
  Flag.withDefault(".")
)

/** `backup`: plans and checks, the copying itself is done by the usual tools. */
export const backup = group("backup", "Plan a backup, check a restored one", [
  described(
    "Print the commands that back this platform up, in their order",
    "Nothing is copied: run them, or put them into a script.",
    "backup plan --to /var/backups/galaxy"
  )(
    Command.make("plan", { to, ...flags }, (given) =>
      Effect.flatMap(loaded, (it) => withGlobals(it.backupPlan(place(given), given.to)))
    ) as AnyCommand
  ),
  simple(
    "check",
    (it, at) => it.backupCheck(at),
    "Check that each game is whole, and fits its engine's folder if it has one",
    "For a restored copy, before a backend starts on it. Every file that the database has of a game is compared with its digest. Exits with 1 where something is missing.",
    "backup check --data-dir /srv/galaxy"
  )
])
