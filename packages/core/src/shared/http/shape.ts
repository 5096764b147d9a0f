/**
 * What all answers of the backend have in common: JSON errors, a request id, a line in the log.
 *
 * Nothing internal leaks: a defect is logged as its kind and place, and answered as `internal_error`. No body is read
 * beyond its bound, announced or not.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { ByteSize, Cause, Clock, Effect, Option } from "effect"
import { HttpServerError, HttpServerRequest, HttpServerResponse, HttpTraceContext } from "effect/http"
import { failureFields } from "../failureFields.ts"
import { StorageError } from "../StorageError.ts"
import { codeOf, logged, sizeOf } from "./AccessLog.ts"
import { RequestId } from "./RequestId.ts"
import { reportStorage } from "./storageReports.ts"

/** An error answer with the status of its code. The caller reads `message`, so it must not name anything internal. */
export const json = <C extends ApiError.ApiErrorCode>(
  code: C,
  message: string,
  headers: Record<string, string> = {},
  reason?: ApiError.ReasonOf<C>
) => HttpServerResponse.jsonUnsafe(ApiError.body(code, message, reason), { status: ApiError.statusOf[code], headers })

const idPattern = /^[A-Za-z0-9-_.:]{1,128}$/

/** The request's path as received: still percent-encoded, and without the query. */
export const pathOf = (request: HttpServerRequest.HttpServerRequest): string => request.url.split("?")[0] ?? ""

/** Replaces ids in a path, so that log lines of one route can be grouped. */
const routeOf = (path: string): string => path.slice(0, 256).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id")

/** Largest body that any route reads. */
export const maxBodyBytes = 1_310_720
const maxBody = ByteSize.bytes(maxBodyBytes)

/** The caller's trace id, for logs; exported spans have the same one. */
const traceOf = (request: HttpServerRequest.HttpServerRequest) =>
  Option.match(HttpTraceContext.w3c(request.headers), {
    onNone: () => ({}),
    onSome: ({ traceId }) => ({ trace_id: traceId })
  })

/** PostgreSQL's texts can't hold the character NUL. In a path it makes an id malformed, which is answered there. */
const hasNul = (request: HttpServerRequest.HttpServerRequest): boolean =>
  request.url.slice(pathOf(request).length).includes("%00")

const tooLarge = () =>
  json("payload_too_large", `the body must have at most ${maxBodyBytes} bytes`, { connection: "close" })

/** Failures that concern the request, which the framework raises as defects. */
const aboutTheRequest = (cause: Cause.Cause<unknown>): HttpServerResponse.HttpServerResponse | undefined => {
  const error = Cause.squash(cause)
  if (!(error instanceof HttpServerError.HttpServerError)) return undefined
  switch (error.reason._tag) {
    case "RequestParseError":
      return error.reason.reason === "BodyTooLarge" ? tooLarge() : json("invalid_request", "the body can't be read")
    default:
      return undefined
  }
}

const onCause = <E>(cause: Cause.Cause<E>): Effect.Effect<HttpServerResponse.HttpServerResponse, E> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
  const known = aboutTheRequest(cause)
  if (known !== undefined) return Effect.succeed(known)
  const storage = cause.reasons
    .map((it) => (it._tag === "Fail" ? it.error : it._tag === "Die" ? it.defect : undefined))
    .find((it) => StorageError.isTemporary(it))
  if (storage !== undefined) {
    return reportStorage(Cause.fail(storage)).pipe(
      Effect.as(json("service_unavailable", "the database can't do this at present; try again later"))
    )
  }
  return Effect.logError("a request failed").pipe(
    Effect.annotateLogs(failureFields(cause)),
    Effect.as(json("internal_error", "internal error"))
  )
}

/** The outermost layer around all routes. */
export const shape = <E, R>(http: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const started = yield* Clock.currentTimeMillis
    const given = request.headers["x-request-id"] ?? ""
    const requestId = idPattern.test(given) ? given : crypto.randomUUID()
    const announced = Number(request.headers["content-length"] ?? 0)
    const encoding = request.headers["content-encoding"] ?? "identity"
    const answered =
      announced > maxBodyBytes
        ? Effect.succeed(tooLarge())
        : hasNul(request)
          ? Effect.succeed(json("invalid_request", "the query must not contain the character NUL"))
          : encoding.toLowerCase() === "identity"
            ? http
            : Effect.succeed(json("unsupported_media_type", "send the body as it is, without a content encoding"))
    return yield* answered.pipe(
      Effect.provideService(HttpServerRequest.MaxBodySize, maxBody),
      Effect.provideService(RequestId, requestId),
      Effect.map((response) =>
        response.status === 415 && response.headers["content-type"] !== "application/json"
          ? json("unsupported_media_type", "the body must have content-type application/json")
          : response
      ),
      Effect.catchCause(onCause),
      Effect.tap((response) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          logged(response).pipe(
            Effect.annotateLogs({
              method: request.method,
              route: routeOf(pathOf(request)),
              status: response.status,
              millis: Math.round(now - started),
              ...sizeOf(response),
              ...(response.status < 400 ? {} : { reason: codeOf(response) ?? "unknown" })
            })
          )
        )
      ),
      Effect.map((response) => HttpServerResponse.setHeader(response, "x-request-id", requestId)),
      Effect.annotateLogs({ request_id: requestId, ...traceOf(request) })
    )
  })
