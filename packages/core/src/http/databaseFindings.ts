/** What the facts about a database mean to operators; the same sentences with and without a backend at work. */
import type { Finding } from "@galaxy/contract/api/admin/Diagnostics"
import type { DatabaseFacts } from "./DatabaseFacts.ts"

type OneFinding = typeof Finding.Type

/** A transaction that is open for longer keeps old rows from being removed, and may hold locks. */
const longTransactionSeconds = 300

/** Deadlines of turns and sessions are compared with the backend's clock. */
const clockToleranceMs = 2_000

const finding = (id: string, state: OneFinding["state"], message: string, help?: string): OneFinding => ({
  id,
  state,
  message,
  ...(help === undefined ? {} : { help })
})

/** Makes a finding that is fine unless `wrong` says otherwise. */
export const check = (
  id: string,
  fine: string,
  wrong:
    | { readonly state: "warning" | "problem" | "unknown"; readonly message: string; readonly help?: string }
    | undefined
): OneFinding => (wrong === undefined ? finding(id, "ok", fine) : finding(id, wrong.state, wrong.message, wrong.help))

const migrations = ({ migration, latest_migration: latest }: DatabaseFacts): OneFinding =>
  check(
    "database.migrations",
    `The database has all ${latest} migrations of this release.`,
    migration === latest
      ? undefined
      : migration < latest
        ? {
            state: "problem",
            message: `The database is at migration ${migration}, and this release needs ${latest}.`,
            help: "Start the backend of this release, or run `galaxy-admin db migrate`."
          }
        : {
            state: "problem",
            message: `The database is at migration ${migration}, which is newer than this release (${latest}).`,
            help: "Use the release that has migrated it, or a newer one; migrations are never undone."
          }
  )

/** `trouble` is what keeps the database from taking writes; `undefined` if it takes them. */
export const databaseFindings = (facts: DatabaseFacts, trouble: string | undefined): ReadonlyArray<OneFinding> => [
  check(
    "database.writable",
    `PostgreSQL ${facts.version} takes writes.`,
    trouble === undefined
      ? undefined
      : {
          state: "problem",
          message: `The database takes no writes: it is ${trouble}.`,
          help: "Look at PostgreSQL's log and disk; a standby server has to be promoted before it takes writes."
        }
  ),
  migrations(facts),
  check(
    "database.transactions",
    "No transaction is open for long.",
    facts.oldest_transaction_seconds <= longTransactionSeconds
      ? undefined
      : {
          state: "warning",
          message: `A transaction has been open for ${facts.oldest_transaction_seconds} s. Until it ends, old rows are kept and others may wait for its locks.`,
          help: "Find its session in pg_stat_activity by xact_start, and end it with pg_terminate_backend if nobody needs it."
        }
  ),
  check(
    "clock.database",
    "The clock agrees with the database's.",
    Math.abs(facts.clock_ahead_ms) <= clockToleranceMs
      ? undefined
      : {
          state: "warning",
          message: `The clock is ${Math.abs(facts.clock_ahead_ms)} ms ${facts.clock_ahead_ms > 0 ? "ahead of" : "behind"} the database's.`,
          help: "Synchronise the clocks of both machines, for example with chrony or systemd-timesyncd."
        }
  )
]
