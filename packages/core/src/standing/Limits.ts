/**
 * How much an account may own or join: what an administrator has set for it, else what its plan grants.
 *
 * Whoever counts against a limit does so under a lock that all who add take, since nothing here locks the account.
 */
import { LimitCode } from "@galaxy/contract/api/UserAccount"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountNotFound } from "../account/Accounts.ts"
import * as AccountStore from "../account/AccountStore.ts"
import type { StorageError } from "../shared/StorageError.ts"
import { lockedAccount } from "./lockedAccount.ts"
import type { Decision } from "./records/Decision.ts"
import { inForce } from "./records/InForce.ts"
import * as LimitStore from "./records/LimitStore.ts"
import { freePlan, limitsOf } from "./records/Plans.ts"

/** One limit of an account. */
export interface Limit {
  readonly value: number
  /** An administrator has set it for this account, so neither the plan nor the host's settings count. */
  readonly override: boolean
}

/** The limit where the host has a setting of its own: no plan allows more than it, but an administrator may. */
export const within = ({ value, override }: Limit, hosts: number): number => (override ? value : Math.min(value, hosts))

/** Reads and sets limits. Sets and lifts run in a transaction or in the caller's, with the account locked. */
export class Limits extends Context.Service<
  Limits,
  {
    /** All limits in force now. An unknown account has those of the free plan. Joins the caller's transaction. */
    of(userId: UserId): Effect.Effect<Readonly<Record<LimitCode, Limit>>, StorageError>
    /** Sets a limit for one account. Idempotent: returns false, and changes nothing, if it has that value already. */
    set(
      userId: UserId,
      code: LimitCode,
      value: number,
      decision: Decision
    ): Effect.Effect<boolean, AccountNotFound | StorageError>
    /** Ends a limit that was set, so that the plan counts again. Idempotent: returns false if there is none. */
    lift(userId: UserId, code: LimitCode, decision: Decision): Effect.Effect<boolean, AccountNotFound | StorageError>
  }
>()("@galaxy/core/standing/Limits") {}

/** `Limits` over PostgreSQL. */
export const layer: Layer.Layer<Limits, never, SqlClient.SqlClient> = Layer.effect(
  Limits,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const locked = yield* lockedAccount

    const of = Effect.fn("Limits.of")(
      function* (userId: UserId) {
        const found = (yield* inForce([userId])).get(userId)
        const granted = found?.entitlement ?? limitsOf(freePlan, false)
        return Object.fromEntries(
          LimitCode.literals.map((code) => {
            const set = found?.limits.find((it) => it.limit_code === code)
            return [code, { value: set?.value ?? granted[code], override: set !== undefined }]
          })
        ) as Readonly<Record<LimitCode, Limit>>
      },
      Effect.provideService(SqlClient.SqlClient, sql)
    )

    const set = Effect.fn("Limits.set")((userId: UserId, code: LimitCode, value: number, decision: Decision) =>
      locked(userId, LimitStore.set(userId, code, value, decision))
    )

    const lift = Effect.fn("Limits.lift")((userId: UserId, code: LimitCode, decision: Decision) =>
      locked(userId, LimitStore.lift(userId, code, decision))
    )

    return Limits.of({ of, set, lift })
  })
).pipe(Layer.provide(AccountStore.layer))
