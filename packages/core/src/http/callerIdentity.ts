/**
 * Who calls on the user surface.
 *
 * A user's id is believed because only the gateway can send it: the gateway proves itself with the shared token, or the
 * operator has declared the network trusted.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { Caller, CallerIdentity, deviceSessionIdHeader, userIdHeader } from "@galaxy/contract/api/Identity"
import { DeviceSessionId, UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { CountryCounters } from "../geo/CountryCounters.ts"
import { toApi } from "../shared/http/errors.ts"
import { sourceIp } from "../shared/http/sourceIp.ts"
import { Standing } from "../standing/Standing.ts"

/**
 * Provides the middleware `CallerIdentity`, which gives handlers the `Caller` and counts the request by country. A
 * malformed user id is `invalid_request`; an account that may not act is `unauthorized`.
 */
export const callerIdentity: Layer.Layer<CallerIdentity, never, Standing | CountryCounters> = Layer.effect(
  CallerIdentity,
  Effect.gen(function* () {
    const standing = yield* Standing
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
        const verdict = yield* toApi(standing.of(userId))
        const ip = sourceIp(request)
        // Counted whatever comes of the request; nothing is kept about an account that is gone.
        if (ip !== undefined && (verdict === "active" || verdict === "blocked")) yield* counters.count(userId, ip)
        if (verdict !== "active") {
          return yield* new ApiError.Unauthorized({ message: "there is no active account behind this session" })
        }
        const session = request.headers[deviceSessionIdHeader] ?? ""
        const deviceSessionId = uuidPattern.test(session) ? DeviceSessionId.make(session) : undefined
        return yield* Effect.provideService(http, Caller, { userId, deviceSessionId, sourceIp: ip })
      })
    )
  })
)
