/**
 * Erases the personal data of accounts that were deleted some time ago, and exports what is kept about a person.
 *
 * Ids and the history of games stay. The address is free again: its next sign-in makes a new account. Where the erased
 * account was blocked for good, its address stays blocked, as a keyed hash.
 */
import { UserId } from "@galaxy/contract/ids/Ids"
import { Cause, Context, DateTime, Effect, Exit, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountEndActor } from "../account/AccountEnd.ts"
import { AccountEnds } from "../account/AccountEnds.ts"
import { AccountNotFound } from "../account/Accounts.ts"
import { type ErasureLedger, ErasureLedgerUnavailable } from "../account/ErasureLedger.ts"
import { failureFields } from "../shared/failureFields.ts"
import { StorageError } from "../shared/StorageError.ts"
import { AuthSettings } from "./AuthSettings.ts"
import { BlockedAddresses } from "./BlockedAddresses.ts"
import { collectRows, eraseRows, type Person } from "./personalRows.ts"
import { SignInNetworks } from "./SignInNetworks.ts"

/** What is kept about a person: rows by the name of their table. */
export interface PersonExport {
  readonly user_id: UserId
  readonly exported_at: DateTime.Utc
  readonly tables: Readonly<Record<string, ReadonlyArray<unknown>>>
  /** Tables that have more rows than fit. */
  readonly cut: ReadonlyArray<string>
}

/** How many accounts were erased, and how many couldn't be: those are logged, and left for the next time. */
export interface Erased {
  readonly erased: number
  readonly failed: number
}

/** Erasure and export of everything that `account/personalData.ts` declares. */
export class Erasures extends Context.Service<
  Erasures,
  {
    /** Erases the accounts whose deletion is long enough ago. One that fails doesn't hold up others. */
    readonly eraseDue: Effect.Effect<Erased, StorageError | ErasureLedgerUnavailable>
    /**
     * Erases what a restored backup has brought back: accounts of the ledger that aren't erased, whether or not they are
     * deleted.
     */
    readonly eraseAgain: Effect.Effect<Erased, StorageError | ErasureLedgerUnavailable>
    /**
     * Erases one account now, and deletes it first where that wasn't done. Returns false for one that was erased before.
     * Joins the caller's transaction.
     */
    eraseNow(
      userId: UserId,
      actor: AccountEndActor
    ): Effect.Effect<boolean, AccountNotFound | ErasureLedgerUnavailable | StorageError>
    /** Everything that is kept about a person, but secrets. Works for deleted and erased accounts too. */
    export(userId: UserId): Effect.Effect<PersonExport, AccountNotFound | StorageError>
  }
>()("@galaxy/core/auth/Erasures") {}

interface Row {
  readonly id: string
  readonly email: string
  readonly deleted: boolean
  readonly erased: boolean
  readonly blocked: boolean
}

/** Ids that are looked up in one statement. */
const batch = 500

