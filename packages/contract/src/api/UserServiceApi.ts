/**
 * The user process's own surface (`/api/v1/internal/users`): accounts for trusted services, without a backend in
 * between.
 *
 * Callers send the process's token in `X-Gateway-Token`, unless its network is trusted. Lists may come from a replica
 * of the database and lag behind by as much.
 */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { UserId } from "../ids/Ids.ts"
import { AdminUser, SetEntitlement, SetLimit, userFilters, UserList, UserStatus } from "./admin/Users.ts"
import { reason } from "./admin/Reason.ts"
import { wireErrors } from "./ApiError.ts"
import { EmailAddress } from "./EmailAddress.ts"
import { label, paging } from "./Fields.ts"
import { InputErrors } from "./InputErrors.ts"
import { Account, LimitCode, SanctionCode, UpdateProfile, UpdateSettings } from "./UserAccount.ts"

/** Who decides: a name that the calling service vouches for, such as `admin:root`; kept with the record. */
const actor = Schema.optionalKey(label(64).check(Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/)))

/** Why, for lifting and deleting. */
export const Decided = Schema.Struct({ reason, actor })

/** Body of `resolve-by-email`. */
export const ResolveByEmail = Schema.Struct({ email: EmailAddress })

/** Whose address it is. An address without an account may be blocked too. */
export const ResolvedEmail = Schema.Struct({
  status: Schema.Literals([...UserStatus.literals, "unknown"]),
  /** Absent where the address has no account. */
  user_id: Schema.optionalKey(UserId)
})

/** Body of `ensure-by-email`. All but the address is used only for a new account. */
export const EnsureByEmail = Schema.Struct({
  email: EmailAddress,
  /** BCP 47 tag; the host's default when absent. */
  preferred_language: Schema.optionalKey(label(64)),
  /** IANA name; UTC when absent. */
  time_zone: Schema.optionalKey(label(64)),
  /** ISO 3166-1 alpha-2, in upper case. */
  declared_country: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/)))
})

/**
 * The account of the address. One that is blocked or deleted is returned as it is, and isn't made again. A blocked
 * address gets no account: `account_permanently_blocked`.
 */
export const EnsuredAccount = Schema.Struct({
  user_id: UserId,
  /** Whether this call has made it. */
  created: Schema.Boolean,
  status: UserStatus
})

/** Body of `POST /{user_id}/sanctions`. `permanent_block` ends sessions, seats and names. Repeating it changes nothing. */
export const ApplySanction = Schema.Struct({ sanction_code: SanctionCode, reason, actor })

const ofUser = { params: { user_id: UserId }, success: AdminUser, error: wireErrors } as const
const ownAccount = { params: { user_id: UserId }, success: Account, error: wireErrors } as const

/**
 * Accounts. An unknown one is `not_found`. `account`, `updateProfile` and `updateSettings` don't find deleted ones
 * either. Bodies are those of the admin surface, with an `actor`.
 */
export class UserServiceGroup extends HttpApiGroup.make("userService")
  .add(
    HttpApiEndpoint.post("ensureByEmail", "/ensure-by-email", {
      payload: EnsureByEmail,
      success: EnsuredAccount,
      error: wireErrors
    }),
    HttpApiEndpoint.post("resolveByEmail", "/resolve-by-email", {
      payload: ResolveByEmail,
      success: ResolvedEmail,
      error: wireErrors
    }),
    HttpApiEndpoint.get("list", "/", { query: { ...paging, ...userFilters }, success: UserList, error: wireErrors }),
    HttpApiEndpoint.get("get", "/:user_id", ofUser),
    HttpApiEndpoint.get("account", "/:user_id/account-internal", ownAccount),
    HttpApiEndpoint.patch("updateProfile", "/:user_id/profile", { ...ownAccount, payload: UpdateProfile }),
    HttpApiEndpoint.patch("updateSettings", "/:user_id/settings", { ...ownAccount, payload: UpdateSettings }),
    HttpApiEndpoint.post("setEntitlement", "/:user_id/entitlements", {
      ...ofUser,
      payload: Schema.Struct({ ...SetEntitlement.fields, actor })
    }),
    HttpApiEndpoint.post("setLimit", "/:user_id/limits", {
      ...ofUser,
      payload: Schema.Struct({ ...SetLimit.fields, actor })
    }),
    HttpApiEndpoint.post("liftLimit", "/:user_id/limits/:code/lift", {
      ...ofUser,
      params: { user_id: UserId, code: LimitCode },
      payload: Decided
    }),
    HttpApiEndpoint.post("applySanction", "/:user_id/sanctions", { ...ofUser, payload: ApplySanction }),
    HttpApiEndpoint.post("liftSanction", "/:user_id/sanctions/:code/lift", {
      ...ofUser,
      params: { user_id: UserId, code: SanctionCode },
      payload: Decided
    }),
    HttpApiEndpoint.post("delete", "/:user_id/delete", {
      params: { user_id: UserId },
      payload: Decided,
      success: HttpApiSchema.NoContent,
      error: wireErrors
    })
  )
  .prefix("/api/v1/internal/users") {}

/** The whole surface of the user process. Its listener admits only callers with the token. */
export class UserServiceApi extends HttpApi.make("userService").add(UserServiceGroup).middleware(InputErrors) {}
