/**
 * The clock of Redis, compared with this gateway's. Redis ends reservations by its own wall clock: one that runs ahead
 * by itself ends them while their requests are still fresh.
 *
 * A step of both clocks is no difference; a step of this gateway's own is noticed by `ClockSteps`.
 */
import { toleranceMs } from "@galaxy/edge/ClockSteps"

/** Compares readings of one gateway; times are Unix milliseconds of either clock. */
export interface RedisClock {
  /** Returns whether Redis has gone ahead of this gateway since the reading before. */
  readonly wentAhead: (redis: number, own: number) => boolean
  /** The latest time that Redis may have when this gateway's clock says `own`. */
  readonly latest: (own: number) => number
}

/** Starts without a reading. */
export const make = (): RedisClock => {
  let difference: number | undefined
  return {
    wentAhead: (redis, own) => {
      const before = difference
      difference = redis - own
      return before !== undefined && difference - before > toleranceMs
    },
    latest: (own) => (difference === undefined ? Number.MAX_SAFE_INTEGER : own + difference + toleranceMs)
  }
}
