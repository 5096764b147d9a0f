/** The caller's own device sessions. */
import { Caller } from "@galaxy/contract/api/Identity"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors } from "./errors.ts"
import { Sessions } from "../Sessions.ts"

const toApi = toApiWith(errors)

/** Handlers of the user group `sessions`: list, revoke and revoke-all. Another player's session is `not_found`. */
export const sessions = HttpApiBuilder.group(
  UserApi,
  "sessions",
  Effect.fnUntraced(function* (handlers) {
    const sessions = yield* Sessions
    return handlers
      .handle("list", () =>
        Effect.flatMap(Caller, (caller) => toApi(sessions.list(caller.userId, caller.deviceSessionId))).pipe(
          Effect.map((list) => ({ sessions: list }))
        )
      )
      .handle(
        "revoke",
        Effect.fnUntraced(function* ({ params }) {
          const caller = yield* Caller
          return { revoked: yield* sessions.revoke(caller.userId, params.device_session_id) }
        }, toApi)
      )
      .handle("revokeAll", () =>
        Effect.flatMap(Caller, (caller) => toApi(sessions.revokeAll(caller.userId))).pipe(
          Effect.map((revoked) => ({ revoked }))
        )
      )
  })
)
