/**
 * Work of which one backend of a database does the present round, and the others skip it.
 *
 * For housekeeping that does no harm when it is done twice, but costs.
 */
import { Effect, Option } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** Of advisory locks; the second half is the name's hash. Any constant would do, as long as no other lock uses it. */
const lockClass = 1_677_626

/**
 * Runs the work in a transaction, unless a backend is at work under the same name on the database: then nothing. The lock
 * ends with the transaction, so one whose connection is lost holds nobody up.
 */
export const unlessOther = <A, E, R>(
  name: string,
  work: Effect.Effect<A, E, R>
): Effect.Effect<Option.Option<A>, E | SqlError.SqlError, R | SqlClient.SqlClient> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql.withTransaction(
      Effect.gen(function* () {
        const [row] = yield* sql<{ mine: boolean }>`
          SELECT pg_try_advisory_xact_lock(${lockClass}::int, hashtext(${name})) AS mine`
        return row?.mine === true ? Option.some(yield* work) : Option.none()
      })
    )
  )
