/**
 * Sanctions on accounts: recorded for good, and in force until they are lifted.
 *
 * What a sanction brings about besides (sessions that end, seats that are lost) is up to the caller, in the same
 * transaction.
 */
import type { SanctionCode } from "@galaxy/contract/api/UserAccount"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import type { AccountNotFound } from "../account/Accounts.ts"
import * as AccountStore from "../account/AccountStore.ts"
import * as UserEvents from "../user-event/UserEvents.ts"
import type { StorageError } from "../shared/StorageError.ts"
import { lockedAccount } from "./lockedAccount.ts"
import type { Decision } from "./records/Decision.ts"
import * as SanctionStore from "./records/SanctionStore.ts"

/**
 * Applies and lifts sanctions, each in a transaction or in the caller's. Locks the account. Works on deleted accounts
 * too. An account that doesn't exist is `AccountNotFound`.
 */
export class Sanctions extends Context.Service<
  Sanctions,
  {
    /**
     * Puts a sanction in force. `permanent_block` also blocks the account, so that it can't act from now on. Idempotent:
     * returns false, and changes nothing, if the sanction is in force already.
     */
    apply(
      userId: UserId,
      code: SanctionCode,
      decision: Decision
    ): Effect.Effect<boolean, AccountNotFound | StorageError>
    /**
     * Ends a sanction. Without `permanent_block` the account can act again; sessions that ended stay so. Idempotent:
     * returns false if the sanction isn't in force.
     */
    lift(userId: UserId, code: SanctionCode, decision: Decision): Effect.Effect<boolean, AccountNotFound | StorageError>
  }
>()("@galaxy/core/standing/Sanctions") {}

/** `Sanctions` over PostgreSQL. */
export const layer: Layer.Layer<Sanctions, never, SqlClient.SqlClient> = Layer.effect(
  Sanctions,
  Effect.gen(function* () {
    const accounts = yield* AccountStore.AccountStore
    const locked = yield* lockedAccount

    const apply = Effect.fn("Sanctions.apply")((userId: UserId, code: SanctionCode, decision: Decision) =>
      locked(
        userId,
        Effect.gen(function* () {
          const applied = yield* SanctionStore.apply(userId, code, decision)
          if (!applied) return false
          yield* accounts.setPermanentBlock(userId, true)
          yield* UserEvents.tell("account.blocked", userId)
          return true
        })
      )
    )

    const lift = Effect.fn("Sanctions.lift")((userId: UserId, code: SanctionCode, decision: Decision) =>
      locked(
        userId,
        Effect.gen(function* () {
          const lifted = yield* SanctionStore.lift(userId, code, decision)
          if (lifted) yield* accounts.setPermanentBlock(userId, false)
          return lifted
        })
      )
    )

    return Sanctions.of({ apply, lift })
  })
).pipe(Layer.provide(AccountStore.layer))
