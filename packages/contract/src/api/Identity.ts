/** Who calls: a player by the gateway's header, an administrator by Basic authentication. */
import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import type { UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"

export const userIdHeader = "x-user-id"
/** Shared secret between gateway and backend, where the network between them isn't trusted. */
export const gatewayTokenHeader = "x-gateway-token"

/** The player on whose behalf a user-surface handler runs. */
export class Caller extends Context.Service<
  Caller,
  {
    readonly userId: UserId
    /** Source address; absent where the peer has none. */
    readonly sourceIp: string | undefined
  }
>()("@galaxy/contract/api/Caller") {}

/** Reads `X-User-Id`; a missing or malformed one is `invalid_request`, one without an active account `unauthorized`. */
export class CallerIdentity extends HttpApiMiddleware.Service<CallerIdentity, { provides: Caller }>()(
  "@galaxy/contract/api/CallerIdentity",
  { error: wireErrors }
) {}

export class Administrator extends Context.Service<Administrator, { readonly username: string }>()(
  "@galaxy/contract/api/Administrator"
) {}

/** The realm never changes, so that a password manager finds its entry in every deployment. */
export const adminRealm = "galaxy-admin"

export class AdminIdentity extends HttpApiMiddleware.Service<AdminIdentity, { provides: Administrator }>()(
  "@galaxy/contract/api/AdminIdentity",
  { security: { basic: HttpApiSecurity.basic }, error: wireErrors }
) {}
