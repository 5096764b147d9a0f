/**
 * What a replay store that has lost reservations may still vouch for.
 *
 * Whatever was accepted before the loss has a timestamp of at most the border: the loss plus the future tolerance. Until
 * the clock has passed the border nothing can be told apart, so everything is refused, with when to try again; from then
 * on a timestamp up to the border is stale, and a later one can't have been accepted before the loss.
 */
import { Effect } from "effect"
import { ReplayStoreUnavailable } from "./Refusal.ts"

/** When reservations were lost, by the gateway's clock in Unix milliseconds; `undefined` when none were. */
export type LostAt = number | undefined

/** Fails while the border isn't passed. */
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

/** Whether the store knows of everything that was accepted with this timestamp. */
export const vouched = (lostAtMs: LostAt, request: { readonly timestampMs: number; readonly futureMs: number }) =>
  lostAtMs === undefined || request.timestampMs > lostAtMs + request.futureMs

/** Clocks that are right differ by less than this. Milliseconds. */
export const maxSkewMs = 60_000

/** A loss that lies further ahead than clocks differ was written by a wrong clock: it counts as one of now. */
export const settled = (lostAtMs: LostAt, now: number): LostAt =>
  lostAtMs !== undefined && lostAtMs > now + maxSkewMs ? now : lostAtMs
