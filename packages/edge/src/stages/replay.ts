/**
 * Step 8: no request with this id was made by this session before.
 *
 * The reservation outlives the moment at which the timestamp stops being fresh, for any clock that was still accepted.
 */
import { Clock, Effect } from "effect"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { ReplayedRequest } from "../Refusal.ts"
import type { ReplayStore } from "../ReplayStore.ts"
import { stale } from "./freshness.ts"
import type { Stage } from "./Stage.ts"

const marginMs = 10_000

export const replay =
  (
    store: ReplayStore["Service"],
    crypto: EdgeCrypto["Service"],
    window: { readonly freshnessPastMs: number; readonly freshnessFutureMs: number }
  ): Stage =>
  (examined) =>
    Effect.gen(function* () {
      const { deviceSessionId, requestId, timestampMs } = examined.envelope
      const verdict = yield* store.reserve({
        deviceSessionId,
        requestId,
        // It is close to this clock, or an earlier step would have refused it: a number holds it.
        timestampMs: Number(timestampMs),
        futureMs: window.freshnessFutureMs,
        ttlMs: window.freshnessPastMs + window.freshnessFutureMs + marginMs
      })
      switch (verdict) {
        case "first":
          return examined
        case "repeated":
          return yield* new ReplayedRequest()
        case "unvouched":
          return yield* stale(crypto, requestId, yield* Clock.currentTimeMillis)
      }
    })
