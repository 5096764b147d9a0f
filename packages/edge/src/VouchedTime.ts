/**
 * What a replay store can still vouch for after it has lost reservations.
 *
 * Everything accepted before the loss has a timestamp of at most the border: the loss plus the future tolerance. Until
 * the clock has passed the border, old and new requests can't be told apart, so all are refused with the time to try
 * again. From then on a timestamp up to the border is stale, and a later one can't have been accepted before the loss.
 *
 * The same holds for each stretch of time in which requests were accepted by a clock that was ahead: when the right
 * time comes to the stretch, requests are refused until it is over.
 */
import type { Span } from "./ClockSteps.ts"
import { ReplayStoreUnavailable } from "./Refusal.ts"

/** When reservations were lost, by the gateway's clock in Unix milliseconds; `undefined` when none were. */
export type LostAt = number | undefined

/** What a store doesn't vouch for. */
export interface Losses {
  readonly lostAtMs: LostAt
  /** Times to come in which a clock that was ahead has accepted requests. Each begins with their oldest timestamp. */
  readonly ahead: ReadonlyArray<Span>
}

/**
 * Refuses with the time left while the clock hasn't passed the border, or is in a stretch that isn't vouched for.
 */
export const passed = (losses: Losses, futureMs: number, now: number): ReplayStoreUnavailable | undefined => {
  let border = losses.lostAtMs === undefined ? -Infinity : losses.lostAtMs + futureMs
  for (const { from, to } of losses.ahead) if (from <= now) border = Math.max(border, to + futureMs)
  return now > border
    ? undefined
    : new ReplayStoreUnavailable({ why: "reservations were lost", retryAfterMs: Math.floor(border - now) + 1 })
}

/** Whether the store knows every request that was accepted with this timestamp. */
export const vouched = (
  { lostAtMs, ahead }: Losses,
  { timestampMs, futureMs }: { readonly timestampMs: number; readonly futureMs: number }
): boolean =>
  (lostAtMs === undefined || timestampMs > lostAtMs + futureMs) &&
  !ahead.some((it) => it.from <= timestampMs && timestampMs <= it.to + futureMs)

/** Correct clocks differ by less than this, in milliseconds. */
export const maxSkewMs = 60_000

/** A loss further in the future than clocks differ was written by a wrong clock: it counts as happening now. */
export const settled = (lostAtMs: LostAt, now: number): LostAt =>
  lostAtMs !== undefined && lostAtMs > now + maxSkewMs ? now : lostAtMs
