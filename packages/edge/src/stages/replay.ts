/**
 * Step 8: this session has not used the request id before.
 *
 * The reservation is kept longer than any timestamp that was accepted can stay fresh.
 */
import type { Clock } from "effect"
import { andThen } from "../Awaitable.ts"
import type { EdgeCrypto } from "../EdgeCrypto.ts"
import { RateLimited, ReplayedRequest, type ReplayStoreUnavailable } from "../Refusal.ts"
import type { OverBudget, ReplayStore, ReservationVerdict, SharedTake } from "../ReplayStore.ts"
import { stale } from "./freshness.ts"
import type { Call, Stage } from "./Stage.ts"

const marginMs = 10_000

/**
 * A store that counts budgets too takes those of `takesOf` at the same time; the refusal of a later step is left in the call.
 *
 * Refuses with `ReplayedRequest` for a used id, with `StaleRequest` for a timestamp that the store can't vouch for, and
 * with `ReplayStoreUnavailable` when it can't answer.
 */
export const replay = (
  store: ReplayStore["Service"],
  crypto: EdgeCrypto["Service"],
  clock: Clock.Clock,
  window: { readonly freshnessPastMs: number; readonly freshnessFutureMs: number },
  takesOf: (call: Call) => ReadonlyArray<SharedTake> = () => []
): Stage => {
  const futureMs = window.freshnessFutureMs
  const ttlMs = window.freshnessPastMs + futureMs + marginMs
  return (call) => {
    const { deviceSessionId, requestId, timestampMs } = call.envelope
    const judge = (verdict: ReservationVerdict | OverBudget | ReplayStoreUnavailable) => {
      if (typeof verdict === "object" && "over" in verdict) {
        call.overBudget = new RateLimited({ retryAfterMs: verdict.retryAfterMs })
        return undefined
      }
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
    return andThen(store.reserveWithin?.(reservation, takesOf(call)) ?? store.reserve(reservation), judge)
  }
}
