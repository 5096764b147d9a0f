/** Refuses a request whose budget is used up, and says when to come back. */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { Effect } from "effect"
import { HttpEffect, type HttpServerRequest, HttpServerResponse } from "effect/http"

/** Fails with `rate_limited`; the answer carries `Retry-After`, in whole seconds and at least 1. */
export const rateLimited = (
  message: string,
  retryAfterMs: number
): Effect.Effect<never, ApiError.ApiError, HttpServerRequest.HttpServerRequest> =>
  Effect.andThen(
    HttpEffect.appendPreResponseHandler((_request, response) =>
      Effect.succeed(
        response.status === ApiError.statusOf.rate_limited
          ? HttpServerResponse.setHeader(response, "retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))))
          : response
      )
    ),
    Effect.fail(ApiError.make("rate_limited", message))
  )
