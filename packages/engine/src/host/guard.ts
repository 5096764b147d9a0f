/**
 * What surrounds every request: bounds on its body, and the error envelope for whatever no handler answers.
 *
 * Nothing of the inside leaves by a defect; it is logged, and the caller reads `internal_error`.
 */
import { type ApiErrorCode, body, statusOf } from "@galaxy/contract/api/ApiError"
import { EngineApi } from "@galaxy/contract/engine/EngineApi"
import { maxBodyBytes } from "@galaxy/contract/engine/Limits"
import { ByteSize, Effect } from "effect"
import { HttpIncomingMessage, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApi } from "effect/http-api"

const refusal = (code: ApiErrorCode, message: string) =>
  HttpServerResponse.jsonUnsafe(body(code, message), { status: statusOf[code] })

const isRouteNotFound = (error: unknown): boolean =>
  HttpServerError.isHttpServerError(error) && error.reason._tag === "RouteNotFound"

const cutShort = refusal("invalid_request", "the body is cut short")
const tooLarge = refusal("payload_too_large", `a body has at most ${maxBodyBytes} bytes`)

/** Methods by path, as the surface declares them. */
const methods: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const byPath = new Map<string, Set<string>>()
  HttpApi.reflect(EngineApi, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { path, method } }) => {
      byPath.set(path, (byPath.get(path) ?? new Set<string>()).add(method))
    }
  })
  return byPath
})()

/** The answer where no route is: none at all, or a known one under another method. */
const noSuchRoute = (request: HttpServerRequest.HttpServerRequest) => {
  const known = methods.get(request.url.split("?", 1)[0] ?? request.url)
  if (known === undefined) return refusal("not_found", "there is no such route")
  const allowed = [...known].join(", ")
  return HttpServerResponse.setHeader(refusal("method_not_allowed", `use ${allowed}`), "allow", allowed)
}

/** Reads the body within its bound before anybody else does; later readers get what was read. */
const readBody = (request: HttpServerRequest.HttpServerRequest) => {
  const announced = request.headers["content-length"]
  if (Number(announced) > maxBodyBytes) return Effect.succeed(tooLarge)
  return request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBodyBytes)),
    Effect.as(undefined),
    // A body of announced length that can't be read was cut short; any other went on for too long.
    Effect.catch(() => Effect.succeed(announced === undefined ? tooLarge : cutShort))
  )
}

const hasBody = new Set(["POST", "PUT", "PATCH"])

export const guard = <E, R>(handled: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const refused = hasBody.has(request.method) ? yield* readBody(request) : undefined
    if (refused !== undefined) return refused
    const response = yield* Effect.catchIf(handled, isRouteNotFound, () => Effect.succeed(noSuchRoute(request)))
    return response.status === 415 ? refusal("unsupported_media_type", "send application/json") : response
  }).pipe(
    Effect.catchDefect((defect) =>
      Effect.as(Effect.logError("a request failed", defect), refusal("internal_error", "the engine failed"))
    )
  )
