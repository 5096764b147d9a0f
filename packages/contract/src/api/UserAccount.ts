/** The caller's own account and device sessions (`/api/v1/user/account`, `/api/v1/user/sessions`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { DeviceSessionId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { Timestamp } from "./Fields.ts"

export const Entitlement = Schema.Struct({
  tier: Schema.String,
  max_registered_race_names: Schema.Int
})

export const ActiveSanction = Schema.Struct({
  sanction_code: Schema.String,
  applied_at: Timestamp
})

export const ActiveLimit = Schema.Struct({
  limit_code: Schema.String,
  value: Schema.Int
})

/** What the platform knows about one player. */
export const Account = Schema.Struct({
  user_id: UserId,
  email: Schema.String,
  /** Made once at the first sign-in, never changed. */
  user_name: Schema.String,
  display_name: Schema.String,
  preferred_language: Schema.String,
  time_zone: Schema.String,
  /** ISO 3166-1 alpha-2, from the source IP of the registration; absent where it wasn't known. */
  declared_country: Schema.optionalKey(Schema.String),
  entitlement: Entitlement,
  sanctions: Schema.Array(ActiveSanction),
  limits: Schema.Array(ActiveLimit),
  created_at: Timestamp,
  updated_at: Timestamp
})

export const Session = Schema.Struct({
  device_session_id: DeviceSessionId,
  created_at: Timestamp,
  last_seen_at: Schema.optionalKey(Timestamp)
})

export const SessionList = Schema.Struct({ sessions: Schema.Array(Session) })

/** Sessions that the call revoked; the caller's own may be among them. */
export const RevokedSessions = Schema.Struct({ revoked: Schema.Array(DeviceSessionId) })

export class AccountGroup extends HttpApiGroup.make("account")
  .add(HttpApiEndpoint.get("get", "/", { success: Account, error: wireErrors }))
  .prefix("/api/v1/user/account") {}

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
