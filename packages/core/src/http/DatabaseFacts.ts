/**
 * How a database of ours is doing, with or without a backend at work on it: version, migrations, open transactions, clock.
 *
 * One statement that reads, so that it can be asked of a database that takes no writes.
 */
import { DateTime, Effect, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import * as Migrations from "../migrations/Migrations.ts"

const Row = Schema.Struct({
  version: Schema.String,
  size_bytes: Schema.Int,
  migrated: Schema.Boolean,
  oldest_transaction_seconds: Schema.Int,
  clock: Schema.DateTimeUtcFromDate
})

/** What is known of the database. */
export interface DatabaseFacts {
  /** PostgreSQL's version. */
  readonly version: string
  readonly size_bytes: number
  /** Number of the last migration that has been applied; 0 if none has. */
  readonly migration: number
  /** Number of the last migration of this release. */
  readonly latest_migration: number
  /** Whole seconds since the oldest transaction of another session began; 0 if there is none. */
  readonly oldest_transaction_seconds: number
  /**
   * By how many milliseconds at least our clock is ahead of the database's; negative if it is behind. 0 where the answer
   * took too long to tell.
   */
  readonly clock_ahead_ms: number
}

/** Asks the database. Its own session doesn't count as a transaction. */
export const read: Effect.Effect<DatabaseFacts, SqlError.SqlError | Schema.SchemaError, SqlClient.SqlClient> =
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const asked = yield* DateTime.now
    const [row] = yield* Schema.decodeUnknownEffect(Schema.NonEmptyArray(Row))(
      yield* sql`
      SELECT current_setting('server_version') AS version,
        pg_database_size(current_database())::float8 AS size_bytes,
        to_regclass(${Migrations.table}) IS NOT NULL AS migrated,
        (SELECT coalesce(max(greatest(0, floor(extract(epoch FROM clock_timestamp() - xact_start)))), 0)::int
          FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND backend_type = 'client backend') AS oldest_transaction_seconds,
        date_trunc('milliseconds', clock_timestamp()) AS clock`
    )
    const answered = yield* DateTime.now
    const [applied] = row.migrated
      ? yield* sql<{ last: number | null }>`SELECT max(migration_id)::int AS last FROM ${sql(Migrations.table)}`
      : []
    const { clock, migrated: _, ...facts } = row
    const at = DateTime.toEpochMillis(clock)
    const ahead = DateTime.toEpochMillis(asked) - at
    const behind = DateTime.toEpochMillis(answered) - at
    return {
      ...facts,
      migration: applied?.last ?? 0,
      latest_migration: Migrations.latest,
      clock_ahead_ms: Math.round(Math.max(0, ahead) + Math.min(0, behind))
    }
  })
