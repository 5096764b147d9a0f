/**
 * What a replay store can still vouch for after it has lost reservations.
 *
 * Everything accepted before the loss has a timestamp of at most the border: the loss plus the future tolerance. Until
 * the clock has passed the border, old and new requests can't be told apart, so all are refused with the time to try
 * again. From then on a timestamp up to the border is stale, and a later one can't have been accepted before the loss.
 */
import { Effect } from "effect"
import { ReplayStoreUnavailable } from "./Refusal.ts"

/** When reservations were lost, by the gateway's clock in Unix milliseconds; `undefined` when none were. */
export type LostAt = number | undefined

/** Fails with the time left while the clock hasn't passed the border. */
export const passed = (
  lostAtMs: LostAt,
  futureMs: number,
  now: number
): Effect.Effect<void, ReplayStoreUnavailable> => {
  if (lostAtMs === undefined) return Effect.void
  const border = lostAtMs + futureMs
  return now > border
    ? Effect.void
    : Effect.fail(
        new ReplayStoreUnavailable({ why: "reservations were lost", retryAfterMs: Math.floor(border - now) + 1 })
      )
}

/** Whether the store knows every request that was accepted with this timestamp. */
export const vouched = (lostAtMs: LostAt, request: { readonly timestampMs: number; readonly futureMs: number }) =>
  lostAtMs === undefined || request.timestampMs > lostAtMs + request.futureMs

/** Correct clocks differ by less than this, in milliseconds. */
export const maxSkewMs = 60_000

/** A loss further in the future than clocks differ was written by a wrong clock: it counts as happening now. */
export const settled = (lostAtMs: LostAt, now: number): LostAt =>
  lostAtMs !== undefined && lostAtMs > now + maxSkewMs ? now : lostAtMs
