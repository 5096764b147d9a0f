/** By what a server tells which history its data has: the cluster's identifier, and the timeline that it writes on. */
import { Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/** A restore to a point in time and a promotion raise the timeline; a dump comes into a cluster of another identifier. */
export interface Server {
  readonly systemIdentifier: string
  readonly timeline: number
}

const decode = Schema.decodeUnknownEffect(
  Schema.NonEmptyArray(Schema.Struct({ system: Schema.String, timeline: Schema.Int }))
)

/** No permission, no such function, no such feature: some services keep these functions to themselves. */
const withheld: ReadonlySet<unknown> = new Set(["42501", "42883", "0A000"])

const isWithheld = (error: SqlError.SqlError): boolean => {
  const { cause } = error.reason as { readonly cause?: { readonly code?: unknown } }
  return withheld.has(cause?.code)
}

/**
 * What the server says of itself; undefined where it doesn't say. The timeline is that of the log that is being written:
 * the one of `pg_control_checkpoint` may lag minutes behind a promotion.
 */
export const read = (sql: SqlClient.SqlClient): Effect.Effect<Server | undefined, SqlError.SqlError> =>
  sql`SELECT c.system_identifier::text AS system,
      ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int AS timeline
    FROM pg_control_system() c`.pipe(
    Effect.flatMap((rows) => Effect.orDie(decode(rows))),
    Effect.map(([{ system, timeline }]) => ({ systemIdentifier: system, timeline })),
    Effect.catchTag("SqlError", (error) => (isWithheld(error) ? Effect.succeed(undefined) : Effect.fail(error)))
  )
