/**
 * Accounts of players: one per address, made at the first sign-in.
 *
 * `user_name` and `declared_country` are written when the account is made and never change.
 */
import type { Account as AccountSchema } from "@galaxy/contract/api/UserAccount"
import { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as EntitlementStore from "../standing/records/EntitlementStore.ts"
import { inForce } from "../standing/records/InForce.ts"
import * as UserEvents from "../user-event/UserEvents.ts"
import { newUserName } from "./UserName.ts"

/** A player's account as the API returns it, with its entitlement and its active sanctions and limits. */
export type Account = typeof AccountSchema.Type

/** There is no account with this id, or it has been deleted. */
export class AccountNotFound extends Schema.TaggedError<AccountNotFound>()("AccountNotFound", {}) {}

/** The address or its account is blocked for good: it gets no code and no session. */
export class AccountPermanentlyBlocked extends Schema.TaggedError<AccountPermanentlyBlocked>()(
  "AccountPermanentlyBlocked",
  {}
) {}

/** Input of `Accounts.ensure`; used only if the address has no account yet. */
export interface NewAccount {
  /** In its normal form. */
  readonly email: string
  /** A BCP 47 tag. */
  readonly preferredLanguage: string
  /** An IANA name. */
  readonly timeZone: string
  /** ISO 3166-1 alpha-2, by the address of the sign-in. */
  readonly declaredCountry: string | undefined
}

/**
 * Makes accounts and reads them as the API shows them. An address never gets two accounts, even in concurrent sign-ins.
 */
export class Accounts extends Context.Service<
  Accounts,
  {
    /**
     * The account of an address, made now if there is none, whether or not it may act. Joins the caller's transaction.
     */
    ensure(account: NewAccount): Effect.Effect<UserId, StorageError>
    /**
     * `ensure`, which also tells whether this call has made the account. Then the caller counts it in `signups` when it has
     * committed.
     */
    ensureTold(account: NewAccount): Effect.Effect<{ readonly userId: UserId; readonly created: boolean }, StorageError>
    /** Fails with `AccountNotFound` for a deleted account too. A blocked account is returned, with its sanctions. */
    find(userId: UserId): Effect.Effect<Account, AccountNotFound | StorageError>
  }
>()("@galaxy/core/account/Accounts") {}

const Row = Schema.Struct({
  user_id: UserId,
  email: Schema.String,
  user_name: Schema.String,
  display_name: Schema.String,
  preferred_language: Schema.String,
  time_zone: Schema.String,
  declared_country: Schema.NullOr(Schema.String),
  mail_kinds_off: Schema.Array(Schema.String),
  created_at: Schema.DateTimeUtcFromDate,
  updated_at: Schema.DateTimeUtcFromDate
})

/** Building it runs no statement. `ensure` dies if ten tries in a row find no free user name. */
export const layer: Layer.Layer<Accounts, never, SqlClient.SqlClient> = Layer.effect(
  Accounts,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const byEmail = (email: string) =>
      Effect.map(sql<{ user_id: UserId }>`SELECT user_id FROM backend.accounts WHERE email = ${email}`, (rows) =>
        Option.fromUndefinedOr(rows[0])
      )

    const insert = Effect.fnUntraced(
      function* (account: NewAccount) {
        const userId = UserId.make(yield* newId)
        const now = yield* DateTime.nowAsDate
        // Both keys may be taken: the address by a sign-in that was quicker, the name by chance.
        const rows = yield* sql<{ user_id: UserId }>`
        INSERT INTO backend.accounts
          (user_id, email, user_name, preferred_language, time_zone, declared_country, created_at, updated_at)
        VALUES (${userId}, ${account.email}, ${yield* newUserName}, ${account.preferredLanguage}, ${account.timeZone},
          ${account.declaredCountry ?? null}, ${now}, ${now})
        ON CONFLICT DO NOTHING RETURNING user_id`
        if (rows.length === 0) return false
        yield* EntitlementStore.begin(userId)
        yield* UserEvents.tell("account.created", userId)
        return true
      },
      Effect.provideService(SqlClient.SqlClient, sql)
    )

    const ensureTold = Effect.fn("Accounts.ensure")(function* (account: NewAccount) {
      let created = false
      for (let attempt = 0; attempt < 10; attempt++) {
        const found = yield* byEmail(account.email)
        if (Option.isSome(found)) return { userId: found.value.user_id, created }
        created = yield* sql.withTransaction(insert(account))
      }
      return yield* Effect.die(new Error("no free user name was found"))
    }, StorageError.refail)

    const find = Effect.fn("Accounts.find")(
      function* (userId: UserId) {
        const [row] = yield* Effect.flatMap(
          sql`
          SELECT user_id, email, user_name, display_name, preferred_language, time_zone, declared_country,
            mail_kinds_off, created_at, updated_at
          FROM backend.accounts WHERE user_id = ${userId} AND deleted_at IS NULL`,
          Schema.decodeUnknownEffect(Schema.Array(Row))
        )
        const standing = (yield* inForce([userId])).get(userId)
        if (row === undefined || standing === undefined) return yield* new AccountNotFound()
        const { declared_country, ...rest } = row
        const account: Account = { ...rest, ...(declared_country === null ? {} : { declared_country }), ...standing }
        return account
      },
      StorageError.refail,
      Effect.provideService(SqlClient.SqlClient, sql)
    )

    return Accounts.of({
      ensure: (account) => Effect.map(ensureTold(account), (it) => it.userId),
      ensureTold,
      find
    })
  })
)
