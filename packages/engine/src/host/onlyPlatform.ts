/**
 * Answers only the platform: callers that bring the token with which the engine was started.
 *
 * Everything but `GET /healthz` is closed, by the raw path, so an unknown route reveals nothing to a stranger either.
 * The refusal comes before the request's body is read.
 */
import { Effect, Redacted } from "effect"
import { Mac } from "effect/crypto"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { unauthorized } from "./refusal.ts"

const utf8 = new TextEncoder()

/** The token of `Authorization: Bearer T`; the scheme's name is read in any case. */
const bearerOf = (request: HttpServerRequest.HttpServerRequest): string =>
  /^bearer +(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1] ?? ""

const isProbe = ({ method, url }: HttpServerRequest.HttpServerRequest): boolean =>
  (method === "GET" || method === "HEAD") && url.split("?", 1)[0] === "/healthz"

const refused = HttpServerResponse.setHeader(unauthorized, "www-authenticate", "Bearer")

/**
 * Middleware: answers requests without the token with 401, except for `GET` and `HEAD` of `/healthz`. The token is
 * compared in constant time.
 */
export const onlyPlatform = (token: Redacted.Redacted) => {
  const expected = utf8.encode(Redacted.value(token))
  const admits = (request: HttpServerRequest.HttpServerRequest) =>
    // With an empty token nobody is let in, whatever they bring.
    expected.length > 0 && Mac.timingSafeEqual(expected, utf8.encode(bearerOf(request)))
  return <E, R>(handled: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
      isProbe(request) || admits(request) ? handled : Effect.succeed(refused)
    )
}
