/** Handlers of the user process: entitlements, limits, sanctions and the end of accounts. */
import type { LimitCode, SanctionCode } from "@galaxy/contract/api/UserAccount"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { AccountEnds } from "../../account/AccountEnds.ts"
import { Users } from "../../account/Users.ts"
import { Entitlements } from "../../standing/Entitlements.ts"
import { Limits } from "../../standing/Limits.ts"
import type { Decision } from "../../standing/records/Decision.ts"
import type { NewEntitlement } from "../../standing/records/EntitlementStore.ts"
import { Sanctions } from "../../standing/Sanctions.ts"

/** Who decides where the caller names nobody. */
const unnamed = "user-service"

/** A body's reason and actor as a decision. */
export const decisionOf = (body: { readonly reason: string; readonly actor?: string }): Decision => ({
  reason: body.reason,
  actor: body.actor ?? unnamed
})

/** What the process decides about accounts; each returns the account. */
export const decisionCalls = Effect.gen(function* () {
  const users = yield* Users
  const entitlements = yield* Entitlements
  const limits = yield* Limits
  const sanctions = yield* Sanctions
  const ends = yield* AccountEnds

  const changed = <E, R>(userId: UserId, change: Effect.Effect<unknown, E, R>) =>
    Effect.andThen(change, users.find(userId))

  return {
    setEntitlement: (userId: UserId, given: NewEntitlement, decision: Decision) =>
      changed(userId, entitlements.set(userId, given, decision)),

    setLimit: (userId: UserId, code: LimitCode, value: number, decision: Decision) =>
      changed(userId, limits.set(userId, code, value, decision)),

    liftLimit: (userId: UserId, code: LimitCode, decision: Decision) =>
      changed(userId, limits.lift(userId, code, decision)),

    applySanction: (userId: UserId, code: SanctionCode, decision: Decision) =>
      changed(userId, ends.block(userId, decision.actor, sanctions.apply(userId, code, decision))),

    liftSanction: (userId: UserId, code: SanctionCode, decision: Decision) =>
      changed(userId, sanctions.lift(userId, code, decision)),

    delete: (userId: UserId, decision: Decision) => ends.delete(userId, { username: decision.actor })
  }
})
