/**
 * What the public routes answer for the backend: its status and its body where they have the form of this API, and nothing of
 * them otherwise.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { Effect, Option, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import type { BackendAnswer } from "./BackendClient.ts"

const decodeError = Schema.decodeUnknownOption(ApiError.ErrorEnvelope)

/** An error of the gateway's own. */
export const error = (code: ApiError.ApiErrorCode, message: string, headers: Record<string, string> = {}) =>
  HttpServerResponse.jsonUnsafe(ApiError.body(code, message), { status: ApiError.statusOf[code], headers })

/** For a backend that can't be reached, is cut off, or answers what can't be understood. */
export const unavailable = (retryAfterMs?: number) =>
  error(
    "service_unavailable",
    "the service can't be reached at present",
    retryAfterMs === undefined ? {} : retryAfter(retryAfterMs)
  )

/** The header with the time to wait: whole seconds, at least 1, and never too few. */
export const retryAfter = (millis: number): { readonly "retry-after": string } => ({
  "retry-after": String(Math.max(1, Math.ceil(millis / 1_000)))
})

const isObject = (json: unknown): boolean => typeof json === "object" && json !== null

/** A 429 always names a time; the backend's own answer here has none. */
const shortWaitMs = 1_000

/** The backend's answer; one of another form is logged and answered as `service_unavailable`. */
export const projected = ({ json, status }: BackendAnswer): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  if (status >= 200 && status < 300 && isObject(json))
    return Effect.succeed(HttpServerResponse.jsonUnsafe(json, { status }))
  const found = status >= 400 && status < 600 ? Option.getOrUndefined(decodeError(json))?.error : undefined
  if (found === undefined) {
    return Effect.as(
      Effect.logError("the backend's answer has an unknown form").pipe(Effect.annotateLogs({ status })),
      unavailable()
    )
  }
  const { code, message, reason } = found
  const headers = status === ApiError.statusOf.rate_limited ? retryAfter(shortWaitMs) : {}
  return Effect.succeed(
    HttpServerResponse.jsonUnsafe(
      { error: { code, message, ...(reason === undefined ? {} : { reason }) } },
      { status, headers }
    )
  )
}
