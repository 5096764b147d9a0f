/**
 * What other modules ask of the rows of accounts and of blocked addresses: facts, from which `standing/` makes its verdict.
 *
 * All SQL on these tables is in this folder.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"

/** What is known against an account. */
export interface AccountFacts {
  readonly userId: UserId
  readonly deleted: boolean
  readonly permanentBlock: boolean
  /** Its address is blocked, whatever becomes of the account. */
  readonly addressBlocked: boolean
}

/** Whom a mail goes to, and in which language. */
export interface Contact {
  readonly userId: UserId
  readonly email: string
  readonly language: string
}

export class AccountStore extends Context.Service<
  AccountStore,
  {
    /** Of those of the accounts that exist. */
    facts(userIds: ReadonlyArray<UserId>): Effect.Effect<ReadonlyArray<AccountFacts>, StorageError>
    /** Of the account of an address in its normal form; absent where it has none. */
    factsOfAddress(email: string): Effect.Effect<AccountFacts | undefined, StorageError>
    isAddressBlocked(email: string): Effect.Effect<boolean, StorageError>
    contacts(userIds: ReadonlyArray<UserId>): Effect.Effect<ReadonlyArray<Contact>, StorageError>
  }
>()("@galaxy/core/account/AccountStore") {}

export const layer: Layer.Layer<AccountStore, never, SqlClient.SqlClient> = Layer.effect(
  AccountStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns =
      sql.literal(`user_id AS "userId", deleted_at IS NOT NULL AS deleted, permanent_block AS "permanentBlock",
      EXISTS (SELECT 1 FROM backend.blocked_emails b WHERE b.email = a.email) AS "addressBlocked"`)

    return AccountStore.of({
      facts: (userIds) =>
        userIds.length === 0
          ? Effect.succeed([])
          : StorageError.refail(
              sql<AccountFacts>`SELECT ${columns} FROM backend.accounts a WHERE ${sql.in("user_id", userIds)}`
            ),
      factsOfAddress: (email) =>
        StorageError.refail(
          Effect.map(
            sql<AccountFacts>`SELECT ${columns} FROM backend.accounts a WHERE email = ${email}`,
            ([row]) => row
          )
        ),
      isAddressBlocked: (email) =>
        StorageError.refail(
          Effect.map(sql`SELECT 1 FROM backend.blocked_emails WHERE email = ${email}`, (rows) => rows.length > 0)
        ),
      contacts: (userIds) =>
        userIds.length === 0
          ? Effect.succeed([])
          : StorageError.refail(
              sql<Contact>`
                SELECT user_id AS "userId", email, preferred_language AS language FROM backend.accounts
                WHERE ${sql.in("user_id", userIds)}`
            )
    })
  })
)
