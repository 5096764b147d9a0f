/** Runs a change of an account's standing while nobody else can make one. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { AccountNotFound } from "../account/Accounts.ts"
import { AccountStore } from "../account/AccountStore.ts"
import { StorageError } from "../shared/StorageError.ts"

/**
 * Makes a function that runs work in a transaction, or in the caller's, with the account locked. Deleted accounts count
 * as existing.
 */
export const lockedAccount = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const accounts = yield* AccountStore
  return <A>(
    userId: UserId,
    work: Effect.Effect<A, StorageError, SqlClient.SqlClient>
  ): Effect.Effect<A, AccountNotFound | StorageError> =>
    Effect.gen(function* () {
      if (!(yield* accounts.lock(userId))) return yield* new AccountNotFound()
      return yield* work
    }).pipe(sql.withTransaction, StorageError.refail, Effect.provideService(SqlClient.SqlClient, sql))
})
