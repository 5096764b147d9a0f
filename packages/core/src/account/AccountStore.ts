/**
 * Read access to accounts and blocked addresses for other modules. It returns facts, from which `standing/` draws the
 * verdict.
 *
 * All SQL on these tables is in this folder.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"

/** Everything that can stop an account from acting. */
export interface AccountFacts {
  readonly userId: UserId
  readonly deleted: boolean
  readonly permanentBlock: boolean
  /** The address is on the list of blocked addresses, which is independent of the account's own block. */
  readonly addressBlocked: boolean
}

/** Whom a mail goes to, and in which language. */
export interface Contact {
  readonly userId: UserId
  readonly email: string
  readonly language: string
  /** Kinds of mails that the player has switched off. */
  readonly mailKindsOff: ReadonlyArray<string>
}

/** Reads facts and contacts of accounts. An unknown account is not an error: it is left out, or `undefined`. */
export class AccountStore extends Context.Service<
  AccountStore,
  {
    /** Facts of the accounts that exist, in no particular order. */
    facts(userIds: ReadonlyArray<UserId>): Effect.Effect<ReadonlyArray<AccountFacts>, StorageError>
    /** Facts of the account with this address in its normal form; `undefined` if there is none. */
    factsOfAddress(email: string): Effect.Effect<AccountFacts | undefined, StorageError>
    /**
     * Whether an address in its normal form, with an account or without, was blocked by an earlier version and isn't
     * hashed yet. `auth/BlockedAddresses` knows the others.
     */
    isAddressBlocked(email: string): Effect.Effect<boolean, StorageError>
    /** Includes deleted and blocked accounts: the caller filters by standing. */
    contacts(userIds: ReadonlyArray<UserId>): Effect.Effect<ReadonlyArray<Contact>, StorageError>
    /**
     * Locks the account to the end of the caller's transaction, a deleted one too; returns whether it exists. References
     * to it, as from new rows of others, don't wait.
     */
    lock(userId: UserId): Effect.Effect<boolean, StorageError>
    /**
     * Those of the accounts that aren't deleted. None of them is deleted before the caller's transaction ends, and one
     * that is being deleted is waited for.
     */
    living(userIds: ReadonlyArray<UserId>): Effect.Effect<ReadonlySet<UserId>, StorageError>
    /** Sets or clears the mark that bars the account. The caller holds its lock and records the sanction. */
    setPermanentBlock(userId: UserId, blocked: boolean): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/account/AccountStore") {}

/** Building it runs no statement. */
export const layer: Layer.Layer<AccountStore, never, SqlClient.SqlClient> = Layer.effect(
  AccountStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const columns =
      sql.literal(`user_id AS "userId", deleted_at IS NOT NULL AS deleted, permanent_block AS "permanentBlock",
      address_blocked OR EXISTS (SELECT 1 FROM backend.blocked_emails b WHERE b.email = a.email) AS "addressBlocked"`)

    return AccountStore.of({
      facts: (userIds) =>
        userIds.length === 0
          ? Effect.succeed([])
          : StorageError.refail(
              sql<AccountFacts>`SELECT ${columns} FROM backend.accounts a
                WHERE user_id = ANY (string_to_array(${userIds.join()}, ',')::uuid[])`
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
                SELECT user_id AS "userId", email, preferred_language AS language, mail_kinds_off AS "mailKindsOff"
                FROM backend.accounts
                WHERE ${sql.in("user_id", userIds)}`
            ),
      lock: (userId) =>
        StorageError.refail(
          Effect.map(
            sql`SELECT 1 FROM backend.accounts WHERE user_id = ${userId} FOR NO KEY UPDATE`,
            (rows) => rows.length > 0
          )
        ),
      living: (userIds) =>
        userIds.length === 0
          ? Effect.succeed(new Set())
          : StorageError.refail(
              Effect.map(
                sql<{ user_id: UserId }>`
                  SELECT user_id FROM backend.accounts WHERE ${sql.in("user_id", userIds)} AND deleted_at IS NULL
                  ORDER BY user_id FOR SHARE`,
                (rows) => new Set(rows.map((it) => it.user_id))
              )
            ),
      setPermanentBlock: Effect.fnUntraced(function* (userId, blocked) {
        yield* sql`
          UPDATE backend.accounts SET permanent_block = ${blocked}, updated_at = ${yield* DateTime.nowAsDate}
          WHERE user_id = ${userId}`
      }, StorageError.refail)
    })
  })
)
