/** The sign-in routes, open to anybody. */
import { PublicApi } from "@galaxy/contract/api/PublicApi"
import { Effect } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { toApiWith } from "../../shared/http/errors.ts"
import { errors as accountErrors } from "../../account/http/errors.ts"
import { errors as authErrors } from "./errors.ts"
import { sourceIp } from "../../shared/http/sourceIp.ts"
import { Challenges } from "../Challenges.ts"

const toApi = toApiWith({ ...accountErrors, ...authErrors })

/**
 * Handlers of the public group `auth`: `sendEmailCode` and `confirmEmailCode` (wire.md, section 2). Nobody is
 * authenticated here, so all limits are those of `Challenges`.
 */
export const auth = HttpApiBuilder.group(
  PublicApi,
  "auth",
  Effect.fnUntraced(function* (handlers) {
    const challenges = yield* Challenges
    return handlers
      .handle(
        "sendEmailCode",
        Effect.fnUntraced(function* ({ payload, headers }) {
          const request = yield* HttpServerRequest.HttpServerRequest
          const id = yield* challenges.send({
            email: payload.email,
            locale: payload.locale,
            acceptLanguage: headers["accept-language"],
            sourceIp: sourceIp(request)
          })
          return { challenge_id: id }
        }, toApi)
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
            deviceLabel: payload.device_label?.trim() || undefined,
            sourceIp: sourceIp(request)
          })
          return { device_session_id: id }
        }, toApi)
      )
  })
)
