/** Users on the admin surface: lists, single accounts, and what administrators decide about them. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { Administrator } from "@galaxy/contract/api/Identity"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { errors as accountErrors } from "../../account/http/errors.ts"
import { AccountStore } from "../../account/AccountStore.ts"
import { type AdminUser, Users } from "../../account/Users.ts"
import { audited, sameAsBefore } from "../../audit/Audited.ts"
import { toApiWith } from "../../shared/http/errors.ts"
import { Entitlements } from "../Entitlements.ts"
import { Limits } from "../Limits.ts"
import type { Decision } from "../records/Decision.ts"
import { Sanctions } from "../Sanctions.ts"
import { errors } from "./errors.ts"

const toApi = toApiWith({ ...accountErrors, ...errors })

/** What the audit log keeps of an account: nothing that says whose it is. */
export const auditView = ({ user_id, status, entitlement, sanctions, limits }: AdminUser) => ({
  user_id,
  status,
  entitlement,
  sanctions,
  limits
})

/** Handlers of `AdminApi`'s group `adminUsers`. */
export const users = HttpApiBuilder.group(
  AdminApi,
  "adminUsers",
  Effect.fnUntraced(function* (handlers) {
    const all = yield* Users
    const accounts = yield* AccountStore
    const entitlements = yield* Entitlements
    const limits = yield* Limits
    const sanctions = yield* Sanctions

    const decided = <A, E extends { readonly _tag: string }>(
      name: string,
      userId: UserId,
      reason: string,
      work: (decision: Decision) => Effect.Effect<A, E>
    ) =>
      Effect.gen(function* () {
        const { username } = yield* Administrator
        yield* audited(
          {
            name,
            target: { kind: "user", id: userId },
            reason,
            unchanged: sameAsBefore,
            view: Effect.map(Effect.andThen(accounts.lock(userId), all.find(userId)), auditView)
          },
          work({ actor: username, reason })
        )
        return yield* all.find(userId)
      })

    return handlers
      .handle("list", ({ query: { cursor, limit, is_paid, ...filter } }) =>
        toApi(
          all.list(
            { ...filter, ...(is_paid === undefined ? {} : { is_paid: is_paid === "true" }) },
            { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) }
          )
        )
      )
      .handle("get", ({ params }) => toApi(all.find(params.user_id)))
      .handle("setEntitlement", ({ params, payload: { reason, ...given } }) =>
        toApi(
          decided("user.set_entitlement", params.user_id, reason, (decision) =>
            entitlements.set(params.user_id, given, decision)
          )
        )
      )
      .handle("setLimit", ({ params, payload }) =>
        toApi(
          decided("user.set_limit", params.user_id, payload.reason, (decision) =>
            limits.set(params.user_id, payload.limit_code, payload.value, decision)
          )
        )
      )
      .handle("liftLimit", ({ params, payload }) =>
        toApi(
          decided("user.lift_limit", params.user_id, payload.reason, (decision) =>
            limits.lift(params.user_id, params.code, decision)
          )
        )
      )
      .handle("liftSanction", ({ params, payload }) =>
        toApi(
          decided("user.lift_sanction", params.user_id, payload.reason, (decision) =>
            sanctions.lift(params.user_id, params.code, decision)
          )
        )
      )
  })
)
