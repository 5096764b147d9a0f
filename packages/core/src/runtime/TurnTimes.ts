/**
 * When a game's next turn is due.
 *
 * Each answer is a time of the schedule strictly after the given one, so that missed times collapse into the turn that is
 * made late. What changes of the clocks do to a schedule is `LocalSchedule`'s.
 */
import { DateTime } from "effect"
import { nextAfter } from "../shared/LocalSchedule.ts"

export interface Timing {
  readonly turn_schedule: string
  readonly time_zone: string
}

/** Throws where the schedule is none: schedules are checked before they are stored. */
export const nextTurnAfter = (timing: Timing, after: DateTime.Utc): DateTime.Utc =>
  nextAfter({ schedule: timing.turn_schedule, timeZone: timing.time_zone }, after)

/**
 * What the game's next turn time becomes when a turn is made now. A turn that was forced takes the place of the one that
 * would have come next, so that one is skipped.
 */
export const nextTurnAtCutoff = (
  timing: Timing,
  scheduled: DateTime.Utc | null,
  forced: boolean,
  now: DateTime.Utc
): DateTime.Utc => {
  const skipped = forced && scheduled !== null && DateTime.isGreaterThan(scheduled, now)
  return nextTurnAfter(timing, skipped ? scheduled : now)
}

/** The time that was set at the cutoff, unless it passed while the turn was made. */
export const nextTurnAtOpening = (timing: Timing, set: DateTime.Utc | null, now: DateTime.Utc): DateTime.Utc =>
  set !== null && DateTime.isGreaterThan(set, now) ? set : nextTurnAfter(timing, now)
