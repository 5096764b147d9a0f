/** The commands that work without a server. */
import { Effect, Logger, Redacted, type Schema } from "effect"
import { Ask } from "../ask/Ask.ts"
import { type Failure, isFailure, LocalFailure, NeedsAction, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import * as admins from "../offline/admins.ts"
import * as backups from "../offline/backup.ts"
import * as database from "../offline/database.ts"
import { type OfflineFlags, withDatabase } from "../offline/open.ts"
import * as persons from "../offline/persons.ts"
import { postgresUrl } from "../offline/postgresUrl.ts"
import { Output } from "../output/Output.ts"
import { findingsText, worst } from "./findings.ts"
import { newPassword } from "./inputs.ts"
import { withServices } from "./services.ts"

const json = (value: unknown): Schema.Json => JSON.parse(JSON.stringify(value)) as Schema.Json

/** What the database or a file said, in one sentence. */
const failureOf = (error: unknown): Failure => {
  if (isFailure(error)) return error
  let it = error
  for (let depth = 0; typeof it === "object" && it !== null && depth < 6; depth++) {
    const { code, message, cause, reason } = it as Readonly<Record<string, unknown>>
    if (typeof code === "string" && typeof message === "string") {
      return new LocalFailure({ message: `It failed, and nothing was changed: ${message} (${code}).` })
    }
    it = cause ?? reason
  }
  return new LocalFailure({ message: "It failed, and nothing was changed." })
}

/** Runs a handler on the database; whatever it fails of becomes a failure with a sentence. */
const offline = <A, E, R>(flags: OfflineFlags, handler: Effect.Effect<A, E, R>) =>
  withServices(withDatabase(flags, handler).pipe(Effect.mapError(failureOf))).pipe(
    // What services log is for a backend's operators; standard output is for data.
    Effect.provide(Logger.layer([]))
  )

const readOnly = Effect.gen(function* () {
  const { dryRun } = yield* Globals
  if (dryRun) return yield* new Usage({ message: "--dry-run is for commands that change something." })
})

const show = (data: unknown) => Effect.flatMap(Output, (it) => it.item(json(data)))

/** `db status`. */
export const dbStatus = (flags: OfflineFlags) =>
  offline(flags, Effect.andThen(readOnly, Effect.flatMap(database.status, show)))

/** `db migrate`. */
export const dbMigrate = (flags: OfflineFlags) =>
  offline(
    flags,
    Effect.gen(function* () {
      const { dryRun } = yield* Globals
      yield* show(dryRun ? yield* database.wouldMigrate : yield* database.migrate)
    })
  )

/** `db check`. */
export const dbCheck = (flags: OfflineFlags) =>
  offline(
    flags,
    Effect.gen(function* () {
      yield* readOnly
      const output = yield* Output
      const findings = yield* database.findings
      yield* output.item(json({ findings }), findingsText(findings, output.color))
      if (worst(findings) === "problem") return yield* new NeedsAction({ message: "Somebody must act." })
    })
  )

/** `db bootstrap-admin`. */
export const dbBootstrapAdmin = (flags: OfflineFlags, name: string, generate: boolean) =>
  offline(
    flags,
    Effect.gen(function* () {
      const password = yield* newPassword(generate)
      const done = yield* admins.bootstrapAdmin(name, password)
      const { dryRun } = yield* Globals
      yield* show({
        ...done,
        ...(dryRun ? { dry_run: true } : {}),
        ...(generate && !dryRun ? { password: Redacted.value(password) } : {})
      })
    })
  )

/** `person export`. */
export const personExport = (flags: OfflineFlags, user: string) =>
  offline(
    flags,
    Effect.gen(function* () {
      yield* readOnly
      yield* show(yield* persons.exportPerson(yield* persons.personOf(user)))
    })
  )

/** `person erase`. */
export const personErase = (flags: OfflineFlags, user: string) =>
  offline(
    flags,
    Effect.gen(function* () {
      const { dryRun, confirm, reason } = yield* Globals
      const person = yield* persons.personOf(user)
      if (reason === undefined)
        return yield* new Usage({ message: "A reason is needed.", hint: "Give it: --reason TEXT" })
      const ask = yield* Ask
      if (!dryRun && confirm === undefined) {
        if (!ask.possible) {
          return yield* new Usage({
            message: "\"person erase\" can't be undone, so it needs the player's user name. --yes isn't enough.",
            hint: "Give it: --confirm NAME"
          })
        }
        yield* ask.typed(
          `Everything personal of ${person.user_name} ${person.user_id} is erased for good. Type "${person.user_name}" to go on:`,
          person.user_name,
          "--confirm"
        )
      }
      if (!dryRun && confirm !== undefined && confirm !== person.user_name) {
        return yield* new Usage({ message: "The player's user name is another one. Nothing was done." })
      }
      yield* show({ ...(yield* persons.erasePerson(person)), ...(dryRun ? { dry_run: true } : {}) })
    })
  )

/** `backup plan`. */
export const backupPlan = (flags: OfflineFlags, to: string) =>
  offline(
    flags,
    Effect.gen(function* () {
      yield* readOnly
      const output = yield* Output
      const url = yield* postgresUrl(flags.database, (yield* Host).env)
      const steps = yield* backups.plan(url, to)
      const text = steps.map(
        ({ step, what, command, why }) => `# ${step}. ${what}: ${why}\n${command === "" ? "" : `${command}\n`}`
      )
      yield* output.item(json({ steps }), text.join("\n"))
    })
  )

/** `backup check`. */
export const backupCheck = (flags: OfflineFlags) =>
  offline(
    flags,
    Effect.gen(function* () {
      yield* readOnly
      const output = yield* Output
      const { rows, finding } = yield* backups.compare
      yield* output.list(() => Effect.succeed({ items: rows, next: undefined }), {
        columns: ["game_id", "database_turn", "engine_turn", "state", "message"],
        wide: ["status"],
        empty: "No game was started."
      })
      yield* output.note(finding.help === undefined ? finding.message : `${finding.message} ${finding.help}`)
      if (finding.state === "problem") return yield* new NeedsAction({ message: "Somebody must act." })
    })
  )
