/** How a used-up budget is answered: 429 with `Retry-After`. */
import { Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import type { TooOften } from "../CallerBudgets.ts"
import { type ErrorTable, own } from "./errors.ts"

/** The line of `TooOften`. */
export const errors: ErrorTable<TooOften> = { TooOften: ["rate_limited", own] }

/** Adds the header to the answer where the effect fails with `TooOften`. */
export const withRetryAfter = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.tapError(effect, (error) =>
    error._tag === "TooOften"
      ? HttpEffect.appendPreResponseHandler((_request, response) =>
          Effect.succeed(
            HttpServerResponse.setHeader(
              response,
              "retry-after",
              String(Math.max(1, Math.ceil((error as unknown as TooOften).retryAfterMs / 1000)))
            )
          )
        )
      : Effect.void
  )
