/**
 * The losses that a replay store knows of. A wall clock that was set back is one too: the reservations of requests that
 * are fresh again by that clock may have ended.
 */
import * as ClockSteps from "./ClockSteps.ts"
import { type Losses, settled } from "./VouchedTime.ts"

/** Keeps the losses of one store. */
export interface LossWatch {
  /** Returns whether the clock was set back since the last look, which adds a loss. */
  readonly look: (now: ClockSteps.Reading) => boolean
  readonly losses: () => Losses
  /** Adds stretches that were learned elsewhere; `now` is Unix milliseconds. */
  readonly add: (ahead: ReadonlyArray<ClockSteps.Span>, now: number) => void
  /** Notes how long reservations are kept, in milliseconds: no accepted timestamp is older than that. */
  readonly reserves: (ttlMs: number) => void
}

/** Begins with what was known before. */
export const make = (known: Losses): LossWatch => {
  const steps = ClockSteps.make()
  let losses = known
  let longestTtlMs = 0
  return {
    look: (now) => {
      const ahead = steps.setBack(now)
      if (ahead === undefined) {
        losses = { ...losses, lostAtMs: settled(losses.lostAtMs, now.wall) }
        return false
      }
      const widened = ahead.map(({ from, to }) => ({ from: from - longestTtlMs, to }))
      losses = { lostAtMs: now.wall, ahead: ClockSteps.joined(losses.ahead, widened, now.wall) }
      return true
    },
    losses: () => losses,
    add: (ahead, now) => {
      if (ahead.length > 0) losses = { ...losses, ahead: ClockSteps.joined(losses.ahead, ahead, now) }
    },
    reserves: (ttlMs) => {
      longestTtlMs = Math.max(longestTtlMs, ttlMs)
    }
  }
}
