/**
 * Step 8: this session has not used the request id before.
 *
 * The reservation is kept longer than any timestamp that was accepted can stay fresh.
 */
import { Clock, Effect } from "effect"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { ReplayedRequest } from "../Refusal.ts"
import type { ReplayStore } from "../ReplayStore.ts"
import { stale } from "./freshness.ts"
import type { Stage } from "./Stage.ts"

const marginMs = 10_000

/**
 * Fails with `ReplayedRequest` for a used id, with `StaleRequest` for a timestamp that the store can't vouch for, and
 * with `ReplayStoreUnavailable` when it can't answer.
 */
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
        // An earlier step has checked that it is close to this clock, so a number holds it.
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
