/** Session lookup for gateways. */
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { Effect } from "effect"
import { Base64 } from "effect/encoding"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { Sessions } from "../Sessions.ts"

const toApi = toApiWith(errors)

/**
 * Handlers of the internal group `internalSessions`: `lookup` returns a session's user, public key (standard base64)
 * and status. Revoked sessions are returned too.
 */
export const internalSessions = HttpApiBuilder.group(
  InternalApi,
  "internalSessions",
  Effect.fnUntraced(function* (handlers) {
    const sessions = yield* Sessions
    return handlers.handle(
      "lookup",
      Effect.fnUntraced(function* ({ params }) {
        const found = yield* sessions.lookup(params.device_session_id)
        return {
          device_session_id: found.deviceSessionId,
          user_id: found.userId,
          client_public_key: Base64.encode(found.clientPublicKey),
          status: found.status,
          created_at: found.createdAt,
          ...(found.revokedAt === null ? {} : { revoked_at: found.revokedAt })
        }
      }, toApi)
    )
  })
)
