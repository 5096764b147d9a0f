/**
 * When a game's next turn is due, and why then.
 *
 * Each result is a time of the schedule strictly after the given one, so that missed times collapse into the turn that
 * is made late. A deadline that isn't explained by the reason stored with it shows that a clock was wrong, either then
 * or now (docs/decisions/0405). How changes of the clocks affect a schedule is up to `LocalSchedule`.
 */
import { DateTime, Duration } from "effect"
import { nextAfter } from "../shared/LocalSchedule.ts"

/** The schedule (five cron fields) and IANA zone of a game; a `RuntimeRow` is one. */
export interface Timing {
  readonly turn_schedule: string
  readonly time_zone: string
}

/**
 * When a turn is due, and the reason: `schedule` for the schedule's next time, `forced` where forced turns took the
 * place of scheduled ones.
 */
export interface TurnDeadline {
  readonly at: DateTime.Utc
  readonly why: "schedule" | "forced"
  /** How many times of the schedule were skipped because forced turns took their place; 0 for `schedule`. */
  readonly skips: number
}

/**
 * The schedule's first time strictly after the given one. Throws for an invalid schedule: schedules are checked before
 * they are stored.
 */
export const nextTurnAfter = (timing: Timing, after: DateTime.Utc): DateTime.Utc =>
  nextAfter({ schedule: timing.turn_schedule, timeZone: timing.time_zone }, after)

/** The deadline of a turn that waits for the schedule's next time. */
export const scheduledAfter = (timing: Timing, after: DateTime.Utc): TurnDeadline => ({
  at: nextTurnAfter(timing, after),
  why: "schedule",
  skips: 0
})

/**
 * The latest that a deadline with this many skips can be, seen from now. Stops early at the first time that reaches
 * `enough`.
 */
const latest = (timing: Timing, skips: number, now: DateTime.Utc, enough?: DateTime.Utc): DateTime.Utc => {
  let at = nextTurnAfter(timing, now)
  for (let skipped = 0; skipped < skips; skipped++) {
    if (enough !== undefined && DateTime.isGreaterThanOrEqualTo(at, enough)) break
    at = nextTurnAfter(timing, at)
  }
  return at
}

/** Whether the stored reason explains the deadline: no more times of the schedule lie before it than were skipped. */
export const isExplained = (timing: Timing, deadline: TurnDeadline, now: DateTime.Utc): boolean =>
  DateTime.isLessThanOrEqualTo(deadline.at, now) ||
  DateTime.isLessThanOrEqualTo(deadline.at, latest(timing, deadline.skips, now, deadline.at))

/** The deadline itself if its reason explains it, and one computed anew if not. */
export const explained = (timing: Timing, deadline: TurnDeadline, now: DateTime.Utc): TurnDeadline =>
  isExplained(timing, deadline, now) ? deadline : { ...deadline, at: latest(timing, deadline.skips, now) }

/**
 * The game's deadline once the write window closes now. A forced turn takes the place of the next scheduled one, so
 * that one is skipped.
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

/** A turn moves by no more than this after an outage. */
const longestMove = Duration.hours(12)

/**
 * The deadline of a turn that fell due during an outage that ends now: later by the outage, at most by 12 hours, and
 * never past the schedule's next time. Undefined if even that has passed: the turn is made at once.
 */
export const deadlineAfterOutage = (
  timing: Timing,
  deadline: TurnDeadline,
  outage: Duration.Duration,
  now: DateTime.Utc
): TurnDeadline | undefined => {
  const moved = DateTime.addDuration(deadline.at, Duration.min(outage, longestMove))
  const at = DateTime.min(moved, nextTurnAfter(timing, now))
  return DateTime.isGreaterThan(at, now) ? { ...deadline, at } : undefined
}

/**
 * The deadline when the write window opens again: the one set at the cutoff, unless it has passed in the meantime or
 * isn't explained.
 */
export const deadlineAtOpening = (timing: Timing, set: TurnDeadline | null, now: DateTime.Utc): TurnDeadline =>
  set === null || DateTime.isLessThanOrEqualTo(set.at, now) ? scheduledAfter(timing, now) : explained(timing, set, now)
