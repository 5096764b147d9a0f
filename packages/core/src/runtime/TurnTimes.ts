/**
 * When a game's next turn is due, and why then.
 *
 * Each answer is a time of the schedule strictly after the given one, so that missed times collapse into the turn that is
 * made late. A deadline that its own why doesn't explain was set by a clock that was wrong, or the present one is. What
 * changes of the clocks do to a schedule is `LocalSchedule`'s.
 */
import { DateTime } from "effect"
import { nextAfter } from "../shared/LocalSchedule.ts"

export interface Timing {
  readonly turn_schedule: string
  readonly time_zone: string
}

/** When a turn is due, and why: by the schedule, or after times of it whose place forced turns took. */
export interface TurnDeadline {
  readonly at: DateTime.Utc
  readonly why: "schedule" | "forced"
  /** How many times of the schedule were skipped for forced turns; 0 where the why is the schedule. */
  readonly skips: number
}

/** Throws where the schedule is none: schedules are checked before they are stored. */
export const nextTurnAfter = (timing: Timing, after: DateTime.Utc): DateTime.Utc =>
  nextAfter({ schedule: timing.turn_schedule, timeZone: timing.time_zone }, after)

/** The deadline of a turn that waits for the schedule's next time. */
export const scheduledAfter = (timing: Timing, after: DateTime.Utc): TurnDeadline => ({
  at: nextTurnAfter(timing, after),
  why: "schedule",
  skips: 0
})

/** The latest that a deadline with so many skips can be, seen from now; no later than the first such time from `enough` on. */
const latest = (timing: Timing, skips: number, now: DateTime.Utc, enough?: DateTime.Utc): DateTime.Utc => {
  let at = nextTurnAfter(timing, now)
  for (let skipped = 0; skipped < skips; skipped++) {
    if (enough !== undefined && DateTime.isGreaterThanOrEqualTo(at, enough)) break
    at = nextTurnAfter(timing, at)
  }
  return at
}

/** Whether the deadline's why accounts for it: no more times of the schedule lie before it than were skipped. */
export const isExplained = (timing: Timing, deadline: TurnDeadline, now: DateTime.Utc): boolean =>
  DateTime.isLessThanOrEqualTo(deadline.at, now) ||
  DateTime.isLessThanOrEqualTo(deadline.at, latest(timing, deadline.skips, now, deadline.at))

/** The deadline as it is where its why explains it, and computed anew where it doesn't. */
export const explained = (timing: Timing, deadline: TurnDeadline, now: DateTime.Utc): TurnDeadline =>
  isExplained(timing, deadline, now) ? deadline : { ...deadline, at: latest(timing, deadline.skips, now) }

/**
 * What the game's deadline becomes when a turn is made now. A turn that was forced takes the place of the one that would
 * have come next, so that one is skipped.
 */
export const deadlineAtCutoff = (
  timing: Timing,
  deadline: TurnDeadline | null,
  forced: boolean,
  now: DateTime.Utc
): TurnDeadline => {
  if (!forced || deadline === null || DateTime.isLessThanOrEqualTo(deadline.at, now)) return scheduledAfter(timing, now)
  const before = explained(timing, deadline, now)
  return { at: nextTurnAfter(timing, before.at), why: "forced", skips: before.skips + 1 }
}

/** The deadline that was set at the cutoff, unless it passed while the turn was made, or nothing explains it. */
export const deadlineAtOpening = (timing: Timing, set: TurnDeadline | null, now: DateTime.Utc): TurnDeadline =>
  set === null || DateTime.isLessThanOrEqualTo(set.at, now) ? scheduledAfter(timing, now) : explained(timing, set, now)
