/**
 * Step 8: no request with this id was made by this session before.
 *
 * The reservation outlives the moment at which the timestamp stops being fresh, for any clock that was still accepted.
 */
import { Effect } from "effect"
import { ReplayedRequest } from "../Refusal.ts"
import type { ReplayStore } from "../ReplayStore.ts"
import type { Stage } from "./Stage.ts"

const marginMs = 10_000

export const replay =
  (
    store: ReplayStore["Service"],
    window: { readonly freshnessPastMs: number; readonly freshnessFutureMs: number }
  ): Stage =>
  (examined) => {
    const ttlMs = window.freshnessPastMs + window.freshnessFutureMs + marginMs
    return Effect.flatMap(
      store.reserve(examined.envelope.deviceSessionId, examined.envelope.requestId, ttlMs),
      (first) => (first ? Effect.succeed(examined) : Effect.fail(new ReplayedRequest()))
    )
  }
