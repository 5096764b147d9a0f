/** The caller's own account and device sessions (`/api/v1/user/account`, `/api/v1/user/sessions`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { DeviceSessionId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { Timestamp } from "./Fields.ts"

/** What the account's plan grants. A new account has the tier `free`, with one registered race name. */
export const Entitlement = Schema.Struct({
  tier: Schema.String,
  max_registered_race_names: Schema.Int
})

/** A sanction in force. `permanent_block` is the only code so far. */
export const ActiveSanction = Schema.Struct({
  sanction_code: Schema.String,
  applied_at: Timestamp
})

/** A limit that an administrator has set for this account and that is in force. */
export const ActiveLimit = Schema.Struct({
  limit_code: Schema.String,
  value: Schema.Int
})

/** Answer of `user.account.get` and of the internal account lookup: what the platform knows about one player. */
export const Account = Schema.Struct({
  user_id: UserId,
  email: Schema.String,
  /** Generated at the first sign-in; never changes. */
  user_name: Schema.String,
  /** Empty until the player sets one. */
  display_name: Schema.String,
  /** BCP 47 tag. */
  preferred_language: Schema.String,
  /** IANA name. */
  time_zone: Schema.String,
  /** ISO 3166-1 alpha-2, from the source address of the first sign-in; absent where it wasn't known. */
  declared_country: Schema.optionalKey(Schema.String),
  entitlement: Entitlement,
  sanctions: Schema.Array(ActiveSanction),
  limits: Schema.Array(ActiveLimit),
  created_at: Timestamp,
  updated_at: Timestamp
})

/** One of the caller's active device sessions. */
export const Session = Schema.Struct({
  device_session_id: DeviceSessionId,
  created_at: Timestamp,
  /** When the gateway last looked the session up, to the minute; absent before the first time. */
  last_seen_at: Schema.optionalKey(Timestamp)
})

/** Answer of `user.sessions.list`: active sessions, oldest first. Of more than 200, the newest 200. */
export const SessionList = Schema.Struct({ sessions: Schema.Array(Session) })

/**
 * Answer of `user.sessions.revoke` and `user.sessions.revoke_all`: the sessions that this call revoked, possibly the
 * caller's own. Empty where they were revoked before.
 */
export const RevokedSessions = Schema.Struct({ revoked: Schema.Array(DeviceSessionId) })

/** The caller's own account. */
export class AccountGroup extends HttpApiGroup.make("account")
  .add(HttpApiEndpoint.get("get", "/", { success: Account, error: wireErrors }))
  .prefix("/api/v1/user/account") {}

/**
 * The caller's own device sessions. Another user's session is `not_found`, like one that doesn't exist. Revocation is
 * final and ends the session's event streams.
 */
export class SessionsGroup extends HttpApiGroup.make("sessions")
  .add(
    HttpApiEndpoint.get("list", "/", { success: SessionList, error: wireErrors }),
    HttpApiEndpoint.post("revoke", "/:device_session_id/revoke", {
      params: { device_session_id: DeviceSessionId },
      success: RevokedSessions,
      error: wireErrors
    }),
    HttpApiEndpoint.post("revokeAll", "/revoke-all", {
      success: RevokedSessions,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/sessions") {}
