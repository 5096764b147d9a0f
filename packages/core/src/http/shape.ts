/**
 * What every answer of the backend has in common, whatever was asked: JSON errors, a request id, a line in the log.
 *
 * Nothing internal leaks: a defect is logged whole and answered as `internal_error`.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Cause, Clock, Effect, Redacted } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { HttpApi } from "effect/http-api"

export const json = (code: ApiError.ApiErrorCode, message: string, headers: Record<string, string> = {}) =>
  HttpServerResponse.jsonUnsafe(ApiError.body(code, message), { status: ApiError.statusOf[code], headers })

const idPattern = /^[A-Za-z0-9-_.:]{1,128}$/

const pathOf = (request: HttpServerRequest.HttpServerRequest): string => request.url.split("?")[0] ?? ""

/** Ids in paths would make each line of the log a class of its own. */
const routeOf = (path: string): string => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id")

/** Largest body that any route reads. */
export const maxBodyBytes = 1_310_720

const tooLarge = (request: HttpServerRequest.HttpServerRequest): boolean =>
  Number(request.headers["content-length"] ?? 0) > maxBodyBytes

/** Global middleware: the outermost layer around all routes. */
export const shape = HttpRouter.middleware(
  (http) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const started = yield* Clock.currentTimeMillis
      const given = request.headers["x-request-id"] ?? ""
      const requestId = idPattern.test(given) ? given : crypto.randomUUID()
      const path = pathOf(request)
      const answered = tooLarge(request)
        ? Effect.succeed(json("payload_too_large", `a body has at most ${maxBodyBytes} bytes`))
        : http
      return yield* answered.pipe(
        Effect.map((response) =>
          response.status === 415 && response.headers["content-type"] !== "application/json"
            ? json("unsupported_media_type", "the body has to be application/json")
            : response
        ),
        Effect.catchCause((cause) =>
          Cause.hasInterruptsOnly(cause)
            ? Effect.failCause(cause)
            : Effect.as(Effect.logError("a request failed", cause), json("internal_error", "internal error"))
        ),
        Effect.tap((response) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) =>
            Effect.logDebug("request").pipe(
              Effect.annotateLogs({
                method: request.method,
                route: routeOf(path),
                status: response.status,
                millis: Math.round(now - started)
              })
            )
          )
        ),
        Effect.map((response) => HttpServerResponse.setHeader(response, "x-request-id", requestId)),
        Effect.annotateLogs({ request_id: requestId })
      )
    }),
  { global: true }
)

interface Route {
  readonly method: string
  readonly pattern: RegExp
}

/** Every route of the APIs, to tell a wrong method from a wrong path. */
const routesOf = (apis: ReadonlyArray<HttpApi.Top>): ReadonlyArray<Route> =>
  apis.flatMap((api) =>
    Object.values(api.groups).flatMap((group) =>
      Object.values(group.endpoints).map((endpoint) => ({
        method: endpoint.method,
        pattern: new RegExp(`^${endpoint.path.replace(/\/$/, "").replace(/:[A-Za-z_]+/g, "[^/]+")}/?$`)
      }))
    )
  )

/** Answers what no route takes: 405 with the allowed methods where the path is known, else 404. */
export const otherwise = (apis: ReadonlyArray<HttpApi.Top>) => {
  const routes = routesOf(apis)
  return HttpRouter.add(
    "*",
    "/*",
    Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
      const path = pathOf(request)
      const allowed = [...new Set(routes.filter((it) => it.pattern.test(path)).map((it) => it.method))]
      return allowed.length === 0
        ? json("not_found", "there is no such route")
        : json("method_not_allowed", `use ${allowed.join(" or ")}`, { allow: allowed.join(", ") })
    })
  )
}

const digest = (text: string) =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
    (hash) => new Uint8Array(hash)
  )

/** Refuses whoever isn't a gateway, where gateways have a token. Administrators bring a password of their own. */
export const gatewayOnly = (token: Redacted.Redacted<string> | undefined) =>
  HttpRouter.middleware(
    (http) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const path = pathOf(request)
        if (token === undefined || !/^\/api\/v1\/(user|internal|public)(\/|$)/.test(path)) return yield* http
        const given = yield* digest(request.headers[gatewayTokenHeader] ?? "")
        const wanted = yield* digest(Redacted.value(token))
        const difference = given.reduce((sum, byte, index) => sum | (byte ^ (wanted[index] ?? 0)), 0)
        return difference === 0 ? yield* http : json("unauthorized", "only gateways may call this")
      }),
    { global: true }
  )
