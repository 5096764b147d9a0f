/** The commands that work without a server. */
import { Effect, Logger, Redacted, type Schema } from "effect"
import { Ask } from "../ask/Ask.ts"
import { type Failure, isFailure, LocalFailure, NeedsAction, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import * as admins from "../offline/admins.ts"
import * as backups from "../offline/backup.ts"
import * as restored from "../offline/backupCheck.ts"
import * as database from "../offline/database.ts"
import * as incarnation from "../offline/incarnation.ts"
import { Offline } from "../offline/Offline.ts"
import { addressOf, type OfflineFlags, withDatabase } from "../offline/open.ts"
import * as persons from "../offline/persons.ts"
import { Output } from "../output/Output.ts"
import { findingsText, worst } from "./findings.ts"
import { newPassword } from "./inputs.ts"
import { withServices } from "./services.ts"

const json = (value: unknown): Schema.Json => JSON.parse(JSON.stringify(value)) as Schema.Json

/**
 * What the database or a file said, in one sentence. `look` is the command that tells whether something was changed: the
 * answer to a commit may be what was lost.
 */
const failureOf = (error: unknown, look: string | undefined): Failure => {
  if (isFailure(error)) return error
  const more = look === undefined ? {} : { hint: `Whether anything was changed isn't known. See: galaxy-admin ${look}` }
  let it = error
  for (let depth = 0; typeof it === "object" && it !== null && depth < 6; depth++) {
    const { code, message, cause, reason } = it as Readonly<Record<string, unknown>>
    if (typeof code === "string" && typeof message === "string") {
      return new LocalFailure({ message: `It failed: ${message} (${code}).`, ...more })
    }
    it = cause ?? reason
  }
  return new LocalFailure({ message: "It failed.", ...more })
}

/** Runs a handler on the database; whatever it fails of becomes a failure with a sentence. */
const offline = <A, E, R>(flags: OfflineFlags, handler: Effect.Effect<A, E, R>, look?: string) =>
  withServices(
    Effect.gen(function* () {
      const { dryRun } = yield* Globals
      return yield* Effect.mapError(withDatabase(flags, handler), (it) => failureOf(it, dryRun ? undefined : look))
    })
  ).pipe(
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
    }),
    "db status"
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
      const { place } = yield* Offline
      const password = yield* newPassword(generate, ` of ${name} in ${place}`)
      const done = yield* admins.bootstrapAdmin(name, password)
      const { dryRun } = yield* Globals
      yield* show({
        ...done,
        ...(dryRun ? { dry_run: true } : {}),
        ...(generate && !dryRun ? { password: Redacted.value(password) } : {})
      })
    }),
    `db bootstrap-admin ${name} --dry-run`
  )

/** `new-incarnation`. */
export const newIncarnation = (flags: OfflineFlags) =>
  offline(
    flags,
    Effect.gen(function* () {
      const { dryRun, yes } = yield* Globals
      if (!dryRun && !yes) {
        const { place } = yield* Offline
        yield* (yield* Ask).yes(
          `All engines of ${place} are started anew, and players' programs load anew what they show. Go on?`,
          "Give it: --yes"
        )
      }
      yield* show({ ...(yield* incarnation.newIncarnation), ...(dryRun ? { dry_run: true } : {}) })
    }),
    "audit list"
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
export const personErase = (flags: OfflineFlags, user: string, withoutLedger: boolean) =>
  offline(
    flags,
    Effect.gen(function* () {
      const { dryRun, confirm, reason } = yield* Globals
      const person = yield* persons.personOf(user)
      if (reason === undefined)
        return yield* new Usage({ message: "A reason is needed.", hint: "Give it: --reason TEXT" })
      const { place, ledger } = yield* Offline
      if (ledger === undefined && !withoutLedger) {
        return yield* new Usage({
          message: "Which accounts are erased has to be in the ledger, or a restored backup brings this one back.",
          hint: "Set BACKEND_ERASURE_LEDGER as for the backend. If none is kept: --without-ledger"
        })
      }
      const ask = yield* Ask
      if (!dryRun && confirm === undefined) {
        if (!ask.possible) {
          return yield* new Usage({
            message: "\"person erase\" can't be undone, so it needs the player's user name. --yes isn't enough.",
            hint: "Give it: --confirm NAME"
          })
        }
        yield* ask.typed(
          `Everything personal of ${person.user_name} ${person.user_id} in ${place} is erased for good. Type "${person.user_name}" to go on:`,
          person.user_name,
          "--confirm"
        )
      }
      if (!dryRun && confirm !== undefined && confirm !== person.user_name) {
        return yield* new Usage({ message: "The player's user name is another one. Nothing was done." })
      }
      yield* show({ ...(yield* persons.erasePerson(person)), ...(dryRun ? { dry_run: true } : {}) })
    }),
    // Its id may be in the ledger already, and a backend erases what is there.
    `person erase ${user} --dry-run`
  )

/** `backup plan`. */
export const backupPlan = (flags: OfflineFlags, to: string) =>
  offline(
    flags,
    Effect.gen(function* () {
      yield* readOnly
      const output = yield* Output
      const url = yield* addressOf(flags, yield* Host)
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
      const { rows, finding } = yield* restored.compare
      yield* output.list(() => Effect.succeed({ items: rows, next: undefined }), {
        columns: ["game_id", "database_turn", "engine_turn", "state", "message"],
        wide: ["status"],
        empty: "No game was started."
      })
      yield* output.note(finding.help === undefined ? finding.message : `${finding.message} ${finding.help}`)
      if (finding.state === "problem") return yield* new NeedsAction({ message: "Somebody must act." })
    })
  )
