/** Handlers of sign-in, account, sessions and the gateway's own questions. */
import { Caller } from "@galaxy/contract/api/Identity"
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { PublicApi } from "@galaxy/contract/api/PublicApi"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { DeviceSessionId, UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { AccountNotFound, Accounts } from "../account/Accounts.ts"
import { Challenges } from "../auth/Challenges.ts"
import { SessionNotFound, Sessions } from "../auth/Sessions.ts"
import { eventsOf } from "../push/http.ts"
import { PushLog } from "../push/PushLog.ts"
import { toApi } from "./apiError.ts"
import { sourceIp } from "./middleware.ts"

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))

/** A path's id: what is no id at all names nothing. */
const idOr =
  <A, E>(brand: { readonly make: (text: string) => A }, missing: () => E) =>
  (text: string) =>
    uuidPattern.test(text) ? Effect.succeed(brand.make(text)) : Effect.fail(missing())

const sessionId = idOr(DeviceSessionId, () => new SessionNotFound())
const userId = idOr(UserId, () => new AccountNotFound())

export const auth = HttpApiBuilder.group(
  PublicApi,
  "auth",
  Effect.fnUntraced(function* (handlers) {
    const challenges = yield* Challenges
    return handlers
      .handle("sendEmailCode", ({ payload, headers }) =>
        challenges
          .send({ email: payload.email, locale: payload.locale, acceptLanguage: headers["accept-language"] })
          .pipe(
            Effect.map((id) => ({ challenge_id: id })),
            toApi
          )
      )
      .handle(
        "confirmEmailCode",
        Effect.fnUntraced(function* ({ payload }) {
          const request = yield* HttpServerRequest.HttpServerRequest
          const id = yield* challenges.confirm({
            challengeId: payload.challenge_id,
            code: payload.code.trim(),
            clientPublicKey: payload.client_public_key,
            timeZone: payload.time_zone,
            sourceIp: sourceIp(request)
          })
          return { device_session_id: id }
        }, toApi)
      )
  })
)

export const account = HttpApiBuilder.group(
  UserApi,
  "account",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    return handlers.handle("get", () => Effect.flatMap(Caller, (caller) => toApi(accounts.find(caller.userId))))
  })
)

export const sessions = HttpApiBuilder.group(
  UserApi,
  "sessions",
  Effect.fnUntraced(function* (handlers) {
    const sessions = yield* Sessions
    return handlers
      .handle("list", () =>
        Effect.flatMap(Caller, (caller) => toApi(sessions.list(caller.userId))).pipe(
          Effect.map((list) => ({ sessions: list }))
        )
      )
      .handle(
        "revoke",
        Effect.fnUntraced(function* ({ params }) {
          const caller = yield* Caller
          return { revoked: yield* sessions.revoke(caller.userId, yield* sessionId(params.device_session_id)) }
        }, toApi)
      )
      .handle("revokeAll", () =>
        Effect.flatMap(Caller, (caller) => toApi(sessions.revokeAll(caller.userId))).pipe(
          Effect.map((revoked) => ({ revoked }))
        )
      )
  })
)

export const internalSessions = HttpApiBuilder.group(
  InternalApi,
  "internalSessions",
  Effect.fnUntraced(function* (handlers) {
    const sessions = yield* Sessions
    return handlers.handle(
      "lookup",
      Effect.fnUntraced(function* ({ params }) {
        const found = yield* sessions.lookup(yield* sessionId(params.device_session_id))
        return {
          device_session_id: found.deviceSessionId,
          user_id: found.userId,
          client_public_key: base64(found.clientPublicKey),
          status: found.status,
          created_at: found.createdAt,
          ...(found.revokedAt === null ? {} : { revoked_at: found.revokedAt })
        }
      }, toApi)
    )
  })
)

export const internalUsers = HttpApiBuilder.group(
  InternalApi,
  "internalUsers",
  Effect.fnUntraced(function* (handlers) {
    const accounts = yield* Accounts
    const log = yield* PushLog
    return handlers
      .handle(
        "events",
        Effect.fnUntraced(function* ({ params, query }) {
          return yield* eventsOf(log, yield* userId(params.user_id), query.after, query.limit)
        }, toApi)
      )
      .handle(
        "account",
        Effect.fnUntraced(function* ({ params }) {
          return yield* accounts.find(yield* userId(params.user_id))
        }, toApi)
      )
  })
)
