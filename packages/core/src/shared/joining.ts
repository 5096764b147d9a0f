/** Joins a transaction that is under way, without a savepoint of its own, or begins one. */
import { Effect, Option } from "effect"
import type { SqlClient, SqlError } from "effect/sql"

/**
 * Runs the effect in the caller's transaction, or in one of its own where there is none. A failure inside of a
 * transaction leaves that one unusable, so that it has to fail as a whole: who wants to go on after one uses
 * `sql.withTransaction`.
 */
export const joining = <A, E, R>(
  sql: SqlClient.SqlClient,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError.SqlError, R> =>
  Effect.flatMap(Effect.serviceOption(sql.transactionService), (transaction) =>
    Option.isSome(transaction) ? effect : sql.withTransaction(effect)
  )
