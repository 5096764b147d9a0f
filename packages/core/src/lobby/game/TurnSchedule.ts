/**
 * When a game's turns are due: five cron fields, read in an IANA time zone.
 *
 * An accepted schedule comes due again and again, and no two of its times of day are closer than the platform allows.
 */
import { Cron, type DateTime, Result } from "effect"
import { type LocalSchedule, minutesOfDay, nextAfter } from "../../shared/LocalSchedule.ts"
import { zoneNamed } from "../../shared/TimeZone.ts"

/** A schedule that has passed `read`: five cron fields separated by single spaces, and an IANA zone that exists. */
export type TurnSchedule = LocalSchedule

const day = 24 * 60

/** Minutes between the two closest times of day, where the first time of the next day follows the last one. */
const closest = (cron: Cron.Cron): number => {
  const times = minutesOfDay(cron)
  return times.reduce((least, time, index) => {
    const following = times[index + 1] ?? (times[0] ?? 0) + day
    return Math.min(least, following - time)
  }, day)
}

const comesDue = (schedule: TurnSchedule, now: DateTime.Utc): boolean => {
  try {
    return Number.isFinite(nextAfter(schedule, now).epochMilliseconds)
  } catch {
    // Cron gives up on a date that no year has, such as 30 February.
    return false
  }
}

/**
 * Checks what an owner wrote: the schedule in its stored form, or a `problem` as a sentence for the owner. `now` is
 * used only to see whether the schedule ever comes due.
 */
export const read = (
  schedule: string,
  timeZone: string,
  minIntervalMs: number,
  now: DateTime.Utc
): TurnSchedule | { readonly problem: string } => {
  const zone = zoneNamed(timeZone)
  if (zone === undefined) return { problem: "time_zone must be an IANA time zone such as Europe/Berlin" }
  const fields = schedule.trim().split(/\s+/)
  if (fields.length !== 5) {
    return { problem: "turn_schedule must have five cron fields: minute, hour, day of month, month, day of week" }
  }
  const normal = fields.join(" ")
  const cron = Cron.parse(normal)
  if (Result.isFailure(cron)) return { problem: "turn_schedule must be a cron expression such as 0 18 * * 1-5" }
  const turns = { schedule: normal, timeZone: zone }
  if (!comesDue(turns, now)) return { problem: "turn_schedule never comes due; name a day that exists" }
  if (closest(cron.success) * 60_000 < minIntervalMs) {
    return { problem: `turn_schedule: turns must be at least ${minIntervalMs / 1000} seconds apart` }
  }
  return turns
}

/** The first time after `after` at which the schedule comes due. */
export const next = (schedule: TurnSchedule, after: DateTime.Utc): DateTime.Utc => nextAfter(schedule, after)
