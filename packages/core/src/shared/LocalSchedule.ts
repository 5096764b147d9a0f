/**
 * The instants of a cron schedule that is read in a time zone, also where the zone's clocks change.
 *
 * A schedule whose times of the day repeat after the length of the change (every 15 minutes, for a change of an hour) runs
 * on by elapsed time: its interval is the same before, in and after the change. Of any other schedule each local time comes
 * once a day: one that the clocks repeat the first time, and one that they skip right after the gap.
 */
import { Cron, DateTime } from "effect"

export interface LocalSchedule {
  /** Five cron fields. */
  readonly schedule: string
  /** An IANA name. */
  readonly timeZone: string
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Wider than any change of the clocks (a zone that crosses the date line changes by a day), and than two of them apart. */
const aroundMs = 1.5 * dayMs

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
type OffsetAt = (instant: number) => number

const offsetsOf = (timeZone: string): OffsetAt => {
  const zone = DateTime.zoneMakeNamedUnsafe(timeZone)
  return (instant) => DateTime.zonedOffset(DateTime.makeZonedUnsafe(instant, { timeZone: zone }))
}

const each = (count: number) => Array.from({ length: count }, (_, index) => index)
const valuesOf = (field: ReadonlySet<number>, count: number) => (field.size === 0 ? each(count) : [...field])

/** Minutes of the day on which the schedule comes, on days that it has. */
export const minutesOfDay = (cron: Cron.Cron): ReadonlyArray<number> => {
  const minutes = valuesOf(cron.minutes, 60)
  return valuesOf(cron.hours, 24)
    .flatMap((hour) => minutes.map((minute) => hour * 60 + minute))
    .toSorted((a, b) => a - b)
}

/** Whether the times of the day, moved by the change, are the same times. */
const runsThrough = (cron: Cron.Cron, changeMs: number): boolean => {
  const change = changeMs / minuteMs
  if (!Number.isInteger(change)) return false
  const times = new Set(minutesOfDay(cron))
  for (const time of times) if (!times.has((((time + change) % 1440) + 1440) % 1440)) return false
  return true
}

/** The first instant after a change of the offset, which lies after `from` and at or before `to`. */
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

/** The instants at which a local time comes: one, or none and two around a change through which the schedule runs. */
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

/**
 * The first instant of the schedule strictly after the given one. Throws where the schedule or the zone is none, or the
 * schedule never comes: they are checked before they are stored.
 */
export const nextAfter = ({ schedule, timeZone }: LocalSchedule, after: DateTime.Utc): DateTime.Utc => {
  const offsetAt = offsetsOf(timeZone)
  // Local times are counted as if they were UTC: on that calendar no clock changes.
  const cron = Cron.parseUnsafe(schedule, "UTC")
  const start = after.epochMilliseconds
  // Where the clocks are about to go back, local times that have been may come again.
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
