/** Handlers of the user process: entitlements, limits, sanctions and the end of accounts. */
import type { LimitCode, SanctionCode } from "@galaxy/contract/api/UserAccount"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect } from "effect"
import { AccountEnds } from "../../account/AccountEnds.ts"
import { type UserEvent, UserEvents } from "../../account/UserEvents.ts"
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

/** What the process decides about accounts; each answers with the account, and tells of it after the commit. */
export const decisionCalls = Effect.gen(function* () {
  const users = yield* Users
  const entitlements = yield* Entitlements
  const limits = yield* Limits
  const sanctions = yield* Sanctions
  const ends = yield* AccountEnds
  const events = yield* UserEvents

  const publish = Effect.fnUntraced(function* (
    userId: UserId,
    type: UserEvent["type"],
    details: Readonly<Record<string, string>> = {}
  ) {
    yield* events.publish({ type, userId, at: yield* DateTime.now, details })
  })

  /** Runs a change and, if it has changed anything, tells of it. */
  const told = <E>(
    userId: UserId,
    change: Effect.Effect<boolean, E>,
    type: UserEvent["type"],
    details: Readonly<Record<string, string>>
  ) =>
    Effect.gen(function* () {
      if (yield* change) yield* publish(userId, type, details)
      return yield* users.find(userId)
    })

  return {
    setEntitlement: (userId: UserId, given: NewEntitlement, decision: Decision) =>
      told(userId, entitlements.set(userId, given, decision), "entitlement.changed", { plan_code: given.plan_code }),

    setLimit: (userId: UserId, code: LimitCode, value: number, decision: Decision) =>
      told(userId, limits.set(userId, code, value, decision), "limit.changed", {
        limit_code: code,
        change: "set",
        value: `${value}`
      }),

    liftLimit: (userId: UserId, code: LimitCode, decision: Decision) =>
      told(userId, limits.lift(userId, code, decision), "limit.changed", { limit_code: code, change: "lifted" }),

    applySanction: Effect.fnUntraced(function* (userId: UserId, code: SanctionCode, decision: Decision) {
      let applied = false
      const mark = Effect.tap(sanctions.apply(userId, code, decision), (it) =>
        Effect.sync(() => {
          applied ||= it
        })
      )
      yield* ends.block(userId, decision.actor, mark)
      if (applied) {
        yield* publish(userId, "sanction.changed", { sanction_code: code, change: "applied" })
        yield* publish(userId, "account.blocked")
      }
      return yield* users.find(userId)
    }),

    liftSanction: (userId: UserId, code: SanctionCode, decision: Decision) =>
      told(userId, sanctions.lift(userId, code, decision), "sanction.changed", {
        sanction_code: code,
        change: "lifted"
      }),

    delete: Effect.fnUntraced(function* (userId: UserId, decision: Decision) {
      const { status } = yield* users.find(userId)
      yield* ends.delete(userId, { username: decision.actor })
      if (status !== "deleted") yield* publish(userId, "account.deleted")
    })
  }
})
