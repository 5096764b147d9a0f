/** Accounts of players, for operators (`/api/v1/admin/users`): finding and reading them, plans, limits, lifting. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { UserId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { EmailAddress } from "../EmailAddress.ts"
import { int, label, paging, Timestamp } from "../Fields.ts"
import { Account, LimitCode, SanctionCode } from "../UserAccount.ts"
import { reason, RequiredReason } from "./Reason.ts"

/** `deleted` takes precedence over `blocked`. An account that isn't `active` can't act. */
export const UserStatus = Schema.Literals(["active", "blocked", "deleted"])

/** An account as operators see it, a deleted one too. */
export const AdminUser = Schema.Struct({
  ...Account.fields,
  status: UserStatus,
  deleted_at: Schema.optionalKey(Timestamp)
})

/** Newest first. Without `next_cursor` it is the last page. */
export const UserList = Schema.Struct({
  users: Schema.Array(AdminUser),
  next_cursor: Schema.optionalKey(Schema.String)
})

/** A lower-case code, such as `paid_yearly`. */
const code = label(64).check(Schema.isPattern(/^[a-z0-9][a-z0-9_.-]*$/))

/** What a list of users may be narrowed to. All that are given must match. */
export const userFilters = {
  status: Schema.optionalKey(UserStatus),
  /** ISO 3166-1 alpha-2, in upper case. */
  declared_country: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/))),
  /** The plan in force now. */
  plan_code: Schema.optionalKey(code),
  is_paid: Schema.optionalKey(Schema.Literals(["true", "false"])),
  /** Accounts with a paid plan in force that ends before this time. */
  paid_expires_before: Schema.optionalKey(Timestamp),
  /** Accounts with a paid plan in force that ends at this time or later, though not those of one without an end. */
  paid_expires_after: Schema.optionalKey(Timestamp),
  /** Accounts with this sanction in force. */
  sanction_code: Schema.optionalKey(SanctionCode),
  /** Accounts for which this limit is set. */
  limit_code: Schema.optionalKey(LimitCode),
  /** The whole name. */
  user_name: Schema.optionalKey(label(64)),
  /** The whole name, with its capitals. */
  display_name: Schema.optionalKey(label(64)),
  /** The whole address, in any spelling. */
  email: Schema.optionalKey(EmailAddress)
}

/**
 * Body of `POST /users/{user_id}/entitlements`. It replaces all earlier entitlements from its start on. When it ends,
 * the account has the plan `free`. Repeating it changes nothing.
 */
export const SetEntitlement = Schema.Struct({
  /** `free`, `paid_monthly`, `paid_yearly` or `paid_lifetime`. */
  plan_code: code,
  /** Never true for the plan `free`. */
  is_paid: Schema.Boolean,
  /** Where it comes from, such as `purchase` or `gift`. */
  source: code,
  /** Now when absent. */
  starts_at: Schema.optionalKey(Timestamp),
  /** In the future, and after the start. Without it the entitlement stays until it is replaced. */
  ends_at: Schema.optionalKey(Timestamp),
  reason
})

/** Body of `POST /users/{user_id}/limits`, which sets a limit in place of the plan's. Repeating it changes nothing. */
export const SetLimit = Schema.Struct({ limit_code: LimitCode, value: int(0, 1_000_000), reason })

const ofUser = { params: { user_id: UserId }, success: AdminUser, error: wireErrors } as const

/**
 * Users. An unknown one is `not_found`; deleted ones are found. Lifting what isn't in force changes nothing. A list
 * goes from the newest account to the oldest.
 */
export class AdminUsersGroup extends HttpApiGroup.make("adminUsers")
  .add(
    HttpApiEndpoint.get("list", "/", { query: { ...paging, ...userFilters }, success: UserList, error: wireErrors }),
    HttpApiEndpoint.get("get", "/:user_id", ofUser),
    HttpApiEndpoint.post("setEntitlement", "/:user_id/entitlements", { ...ofUser, payload: SetEntitlement }),
    HttpApiEndpoint.post("setLimit", "/:user_id/limits", { ...ofUser, payload: SetLimit }),
    HttpApiEndpoint.post("liftLimit", "/:user_id/limits/:code/lift", {
      ...ofUser,
      params: { user_id: UserId, code: LimitCode },
      payload: RequiredReason
    }),
    HttpApiEndpoint.post("liftSanction", "/:user_id/sanctions/:code/lift", {
      ...ofUser,
      params: { user_id: UserId, code: SanctionCode },
      payload: RequiredReason
    })
  )
  .prefix("/api/v1/admin/users") {}
