/** Authenticates administrators: HTTP Basic against the backend's own accounts. */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { AdminIdentity, Administrator, adminRealm } from "@galaxy/contract/api/Identity"
import { Effect, Layer } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import { toApi } from "../../shared/http/errors.ts"
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
 * `unauthorized`; every 401 carries the `WWW-Authenticate` challenge.
 */
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
