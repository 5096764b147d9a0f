/** A game's schedule in words. */
import { clockText, type Day, scheduleOf, week } from "../lobby/schedule.ts"
import type { Words } from "./Words.ts"

/** A day of the week, such as "Mon". */
export const dayName = (language: string, day: Day, width: "short" | "long" = "short"): string =>
  // The 4th of January 2026 is a Sunday.
  new Intl.DateTimeFormat(language, { weekday: width, timeZone: "UTC" }).format(Date.UTC(2026, 0, 4 + day))

const weekdays = "1,2,3,4,5"

/** When turns are made, as part of a sentence: "every day at 20:00". `early`: also once all are ready. */
export const scheduleText = (words: Words, language: string, fields: string, early = false): string => {
  const text = words.games.schedule
  const schedule = scheduleOf(fields)
  const said = () => {
    switch (schedule._tag) {
      case "ready":
        return text.ready
      case "daily":
        return text.daily(clockText(schedule))
      case "days": {
        if (schedule.days.join(",") === weekdays) return text.weekdays(clockText(schedule))
        const days = week.filter((day) => schedule.days.includes(day)).map((day) => dayName(language, day))
        return text.days(new Intl.ListFormat(language, { type: "conjunction" }).format(days), clockText(schedule))
      }
      case "monthly":
        return text.monthly(schedule.day, clockText(schedule))
      case "hours":
        return text.hours(schedule.every)
      case "minutes":
        return text.minutes(schedule.every)
      case "cron":
        return text.cron(schedule.fields)
    }
  }
  return early && schedule._tag !== "ready" ? text.orReady(said()) : said()
}

/** What of a game or an invitation says when turns are made. */
export interface Turns {
  readonly turn_schedule: string
  readonly time_zone: string
  readonly early_turns?: boolean
}

/** When turns are made, with the time zone where that matters: "every day at 20:00 (Berlin)". */
export const turnsText = (words: Words, language: string, turns: Turns): string => {
  const text = scheduleText(words, language, turns.turn_schedule, turns.early_turns)
  return hasClock(turns.turn_schedule) ? `${text} (${zoneName(turns.time_zone)})` : text
}

/** Whether the time of day means something, so that the time zone is worth a word. */
export const hasClock = (fields: string): boolean => !["ready", "hours", "minutes"].includes(scheduleOf(fields)._tag)

/** A zone's name as people read it: "Europe/Berlin" is "Berlin". */
export const zoneName = (zone: string): string => (zone.split("/").at(-1) ?? zone).replaceAll("_", " ")
