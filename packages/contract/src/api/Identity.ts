/** Who is calling: a player, by the gateway's header, or an administrator, by Basic authentication. */
import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import type { DeviceSessionId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"

/** Header with the id of the calling user. It is believed because only gateways get through to the user surface. */
export const userIdHeader = "x-user-id"
/** Header with the device session that the request was signed with, set by gateways like the user's id. */
export const deviceSessionIdHeader = "x-device-session-id"
/**
 * Header with the secret that gateway and backend share. Not needed where the operator declares the network trusted.
 */
export const gatewayTokenHeader = "x-gateway-token"

/** The player on whose behalf a user-surface handler runs. */
export class Caller extends Context.Service<
  Caller,
  {
    readonly userId: UserId
    /** The session that the request was signed with; undefined where the gateway didn't say. */
    readonly deviceSessionId: DeviceSessionId | undefined
    /** The player's address as the gateway saw it; absent where the peer has none. */
    readonly sourceIp: string | undefined
  }
>()("@galaxy/contract/api/Caller") {}

/** Reads `X-User-Id`; a missing or malformed one is `invalid_request`, one without an active account `unauthorized`. */
export class CallerIdentity extends HttpApiMiddleware.Service<CallerIdentity, { provides: Caller }>()(
  "@galaxy/contract/api/CallerIdentity",
  { error: wireErrors }
) {}

/** The administrator on whose behalf an admin handler runs: enabled, with the password verified. */
export class Administrator extends Context.Service<Administrator, { readonly username: string }>()(
  "@galaxy/contract/api/Administrator"
) {}

/** The realm never changes, so that a password manager finds its entry in every deployment. */
export const adminRealm = "galaxy-admin"

/**
 * Verifies name and password by Basic authentication. Failure is `unauthorized`, with a challenge for `adminRealm`; an
 * unknown name and a wrong password can't be told apart. A client must have credentials too (`AdminCredentials`): one
 * without them doesn't compile.
 */
export class AdminIdentity extends HttpApiMiddleware.Service<AdminIdentity, { provides: Administrator }>()(
  "@galaxy/contract/api/AdminIdentity",
  { security: { basic: HttpApiSecurity.basic }, error: wireErrors, requiredForClient: true }
) {}
