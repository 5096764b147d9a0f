/** The administrators' own accounts (`/api/v1/admin/admin-accounts`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { wireErrors } from "../ApiError.ts"
import { paging, Timestamp } from "../Fields.ts"
import { line } from "../Text.ts"
import { OptionalReason, reason } from "./Reason.ts"

/**
 * An administrator's name: one visible line of 1 to 128 characters without a colon, since Basic authentication ends a
 * name there. Names are compared as they are, capitals included.
 */
export const AdminUsername = line(128).check(
  Schema.makeFilter((name: string) => !name.includes(":") || "must not contain a colon")
)

const utf8 = new TextEncoder()

/** bcrypt reads no more than 72 bytes, so a longer password is refused instead of cut. */
export const maxPasswordBytes = 72

/** Shortest password that may be set through this surface, in characters. */
export const minPasswordLength = 8

/** A new password: at least 8 characters, at most 72 bytes. It is stored as a bcrypt hash and never shown again. */
export const NewPassword = Schema.String.check(
  Schema.isMinLength(minPasswordLength),
  Schema.isMaxLength(maxPasswordBytes),
  Schema.makeFilter(
    (password: string) =>
      utf8.encode(password).length <= maxPasswordBytes || `must have at most ${maxPasswordBytes} bytes`
  )
)

/** An administrator as the others see them. Accounts are disabled, never removed, so that audit rows keep their actor. */
export const AdminAccount = Schema.Struct({
  username: Schema.String,
  created_at: Timestamp,
  /** When the password was last verified, which happens about once a minute of use; absent before the first time. */
  last_used_at: Schema.optionalKey(Timestamp),
  /** Since when the account can't sign in; absent while it can. */
  disabled_at: Schema.optionalKey(Timestamp)
})

/** Newest first. Without `next_cursor` it is the last page. */
export const AdminAccountList = Schema.Struct({
  admin_accounts: Schema.Array(AdminAccount),
  next_cursor: Schema.optionalKey(Schema.String)
})

/** Body of `POST /admin-accounts`. A name that is taken, even by a disabled account, is `conflict`, `exists`. */
export const CreateAdminAccount = Schema.Struct({
  username: AdminUsername,
  password: NewPassword,
  reason: Schema.optionalKey(reason)
})

/** Body of `reset-password`. Whoever resets a password tells it to its owner; the platform doesn't. */
export const ResetAdminPassword = Schema.Struct({ password: NewPassword, reason: Schema.optionalKey(reason) })

const ofName = { params: { username: AdminUsername }, success: AdminAccount, error: wireErrors } as const

/**
 * Administrators' accounts. An unknown name is `not_found`; disabling the last enabled administrator is `conflict`,
 * `last_admin`. Disabling and enabling can be repeated: what is so already stays as it is.
 */
export class AdminAccountsGroup extends HttpApiGroup.make("adminAccounts")
  .add(
    HttpApiEndpoint.get("list", "/", { query: paging, success: AdminAccountList, error: wireErrors }),
    HttpApiEndpoint.post("create", "/", { payload: CreateAdminAccount, success: AdminAccount, error: wireErrors }),
    HttpApiEndpoint.get("get", "/:username", ofName),
    HttpApiEndpoint.post("disable", "/:username/disable", { ...ofName, payload: [OptionalReason, Schema.Null] }),
    HttpApiEndpoint.post("enable", "/:username/enable", { ...ofName, payload: [OptionalReason, Schema.Null] }),
    HttpApiEndpoint.post("resetPassword", "/:username/reset-password", { ...ofName, payload: ResetAdminPassword })
  )
  .prefix("/api/v1/admin/admin-accounts") {}
