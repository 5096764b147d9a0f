/**
 * The instants of a cron schedule in a time zone, also when its clocks change.
 *
 * A schedule whose times of day repeat after the length of the change (every 15 minutes, for a change of an hour) runs
 * on by elapsed time: its interval stays the same across the change. In any other schedule each local time comes once a
 * day: a repeated time the first time it comes, a skipped time right after the gap.
 */
import { Cron, DateTime } from "effect"

/** A cron schedule and the zone in which its fields are read. */
export interface LocalSchedule {
  /** Five cron fields. */
  readonly schedule: string
  /** An IANA name. */
  readonly timeZone: string
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/**
 * Longer than any change of the clocks (a zone that crosses the date line changes by a day), and shorter than the time
 * between two changes.
 */
const aroundMs = 1.5 * dayMs

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
type OffsetAt = (instant: number) => number

const offsetsOf = (timeZone: string): OffsetAt => {
  const zone = DateTime.zoneMakeNamedUnsafe(timeZone)
  return (instant) => DateTime.zonedOffset(DateTime.makeZonedUnsafe(instant, { timeZone: zone }))
}

const each = (count: number) => Array.from({ length: count }, (_, index) => index)
const valuesOf = (field: ReadonlySet<number>, count: number) => (field.size === 0 ? each(count) : [...field])

/** Minutes of the day at which the schedule fires, on days on which it does; ascending. */
export const minutesOfDay = (cron: Cron.Cron): ReadonlyArray<number> => {
  const minutes = valuesOf(cron.minutes, 60)
  return valuesOf(cron.hours, 24)
    .flatMap((hour) => minutes.map((minute) => hour * 60 + minute))
    .toSorted((a, b) => a - b)
}

/** Whether the times of the day stay the same set when they are moved by the change. */
const runsThrough = (cron: Cron.Cron, changeMs: number): boolean => {
  const change = changeMs / minuteMs
  if (!Number.isInteger(change)) return false
  const times = new Set(minutesOfDay(cron))
  for (const time of times) if (!times.has((((time + change) % 1440) + 1440) % 1440)) return false
  return true
}

/** The first instant after a change of the offset, given that there is one after `from` and at or before `to`. */
const changeBetween = (offsetAt: OffsetAt, from: number, to: number): number => {
  const after = offsetAt(to)
  let before = from
  let changed = to
  while (changed - before > 1) {
    const middle = Math.floor((before + changed) / 2)
    if (offsetAt(middle) === after) changed = middle
    else before = middle
  }
  return changed
}

/** The instants of a local time: one, or none or two around a change across which the schedule runs on. */
const instantsOf = (cron: Cron.Cron, offsetAt: OffsetAt, local: number): ReadonlyArray<number> => {
  const before = offsetAt(local - aroundMs)
  const after = offsetAt(local + aroundMs)
  if (before === after) return [local - before]
  const found = [local - before, local - after].filter((it) => offsetAt(it) === local - it)
  const [first, second] = found
  if (first === undefined) {
    return runsThrough(cron, after - before) ? [] : [changeBetween(offsetAt, local - aroundMs, local + aroundMs)]
  }
  return second === undefined || runsThrough(cron, after - before) ? found : [first]
}

const computeNext = ({ schedule, timeZone }: LocalSchedule, after: DateTime.Utc): DateTime.Utc => {
  const offsetAt = offsetsOf(timeZone)
  // Local times are counted as if they were UTC: on that calendar no clock changes.
  const cron = Cron.parseUnsafe(schedule, "UTC")
  const start = after.epochMilliseconds
  // If the clocks are about to go back, local times that have passed may come again.
  let local = start + Math.min(offsetAt(start), offsetAt(start + aroundMs))
  let again = Number.POSITIVE_INFINITY
  for (;;) {
    local = Cron.next(cron, new Date(local)).getTime()
    const [first, second] = instantsOf(cron, offsetAt, local)
    // A later local time never comes for the first time before an earlier one does.
    if (first !== undefined && first > start) return DateTime.makeUnsafe(Math.min(first, again))
    if (second !== undefined && second > start) again = Math.min(second, again)
  }
}

/** Results by schedule, zone and minute, the oldest first: many games have the same schedule, and are due together. */
const known = new Map<string, DateTime.Utc>()
const mostKnown = 256

/**
 * The first instant of the schedule strictly after the given one. Throws if the schedule or the zone is invalid, or the
 * schedule never fires; both are checked before they are stored.
 */
export const nextAfter = (local: LocalSchedule, after: DateTime.Utc): DateTime.Utc => {
  // Schedules fire at whole minutes, so that every instant of a minute has the same next one.
  const key = `${Math.floor(after.epochMilliseconds / minuteMs)} ${local.timeZone} ${local.schedule}`
  const found = known.get(key)
  if (found !== undefined && DateTime.isGreaterThan(found, after)) return found
  const next = computeNext(local, after)
  known.set(key, next)
  for (const oldest of known.keys()) {
    if (known.size <= mostKnown) break
    known.delete(oldest)
  }
  return next
}
