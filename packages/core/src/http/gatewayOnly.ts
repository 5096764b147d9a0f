/**
 * Refuses whoever isn't a gateway, where gateways have a token. Administrators bring a password of their own.
 *
 * Everything is closed but what is named here, by the path as it came: the router takes `/API/v1/%75ser/…` for the user
 * surface, and a list of what to close would have to know all such spellings.
 */
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Effect, Redacted } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { json, pathOf } from "../shared/http/shape.ts"

const open = /^\/(healthz|readyz|api\/v1\/admin(\/.*)?)$/

const utf8 = new TextEncoder()

const digest = (text: string) =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", utf8.encode(text))),
    (hash) => new Uint8Array(hash)
  )

/** Takes the same time however much of the token is right. */
const matches = Effect.fnUntraced(function* (given: string, token: Redacted.Redacted) {
  const left = yield* digest(given)
  const right = yield* digest(Redacted.value(token))
  return left.reduce((sum, byte, index) => sum | (byte ^ (right[index] ?? 0)), 0) === 0
})

export const gatewayOnly =
  (token: Redacted.Redacted | undefined) =>
  <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.gen(function* () {
      if (token === undefined) return yield* http
      const request = yield* HttpServerRequest.HttpServerRequest
      if (open.test(pathOf(request))) return yield* http
      const gateway = yield* matches(request.headers[gatewayTokenHeader] ?? "", token)
      return gateway ? yield* http : json("unauthorized", "only gateways may call this")
    })
