/**
 * Brings schema `backend` up to date: one numbered sequence, applied at start under a lock.
 *
 * Backends that start together take turns: the second waits for the first and finds nothing left to do.
 */
import { Effect, Layer, Schedule, Schema } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { StatementDeadline } from "../shared/StatementDeadline.ts"
import init from "./0001_init.ts"
import turnDeadlines from "./0002_turn_deadlines.ts"
import writeProbe from "./0003_write_probe.ts"
import signInNetworks from "./0004_sign_in_networks.ts"
import asciiDomains from "./0005_ascii_domains.ts"
import pruning from "./0006_pruning.ts"
import failedTurns from "./0007_failed_turns.ts"
import notificationBounds from "./0008_notification_bounds.ts"
import auditLog from "./0009_audit_log.ts"
import games from "./0010_games.ts"
import settings from "./0011_settings.ts"
import standing from "./0012_standing.ts"
import runtimeJobs from "./0013_runtime_jobs.ts"
import accountEnds from "./0014_account_ends.ts"
import engineHealth from "./0015_engine_health.ts"
import ordersTurn from "./0016_orders_turn.ts"
import mailAndNotices from "./0017_mail_and_notices.ts"
import rulesets from "./0018_rulesets.ts"
import joining from "./0019_joining.ts"
import blockedAddresses from "./0020_blocked_addresses.ts"
import turnOutages from "./0021_turn_outages.ts"
import userLists from "./0022_user_lists.ts"
import erasures from "./0023_erasures.ts"
import endedStates from "./0024_ended_states.ts"
import userEvents from "./0025_user_events.ts"
import payingUsers from "./0026_paying_users.ts"
import gameCreations from "./0027_game_creations.ts"
import channels from "./0028_channels.ts"
import attendance from "./0029_attendance.ts"
import inviteKeys from "./0030_invite_keys.ts"
import channelDeadLetters from "./0031_channel_dead_letters.ts"
import openAttempts from "./0032_open_attempts.ts"
import turnDue from "./0033_turn_due.ts"
import engineEpochs from "./0034_engine_epochs.ts"
import engineFiles from "./0035_engine_files.ts"
import secretCheck from "./0036_secret_check.ts"
import platformId from "./0037_platform_id.ts"
import backendNotes from "./0038_backend_notes.ts"

const sequence = {
  "0001_init": init,
  "0002_turn_deadlines": turnDeadlines,
  "0003_write_probe": writeProbe,
  "0004_sign_in_networks": signInNetworks,
  "0005_ascii_domains": asciiDomains,
  "0006_pruning": pruning,
  "0007_failed_turns": failedTurns,
  "0008_notification_bounds": notificationBounds,
  "0009_audit_log": auditLog,
  "0010_games": games,
  "0011_settings": settings,
  "0012_standing": standing,
  "0013_runtime_jobs": runtimeJobs,
  "0014_account_ends": accountEnds,
  "0015_engine_health": engineHealth,
  "0016_orders_turn": ordersTurn,
  "0017_mail_and_notices": mailAndNotices,
  "0018_rulesets": rulesets,
  "0019_joining": joining,
  "0020_blocked_addresses": blockedAddresses,
  "0021_turn_outages": turnOutages,
  "0022_user_lists": userLists,
  "0023_erasures": erasures,
  "0024_ended_states": endedStates,
  "0025_user_events": userEvents,
  "0026_paying_users": payingUsers,
  "0027_game_creations": gameCreations,
  "0028_channels": channels,
  "0029_attendance": attendance,
  "0030_invite_keys": inviteKeys,
  "0031_channel_dead_letters": channelDeadLetters,
  "0032_open_attempts": openAttempts,
  "0033_turn_due": turnDue,
  "0034_engine_epochs": engineEpochs,
  "0035_engine_files": engineFiles,
  "0036_secret_check": secretCheck,
  "0037_platform_id": platformId,
  "0038_backend_notes": backendNotes
}

/** Number and name of each migration of this release, such as `0001_init`, in their order. */
export const names: ReadonlyArray<string> = Object.keys(sequence)

/** Number of the last migration of this release. */
export const latest = Math.max(...Object.keys(sequence).map((name) => Number.parseInt(name, 10)))

/** The table that records which migrations have been applied. */
export const table = "galaxy_migrations"

// Any constant would do, as long as no other lock uses it.
const lockKey = 7_205_159_403_792_794n

/** Longest time for one statement of a migration, since large tables may be rewritten. Milliseconds. */
const deadlineMs = 3_600_000

/**
 * Longest time that a migration waits for a table, since whoever comes after it waits for the same: a dump that runs would
 * stop all backends. It is tried again until this long has passed, in milliseconds.
 */
const tableWait = "3s"
const patienceMs = 600_000
const again = "1 second"

/** A later release has migrated the database: what this one writes might not be what that one reads. */
export class DatabaseNewer extends Schema.TaggedError<DatabaseNewer>()("DatabaseNewer", {
  /** The last migration of the database, and of this release. */
  applied: Schema.Int,
  known: Schema.Int
}) {
  override get message(): string {
    return `a later release has migrated this database (to ${this.applied}, while this one knows migrations to ${this.known}): start that release or a later one`
  }
}

/**
 * Whether the last migration has been applied; fails with `DatabaseNewer` if later ones have. They are never undone, so
 * this needs no lock.
 */
const complete = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<{ readonly exists: boolean }>`SELECT to_regclass(${table}) IS NOT NULL AS exists`
  if (found?.exists !== true) return false
  const [row] = yield* sql<{ readonly last: number | null }>`SELECT max(migration_id)::int AS last FROM ${sql(table)}`
  const applied = row?.last ?? 0
  if (applied > latest) return yield* new DatabaseNewer({ applied, known: latest })
  return applied === latest
})

/** Whether a statement waited for a table in vain: SQLSTATE 55P03, in whatever the migrator makes of it. */
const isTableBusy = (error: unknown): boolean => {
  for (let it: unknown = error, depth = 0; typeof it === "object" && it !== null && depth < 6; depth++) {
    if (Reflect.get(it, "code") === "55P03") return true
    it = Reflect.get(it, "cause") ?? Reflect.get(it, "reason")
  }
  return false
}

/**
 * Applies the missing migrations in one transaction, once no other backend is migrating; returns their numbers and
 * names. Fails with `DatabaseNewer` where a later release has migrated.
 */
export const run = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  if (yield* complete) return []
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`SELECT set_config('statement_timeout', ${`${deadlineMs}`}, true)`
      yield* sql`SELECT pg_advisory_xact_lock(${lockKey})`
      // One of a later release may have been first.
      if (yield* complete) return []
      yield* sql`SELECT set_config('lock_timeout', ${tableWait}, true)`
      return yield* Migrator.make({})({
        loader: Migrator.fromRecord(sequence),
        table
      })
    })
  )
}).pipe(
  Effect.tapError((error) =>
    isTableBusy(error)
      ? Effect.logInfo("a migration waits for a table that something else uses, such as a dump")
      : Effect.void
  ),
  Effect.retry({
    while: isTableBusy,
    schedule: Schedule.min([Schedule.spaced(again), Schedule.during(patienceMs)])
  }),
  Effect.provideService(StatementDeadline, deadlineMs),
  Effect.withSpan("Migrations.run")
)

/** Runs the migrations when it is built, and fails if one of them fails. */
export const layer = Layer.effectDiscard(run)
