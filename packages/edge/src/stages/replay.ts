/**
 * Step 8: this session has not used the request id before.
 *
 * The reservation is kept longer than any timestamp that was accepted can stay fresh.
 */
import type { Clock } from "effect"
import { andThen } from "../Awaitable.ts"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { ReplayedRequest, type ReplayStoreUnavailable } from "../Refusal.ts"
import type { ReplayStore, ReservationVerdict } from "../ReplayStore.ts"
import { stale } from "./freshness.ts"
import type { Stage } from "./Stage.ts"

const marginMs = 10_000

/**
 * Refuses with `ReplayedRequest` for a used id, with `StaleRequest` for a timestamp that the store can't vouch for, and
 * with `ReplayStoreUnavailable` when it can't answer.
 */
export const replay = (
  store: ReplayStore["Service"],
  crypto: EdgeCrypto["Service"],
  clock: Clock.Clock,
  window: { readonly freshnessPastMs: number; readonly freshnessFutureMs: number }
): Stage => {
  const futureMs = window.freshnessFutureMs
  const ttlMs = window.freshnessPastMs + futureMs + marginMs
  return ({ envelope: { deviceSessionId, requestId, timestampMs } }) => {
    const judge = (verdict: ReservationVerdict | ReplayStoreUnavailable) => {
      switch (verdict) {
        case "first":
          return undefined
        case "repeated":
          return new ReplayedRequest()
        case "unvouched":
          return stale(crypto, requestId, clock.currentTimeMillisUnsafe())
        default:
          return verdict
      }
    }
    // An earlier step has checked that the timestamp is close to this clock, so a number holds it.
    const reservation = { deviceSessionId, requestId, timestampMs: Number(timestampMs), futureMs, ttlMs }
    return andThen(store.reserve(reservation), judge)
  }
}
