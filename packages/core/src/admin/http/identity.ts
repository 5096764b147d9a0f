/** Authenticates administrators: HTTP Basic against the backend's own accounts. */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { AdminIdentity, Administrator, adminRealm } from "@galaxy/contract/api/Identity"
import { Effect, Layer, Option } from "effect"
import { HttpEffect, HttpServerRequest, HttpServerResponse } from "effect/http"
import { toApi } from "../../shared/http/errors.ts"
import { rateLimited } from "../../shared/http/rateLimited.ts"
import { Admins } from "../Admins.ts"

const challenge = HttpEffect.appendPreResponseHandler((_request, response) =>
  Effect.succeed(
    response.status === 401
      ? HttpServerResponse.setHeader(response, "www-authenticate", `Basic realm="${adminRealm}", charset="UTF-8"`)
      : response
  )
)

/**
 * Provides the middleware `AdminIdentity`, which gives handlers the `Administrator`. Wrong credentials are
 * `unauthorized`; every 401 carries the `WWW-Authenticate` challenge. Where wrong ones came too often from the peer's
 * address, it is `rate_limited`. `X-Forwarded-For` doesn't count here: anybody can reach this surface and write it.
 */
export const adminIdentity: Layer.Layer<AdminIdentity, never, Admins> = Layer.effect(
  AdminIdentity,
  Effect.gen(function* () {
    const admins = yield* Admins
    return AdminIdentity.of({
      basic: Effect.fnUntraced(function* (http, { credential }) {
        yield* challenge
        const request = yield* HttpServerRequest.HttpServerRequest
        const address = Option.getOrUndefined(request.remoteAddress)
        const right = yield* admins.verify(credential.username, credential.password, address).pipe(
          Effect.catchTag("TooManyGuesses", ({ retryAfterMs }) =>
            rateLimited("too many wrong names or passwords came from this address; try again later", retryAfterMs)
          ),
          Effect.catchTag("StorageError", (error) => toApi(Effect.fail(error)))
        )
        if (!right) return yield* new ApiError.Unauthorized({ message: "name or password is wrong" })
        return yield* Effect.provideService(http, Administrator, { username: credential.username })
      })
    })
  })
)
