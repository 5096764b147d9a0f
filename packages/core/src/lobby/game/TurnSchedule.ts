/**
 * When a game's turns come: five cron fields read in an IANA time zone.
 *
 * An accepted schedule comes due again and again, and no two of its times lie closer than the platform allows.
 */
import { Cron, DateTime, Option, Result } from "effect"

export interface TurnSchedule {
  readonly schedule: string
  readonly timeZone: string
}

const hour = 60
const day = 24 * hour

const all = (count: number) => Array.from({ length: count }, (_, index) => index)
const or = (values: ReadonlySet<number>, count: number) => (values.size === 0 ? all(count) : [...values])

/** Minutes between the closest two times of one day, or of its last and the next day's first. */
const closest = (cron: Cron.Cron): number => {
  const minutes = or(cron.minutes, 60)
  const times = or(cron.hours, 24)
    .flatMap((at) => minutes.map((minute) => at * hour + minute))
    .toSorted((a, b) => a - b)
  return times.reduce((least, time, index) => {
    const following = times[index + 1] ?? (times[0] ?? 0) + day
    return Math.min(least, following - time)
  }, day)
}

const comesDue = (cron: Cron.Cron, now: DateTime.Utc): boolean => {
  try {
    return Number.isFinite(Cron.next(cron, now).getTime())
  } catch {
    // Cron gives up on a date that no year has, as 30 February.
    return false
  }
}

/** The schedule in its stored form, or what is wrong with it. */
export const read = (
  schedule: string,
  timeZone: string,
  minIntervalMs: number,
  now: DateTime.Utc
): TurnSchedule | { readonly problem: string } => {
  // Offsets such as +02:00 are no zones: they know no summer time.
  const zone = /^[A-Za-z]/.test(timeZone) ? DateTime.zoneMakeNamed(timeZone) : Option.none()
  if (Option.isNone(zone)) return { problem: "time_zone is no IANA time zone, as Europe/Berlin" }
  const fields = schedule.trim().split(/\s+/)
  if (fields.length !== 5) {
    return { problem: "turn_schedule must have five cron fields: minute, hour, day of month, month, day of week" }
  }
  const normal = fields.join(" ")
  const cron = Cron.parse(normal, zone.value)
  if (Result.isFailure(cron)) return { problem: "turn_schedule is no cron expression, as 0 18 * * 1-5" }
  if (!comesDue(cron.success, now)) return { problem: "turn_schedule never comes due" }
  if (closest(cron.success) * 60_000 < minIntervalMs) {
    return { problem: `turn_schedule has turns closer than ${minIntervalMs / 1000} seconds` }
  }
  return { schedule: normal, timeZone: zone.value.id }
}
