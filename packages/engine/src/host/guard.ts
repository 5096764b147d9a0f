/**
 * What surrounds every request: bounds on its body, and the error envelope for whatever no handler answers.
 *
 * Nothing of the inside leaves by a defect; it is logged, and the caller reads `internal_error`.
 */
import { type ApiErrorCode, body, statusOf } from "@galaxy/contract/api/ApiError"
import { EngineApi } from "@galaxy/contract/engine/EngineApi"
import { maxBodyBytes } from "@galaxy/contract/engine/Limits"
import { ByteSize, Effect } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"

const refusal = (code: ApiErrorCode, message: string) =>
  HttpServerResponse.jsonUnsafe(body(code, message), { status: statusOf[code] })

const tooLarge = refusal("payload_too_large", `a body has at most ${maxBodyBytes} bytes`)

/** Methods by path, as the surface declares them. */
const methods: ReadonlyMap<string, ReadonlySet<string>> = (() => {
  const byPath = new Map<string, Set<string>>()
  for (const group of Object.values(EngineApi.groups)) {
    for (const endpoint of Object.values(group.endpoints)) {
      const known = byPath.get(endpoint.path) ?? new Set()
      byPath.set(endpoint.path, known.add(endpoint.method))
    }
  }
  return byPath
})()

const pathOf = (url: string): string => url.split("?", 1)[0] ?? url

/** Answers for every route that isn't there, and for known ones under another method. */
export const noSuchRoute = HttpRouter.add("*", "/*", (request) => {
  const known = methods.get(pathOf(request.url))
  if (known === undefined) return Effect.succeed(refusal("not_found", "there is no such route"))
  const refused = refusal("method_not_allowed", `${request.method} is not used here`)
  return Effect.succeed(HttpServerResponse.setHeader(refused, "allow", [...known].join(", ")))
})

/** Reads the body within its bound before anybody else does; later readers get what was read. */
const bounded = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
  const announced = Number(request.headers["content-length"] ?? 0)
  if (announced > maxBodyBytes) return false
  return yield* request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBodyBytes)),
    Effect.as(true),
    Effect.catch(() => Effect.succeed(false))
  )
})

export const guard = <E, R>(handled: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const hasBody = request.method === "POST" || request.method === "PUT" || request.method === "PATCH"
    if (hasBody && !(yield* bounded(request))) return tooLarge
    const response = yield* handled
    return response.status === 415 ? refusal("unsupported_media_type", "send application/json") : response
  }).pipe(
    Effect.catchDefect((defect) =>
      Effect.as(Effect.logError("a request failed", defect), refusal("internal_error", "the engine failed"))
    )
  )
