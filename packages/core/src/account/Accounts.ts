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
    /** Fails with `AccountNotFound` for a deleted account too. A blocked account is returned, with its sanctions. */
    find(userId: UserId): Effect.Effect<Account, AccountNotFound | StorageError>
  }
>()("@galaxy/core/account/Accounts") {}

/** What every account begins with. */
const startTier = { tier: "free", maxRegisteredRaceNames: 1 }

const Row = Schema.Struct({
  user_id: UserId,
  email: Schema.String,
  user_name: Schema.String,
  display_name: Schema.String,
  preferred_language: Schema.String,
  time_zone: Schema.String,
  declared_country: Schema.NullOr(Schema.String),
  mail_kinds_off: Schema.Array(Schema.String),
  tier: Schema.String,
  max_registered_race_names: Schema.Int,
  created_at: Schema.DateTimeUtcFromDate,
  updated_at: Schema.DateTimeUtcFromDate
})

const SanctionRow = Schema.Struct({ sanction_code: Schema.String, applied_at: Schema.DateTimeUtcFromDate })
const LimitRow = Schema.Struct({ limit_code: Schema.String, value: Schema.Int })

/** Building it runs no statement. `ensure` dies if ten tries in a row find no free user name. */
export const layer: Layer.Layer<Accounts, never, SqlClient.SqlClient> = Layer.effect(
  Accounts,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const byEmail = (email: string) =>
      Effect.map(sql<{ user_id: UserId }>`SELECT user_id FROM backend.accounts WHERE email = ${email}`, (rows) =>
        Option.fromUndefinedOr(rows[0])
      )

    const insert = Effect.fnUntraced(function* (account: NewAccount) {
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
      yield* sql`
        INSERT INTO backend.entitlement_records (record_id, user_id, tier, source, created_at)
        VALUES (${yield* newId}, ${userId}, ${startTier.tier}, 'registration', ${now})`
      yield* sql`
        INSERT INTO backend.entitlement_snapshots (user_id, tier, max_registered_race_names, taken_at, created_at)
        VALUES (${userId}, ${startTier.tier}, ${startTier.maxRegisteredRaceNames}, ${now}, ${now})`
      return true
    })

    const ensure = Effect.fn("Accounts.ensure")(function* (account: NewAccount) {
      for (let attempt = 0; attempt < 10; attempt++) {
        const found = yield* byEmail(account.email)
        if (Option.isSome(found)) return found.value.user_id
        yield* sql.withTransaction(insert(account))
      }
      return yield* Effect.die(new Error("no free user name was found"))
    }, StorageError.refail)

    const find = Effect.fn("Accounts.find")(function* (userId: UserId) {
      const [row] = yield* Effect.flatMap(
        sql`
          SELECT a.user_id, a.email, a.user_name, a.display_name, a.preferred_language, a.time_zone, a.declared_country,
            a.mail_kinds_off, e.tier, e.max_registered_race_names, a.created_at, a.updated_at
          FROM backend.accounts a JOIN backend.entitlement_snapshots e USING (user_id)
          WHERE a.user_id = ${userId} AND a.deleted_at IS NULL`,
        Schema.decodeUnknownEffect(Schema.Array(Row))
      )
      if (row === undefined) return yield* new AccountNotFound()
      const sanctions = yield* Effect.flatMap(
        sql`
          SELECT s.sanction_code, r.applied_at FROM backend.sanction_active s
          JOIN backend.sanction_records r USING (record_id) WHERE s.user_id = ${userId} ORDER BY s.sanction_code`,
        Schema.decodeUnknownEffect(Schema.Array(SanctionRow))
      )
      const limits = yield* Effect.flatMap(
        sql`SELECT limit_code, value FROM backend.limit_active WHERE user_id = ${userId} ORDER BY limit_code`,
        Schema.decodeUnknownEffect(Schema.Array(LimitRow))
      )
      const { tier, max_registered_race_names, declared_country, ...rest } = row
      const account: Account = {
        ...rest,
        ...(declared_country === null ? {} : { declared_country }),
        entitlement: { tier, max_registered_race_names },
        sanctions,
        limits
      }
      return account
    }, StorageError.refail)

    return Accounts.of({ ensure, find })
  })
)