/** `Erasures` over PostgreSQL. */
export const layer = (
  ledger: ErasureLedger
): Layer.Layer<Erasures, never, SqlClient.SqlClient | AuthSettings | SignInNetworks | BlockedAddresses | AccountEnds> =>
  Layer.effect(
    Erasures,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { deletedKeptMs } = yield* AuthSettings
      const networks = yield* SignInNetworks
      const addresses = yield* BlockedAddresses
      const ends = yield* AccountEnds
      const columns =
        sql.literal(`user_id AS id, email, deleted_at IS NOT NULL AS deleted, erased_at IS NOT NULL AS erased,
        permanent_block AS blocked`)

      const personOf = Effect.fnUntraced(function* ({ id, email }: Row) {
        const { address } = yield* networks.mark(email, "")
        const blockedAddress = yield* addresses.bytesOf(email)
        return { userId: UserId.make(id), email, networkAddress: address, blockedAddress } satisfies Person
      })

      const lock = (userId: UserId) =>
        Effect.map(sql<Row>`SELECT ${columns} FROM backend.accounts WHERE user_id = ${userId} FOR UPDATE`, ([row]) =>
          Option.fromUndefinedOr(row)
        )

      /** Erases a deleted account, once. */
      const erase = (userId: UserId) =>
        sql.withTransaction(
          Effect.gen(function* () {
            const account = yield* lock(userId)
            if (Option.isNone(account) || !account.value.deleted || account.value.erased) return
            // First the ledger: a crash in between erases once more.
            yield* ledger.add(userId)
            const person = yield* personOf(account.value)
            if (account.value.blocked) {
              yield* addresses.block(person.email, { reason: "its account was blocked for good, and erased" })
            }
            yield* Effect.provideService(eraseRows(person), SqlClient.SqlClient, sql)
            const now = yield* DateTime.nowAsDate
            yield* sql`UPDATE backend.accounts SET erased_at = ${now}, updated_at = ${now} WHERE user_id = ${userId}`
            yield* Effect.annotateLogs(Effect.logInfo("a deleted account was erased"), { user_id: userId })
          })
        )

      /** Returns whether it succeeded. Without the ledger no other erasure would succeed either. */
      const attempt = Effect.fnUntraced(function* <E>(userId: UserId, work: Effect.Effect<void, E>) {
        const exit = yield* Effect.exit(work)
        if (Exit.isSuccess(exit)) return true
        if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.interrupt
        const failure = Cause.squash(exit.cause)
        if (failure instanceof ErasureLedgerUnavailable) return yield* failure
        yield* Effect.logError("a deleted account could not be erased; others go on").pipe(
          Effect.annotateLogs({ user_id: userId, ...failureFields(exit.cause) })
        )
        return false
      })

      const eraseDue = Effect.gen(function* () {
        const before = DateTime.subtract(yield* DateTime.now, { milliseconds: deletedKeptMs })
        const count = { erased: 0, failed: 0 }
        // By id, so that those that failed are passed over.
        let last = "00000000-0000-0000-0000-000000000000"
        while (true) {
          const due = yield* sql<{ id: string }>`
            SELECT user_id AS id FROM backend.accounts
            WHERE deleted_at IS NOT NULL AND erased_at IS NULL AND deleted_at <= ${DateTime.toDateUtc(before)}
              AND user_id > ${last}::uuid
            ORDER BY user_id LIMIT ${batch}::int`
          for (const { id } of due) {
            const userId = UserId.make(id)
            count[(yield* attempt(userId, erase(userId))) ? "erased" : "failed"]++
            last = id
          }
          if (due.length < batch) return count
        }
      }).pipe(StorageError.refail, Effect.withSpan("Erasures.eraseDue"))

      const eraseAgain = Effect.gen(function* () {
        const ids = [...new Set(yield* ledger.all)]
        const count = { erased: 0, failed: 0 }
        for (let at = 0; at < ids.length; at += batch) {
          const back = yield* sql<Row>`
            SELECT ${columns} FROM backend.accounts
            WHERE erased_at IS NULL AND ${sql.in("user_id", ids.slice(at, at + batch))}`
          for (const { id, deleted } of back) {
            const userId = UserId.make(id)
            const gone = deleted
              ? Effect.void
              : Effect.catchTag(ends.delete(userId, { userId }), "AccountNotFound", () => Effect.void)
            count[(yield* attempt(userId, Effect.andThen(gone, erase(userId)))) ? "erased" : "failed"]++
          }
        }
        if (count.erased > 0) {
          yield* Effect.logWarning("erased accounts had come back, as from a backup, and were erased again").pipe(
            Effect.annotateLogs({ accounts: count.erased })
          )
        }
        return count
      }).pipe(StorageError.refail, Effect.withSpan("Erasures.eraseAgain"))

      const eraseNow = Effect.fn("Erasures.eraseNow")(function* (userId: UserId, actor: AccountEndActor) {
        return yield* sql.withTransaction(
          Effect.gen(function* () {
            const account = yield* lock(userId)
            if (Option.isNone(account)) return yield* new AccountNotFound()
            if (account.value.erased) return false
            if (!account.value.deleted) yield* ends.delete(userId, actor)
            yield* erase(userId)
            return true
          })
        )
      }, StorageError.refail)

      const exportOf = Effect.fn("Erasures.export")(function* (userId: UserId) {
        const [account] = yield* sql<Row>`SELECT ${columns} FROM backend.accounts WHERE user_id = ${userId}`
        if (account === undefined) return yield* new AccountNotFound()
        const person = yield* personOf(account)
        const rows = yield* Effect.provideService(collectRows(person), SqlClient.SqlClient, sql)
        return { user_id: userId, exported_at: yield* DateTime.now, ...rows }
      }, StorageError.refail)

      return Erasures.of({ eraseDue, eraseAgain, eraseNow, export: exportOf })
    })
  )
