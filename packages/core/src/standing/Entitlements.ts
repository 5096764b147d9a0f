/**
 * Entitlements of accounts: given by administrators, ended by time.
 *
 * A downgrade takes nothing away. It only bounds what the account may add: registered race names stay registered.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountNotFound } from "../account/Accounts.ts"
import * as AccountStore from "../account/AccountStore.ts"
import * as UserEvents from "../user-event/UserEvents.ts"
import { StorageError } from "../shared/StorageError.ts"
import { lockedAccount } from "./lockedAccount.ts"
import type { Decision } from "./records/Decision.ts"
import * as EntitlementStore from "./records/EntitlementStore.ts"
import { freePlan, planCodes } from "./records/Plans.ts"

/** The entitlement has an unknown plan, contradicts itself, or has ended already. `problem` is a sentence for the caller. */
export class EntitlementInvalid extends Schema.TaggedError<EntitlementInvalid>()("EntitlementInvalid", {
  problem: Schema.String
}) {
  override get message(): string {
    return this.problem
  }
}

/** Gives entitlements, and keeps the snapshots by which listings filter up to date. */
export class Entitlements extends Context.Service<
  Entitlements,
  {
    /**
     * Gives an account another entitlement, which replaces all earlier ones from its start on. Idempotent: returns
     * false, and changes nothing, if the newest one says the same.
     */
    set(
      userId: UserId,
      entitlement: EntitlementStore.NewEntitlement,
      decision: Decision
    ): Effect.Effect<boolean, EntitlementInvalid | AccountNotFound | StorageError>
    /**
     * Takes the snapshots again of entitlements that have ended or begun since, and tells of it; at most `limit` of
     * them. Returns whose. Several processes may do so at once: each change is told once. Reads of one account don't
     * depend on it.
     */
    refresh(limit: number): Effect.Effect<ReadonlyArray<UserId>, StorageError>
  }
>()("@galaxy/core/standing/Entitlements") {}

const problemOf = (given: EntitlementStore.NewEntitlement, now: DateTime.Utc): string | undefined => {
  if (!planCodes.includes(given.plan_code)) return `plan_code must be one of ${planCodes.join(", ")}`
  if (given.plan_code === freePlan && given.is_paid) return "the plan free can't be paid"
  if (given.ends_at === undefined) return undefined
  if (!DateTime.isGreaterThan(given.ends_at, now)) return "ends_at must be in the future"
  if (given.starts_at !== undefined && !DateTime.isGreaterThan(given.ends_at, given.starts_at)) {
    return "ends_at must be after starts_at"
  }
  return undefined
}

/** `Entitlements` over PostgreSQL. */
export const layer: Layer.Layer<Entitlements, never, SqlClient.SqlClient> = Layer.effect(
  Entitlements,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const locked = yield* lockedAccount

    const set = Effect.fn("Entitlements.set")(function* (
      userId: UserId,
      given: EntitlementStore.NewEntitlement,
      decision: Decision
    ) {
      const problem = problemOf(given, yield* DateTime.now)
      if (problem !== undefined) return yield* new EntitlementInvalid({ problem })
      return yield* locked(userId, EntitlementStore.set(userId, given, decision))
    })

    const refresh = Effect.fn("Entitlements.refresh")((limit: number) =>
      Effect.gen(function* () {
        const due = yield* EntitlementStore.due(limit)
        for (const { user_id, deleted } of due) {
          yield* EntitlementStore.takeSnapshot(user_id)
          // An account's end is the last that is told of it.
          if (!deleted) yield* UserEvents.tell("entitlement.changed", user_id, { change: "time" })
        }
        return due.map((it) => it.user_id)
      }).pipe(sql.withTransaction, StorageError.refail, Effect.provideService(SqlClient.SqlClient, sql))
    )

    return Entitlements.of({ set, refresh })
  })
).pipe(Layer.provide(AccountStore.layer))
