/**
 * Endpoints whose bodies and answers are in `UserAccount.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { DeviceSessionId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { Account, RevokedSessions, SessionList, UpdateProfile, UpdateSettings } from "./UserAccount.ts"

/**
 * The caller's own account. `delete` is final: it ends all sessions, memberships, applications and invites, cancels the
 * caller's games that aren't running, and gives up their race names.
 */
export class AccountGroup extends HttpApiGroup.make("account")
  .add(
    HttpApiEndpoint.get("get", "/", { success: Account, error: wireErrors }),
    HttpApiEndpoint.patch("updateProfile", "/profile", {
      payload: UpdateProfile,
      success: Account,
      error: wireErrors
    }),
    HttpApiEndpoint.patch("updateSettings", "/settings", {
      payload: UpdateSettings,
      success: Account,
      error: wireErrors
    }),
    HttpApiEndpoint.post("delete", "/delete", { success: HttpApiSchema.NoContent, error: wireErrors })
  )
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
