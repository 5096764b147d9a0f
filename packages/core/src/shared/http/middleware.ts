/**
 * Who calls, and whether the call is well formed, for all surfaces of the backend.
 *
 * A user's id is believed because only the gateway can send it: the listener is on loopback, or the gateway proves
 * itself with the shared token.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import {
  AdminIdentity,
  Administrator,
  adminRealm,
  Caller,
  CallerIdentity,
  userIdHeader
} from "@galaxy/contract/api/Identity"
import { InputErrors } from "@galaxy/contract/api/InputErrors"
import { UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Effect, Layer, Option, type Schema, SchemaIssue } from "effect"
import { HttpEffect, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { Accounts } from "../../account/Accounts.ts"
import { Admins } from "../../admin/Admins.ts"
import { CountryCounters } from "../../geo/CountryCounters.ts"
import { toApi } from "../../http/apiError.ts"

/** The player's address: leftmost in `X-Forwarded-For`, which the gateway has cleaned, else the peer's. */
export const sourceIp = (request: HttpServerRequest.HttpServerRequest): string | undefined => {
  const forwarded = request.headers["x-forwarded-for"]?.split(",")[0]?.trim()
  if (forwarded !== undefined && forwarded !== "") return forwarded.slice(0, 64)
  return Option.getOrUndefined(request.remoteAddress)
}

/** What a path's id is of. A malformed id is answered as one of an object that doesn't exist. */
const nounOf: Readonly<Record<string, string>> = {
  device_session_id: "session",
  game_id: "game",
  invite_id: "invite",
  user_id: "account"
}

/** The object whose id in the path is malformed; absent where another part of the path is. */
const missingObject = (error: Schema.SchemaError): string | undefined => {
  const [first] = SchemaIssue.makeFormatterStandardSchemaV1()(error.issue).issues
  const parameter = first?.path?.[0]
  return typeof parameter === "string" ? nounOf[parameter] : undefined
}

/**
 * Malformed input: which part, and what is wrong with it. An answer of ours that doesn't encode is a defect.
 */
export const inputErrors: Layer.Layer<InputErrors> = HttpApiMiddleware.layerSchemaErrorTransform(
  InputErrors,
  (error, { endpoint, group }) => {
    if (error.kind === "Body" || error.kind === "ResponseHeaders") {
      return Effect.die(new Error(`the answer of ${group.identifier}.${endpoint.identifier} doesn't fit its schema`))
    }
    const missing = error.kind === "Params" ? missingObject(error.cause) : undefined
    if (missing !== undefined) return Effect.fail(new ApiError.NotFound({ message: `no such ${missing}` }))
    const problem = error.cause.message.replace(/\s+/g, " ").slice(0, 400)
    return Effect.fail(new ApiError.InvalidRequest({ message: `${error.kind.toLowerCase()}: ${problem}` }))
  }
)

export const callerIdentity: Layer.Layer<CallerIdentity, never, Accounts | CountryCounters> = Layer.effect(
  CallerIdentity,
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const counters = yield* CountryCounters
    return CallerIdentity.of(
      Effect.fnUntraced(function* (http) {
        const request = yield* HttpServerRequest.HttpServerRequest
        const given = request.headers[userIdHeader] ?? ""
        if (!uuidPattern.test(given)) {
          return yield* new ApiError.InvalidRequest({ message: `${userIdHeader} is missing or malformed` })
        }
        const userId = UserId.make(given)
        // Sessions of a deleted or blocked account are revoked; this holds until every gateway has heard of it.
        if ((yield* toApi(accounts.standing(userId))) !== "active") {
          return yield* new ApiError.Unauthorized({ message: "there is no active account behind this session" })
        }
        const ip = sourceIp(request)
        const response = yield* Effect.provideService(http, Caller, { userId, sourceIp: ip })
        if (ip !== undefined) yield* counters.count(userId, ip)
        return response
      })
    )
  })
)

const challenge = HttpEffect.appendPreResponseHandler((_request, response) =>
  Effect.succeed(
    response.status === 401
      ? HttpServerResponse.setHeader(response, "www-authenticate", `Basic realm="${adminRealm}", charset="UTF-8"`)
      : response
  )
)

export const adminIdentity: Layer.Layer<AdminIdentity, never, Admins> = Layer.effect(
  AdminIdentity,
  Effect.gen(function* () {
    const admins = yield* Admins
    return AdminIdentity.of({
      basic: Effect.fnUntraced(function* (http, { credential }) {
        yield* challenge
        if (!(yield* toApi(admins.verify(credential.username, credential.password))))
          return yield* new ApiError.Unauthorized({ message: "name or password is wrong" })
        return yield* Effect.provideService(http, Administrator, { username: credential.username })
      })
    })
  })
)
