/**
 * What surrounds every request: the engine's token, bounds on the body, and the error envelope for whatever no handler
 * answers.
 *
 * A defect is logged, and its details stay inside: the caller reads `internal_error`.
 */
import { isRouteNotFound } from "@galaxy/contract/api/isRouteNotFound"
import { EngineApi } from "@galaxy/contract/engine/EngineApi"
import { maxBodiesBytes, maxBodyBytes, maxStateFileBytes } from "@galaxy/contract/engine/Limits"
import { ByteSize, Effect, Layer, type Redacted, Semaphore } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApi } from "effect/http-api"
import { onlyPlatform } from "./onlyPlatform.ts"
import { refusal } from "./refusal.ts"

const encoded = refusal("unsupported_media_type", "send the body as it is, without a content encoding")
const notUtf8 = refusal("invalid_request", "the body is not UTF-8")
const cutShort = refusal("invalid_request", "the body is incomplete")
const tooLarge = (most: number) => refusal("payload_too_large", `the body must have at most ${most} bytes`)

/** A state file may be larger than any other body. */
const mostBytes = ({ method, url }: HttpServerRequest.HttpServerRequest): number =>
  method === "PUT" && url.startsWith("/api/v1/admin/state/") ? maxStateFileBytes : maxBodyBytes

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

/** The answer where no route matches: the path is unknown, or known only under other methods. */
const noSuchRoute = (request: HttpServerRequest.HttpServerRequest) => {
  // Compared as the router does it: in any case, with or without slashes at the end.
  const path = (request.url.split("?", 1)[0] ?? request.url).toLowerCase().replace(/\/+$/, "")
  const known = methods.get(path)
  if (known === undefined) return refusal("not_found", "there is no such route")
  const allowed = [...known].join(", ")
  return HttpServerResponse.setHeader(refusal("method_not_allowed", `use ${allowed}`), "allow", allowed)
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

const isUtf8 = (bytes: ArrayBuffer): boolean => {
  try {
    utf8.decode(bytes)
    return true
  } catch {
    return false
  }
}

/**
 * Reads the body, within its bound, before any handler; later readers get the same bytes. Returns a refusal, if any.
 */
const readBody = (request: HttpServerRequest.HttpServerRequest) => {
  const announced = request.headers["content-length"]
  const most = mostBytes(request)
  if (Number(announced) > most) return Effect.succeed(tooLarge(most))
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") return Effect.succeed(encoded)
  return request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(most)),
    // Decoding it later would put replacement characters for invalid bytes, and names would keep them.
    Effect.map((bytes) => (isUtf8(bytes) ? undefined : notUtf8)),
    // A body of announced length that can't be read was cut short; any other went on for too long.
    Effect.catch(() => Effect.succeed(announced === undefined ? tooLarge(most) : cutShort))
  )
}

const hasBody = new Set(["POST", "PUT", "PATCH"])

/** Bytes of memory that a request's body may take: its announced length, or the bound when none is announced. */
const shareOf = (request: HttpServerRequest.HttpServerRequest): number => {
  if (!hasBody.has(request.method)) return 0
  const most = mostBytes(request)
  const announced = Number(request.headers["content-length"] ?? most)
  return Number.isFinite(announced) ? Math.min(Math.max(announced, 0), most) : most
}

/** Answers requests with `handled`; `bodies` bounds the bytes of all bodies that are under way. */
const guarded =
  (bodies: Semaphore.Semaphore) =>
  <E, R>(handled: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const answered = Effect.gen(function* () {
        const refused = hasBody.has(request.method) ? yield* readBody(request) : undefined
        if (refused !== undefined) return refused
        const response = yield* Effect.catchIf(handled, isRouteNotFound, () => Effect.succeed(noSuchRoute(request)))
        return response.status === 415 ? refusal("unsupported_media_type", "send application/json") : response
      })
      return yield* bodies.withPermits(shareOf(request))(answered)
    }).pipe(
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logError("a request failed", defect), refusal("internal_error", "the engine failed"))
      )
    )

/**
 * Middleware around all routes of one listener. While bodies use up all allowed bytes, further requests wait unread.
 */
export const guard = (token: Redacted.Redacted) =>
  Layer.unwrap(
    Effect.map(Semaphore.make(maxBodiesBytes), (bodies) => {
      const admitted = onlyPlatform(token)
      const within = guarded(bodies)
      return HttpRouter.middleware((handled) => admitted(within(handled)), { global: true })
    })
  )
