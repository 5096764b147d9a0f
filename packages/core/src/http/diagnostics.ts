/**
 * How the backend is doing, for operators: versions, workers, outboxes, games in play.
 *
 * It only reads, across the modules' tables, with statements whose cost is bounded: counts end at a limit, and minima
 * come from an index.
 */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import * as ApiError from "@galaxy/contract/api/ApiError"
import { release } from "@galaxy/contract/release"
import { DateTime, Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { SqlClient } from "effect/sql"
import * as Migrations from "../migrations/Migrations.ts"
import { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { toApi } from "../shared/http/errors.ts"
import { StorageError } from "../shared/StorageError.ts"

/** Where counting ends. */
const most = 10_000

const patience = "5 seconds"

const counted = {
  pending: "mail_deliveries WHERE status IN ('pending', 'sending', 'retrying')",
  dead_lettered: "mail_deliveries WHERE status = 'dead_lettered'",
  dead_letters: "notification_dead_letters",
  malformed: "notification_malformed_intents",
  account_ends_open: "account_ends WHERE next_attempt_at IS NOT NULL"
} as const

const Numbers = Schema.Struct({
  version: Schema.String,
  size_bytes: Schema.Int,
  migration: Schema.Int,
  oldest_mail: Schema.NullOr(Schema.DateTimeUtcFromDate),
  oldest_turn: Schema.NullOr(Schema.DateTimeUtcFromDate),
  pending: Schema.Int,
  dead_lettered: Schema.Int,
  dead_letters: Schema.Int,
  malformed: Schema.Int,
  account_ends_open: Schema.Int
})

const Statuses = Schema.Array(Schema.Struct({ status: Schema.String, games: Schema.Int }))

const counts = Object.entries(counted)
  .map(
    ([name, rows]) => `(SELECT count(*)::int FROM (SELECT 1 FROM backend.${rows} LIMIT ${most}) AS counted) AS ${name}`
  )
  .join(", ")

/** Handlers of `AdminApi`'s group `adminDiagnostics`. */
export const diagnostics = HttpApiBuilder.group(
  AdminApi,
  "adminDiagnostics",
  Effect.fnUntraced(function* (handlers) {
    const sql = yield* SqlClient.SqlClient
    const loops = yield* BackgroundLoops

    const read = Effect.fn("diagnostics")(function* () {
      const now = yield* DateTime.now
      const at = DateTime.toDateUtc(now)
      const [numbers] = yield* Schema.decodeUnknownEffect(Schema.NonEmptyArray(Numbers))(
        yield* sql`
          SELECT current_setting('server_version') AS version,
            pg_database_size(current_database())::float8 AS size_bytes,
            (SELECT max(migration_id)::int FROM ${sql(Migrations.table)}) AS migration,
            (SELECT min(next_attempt_at) FROM backend.mail_deliveries
              WHERE status IN ('pending', 'sending', 'retrying') AND next_attempt_at <= ${at}) AS oldest_mail,
            (SELECT min(next_turn_at) FROM backend.runtime_records
              WHERE status = 'running' AND NOT paused AND next_turn_at <= ${at}) AS oldest_turn,
            ${sql.literal(counts)}`
      )
      const runtimes = yield* Schema.decodeUnknownEffect(Statuses)(
        yield* sql`SELECT status, count(*)::int AS games FROM backend.runtime_records GROUP BY status ORDER BY status`
      )
      return {
        at: now,
        release,
        database: {
          version: numbers.version,
          size_bytes: numbers.size_bytes,
          migration: numbers.migration,
          latest_migration: Migrations.latest
        },
        workers: yield* loops.progress,
        mail: {
          pending: numbers.pending,
          ...(numbers.oldest_mail === null ? {} : { oldest_due_at: numbers.oldest_mail }),
          dead_lettered: numbers.dead_lettered
        },
        notifications: { dead_letters: numbers.dead_letters, malformed: numbers.malformed },
        account_ends_open: numbers.account_ends_open,
        runtimes,
        ...(numbers.oldest_turn === null ? {} : { oldest_due_turn_at: numbers.oldest_turn })
      }
    }, StorageError.refail)

    return handlers.handle("get", () =>
      toApi(read()).pipe(
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () =>
            Effect.fail(ApiError.make("service_unavailable", "the database takes too long to answer; try again later"))
        })
      )
    )
  })
)
