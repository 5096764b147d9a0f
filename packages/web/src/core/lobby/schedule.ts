/**
 * When turns are made, as people say it and as the server stores it: five cron fields.
 *
 * Whatever can be said in words is read back into the same words; any other schedule stays as its fields.
 */

/** Days by cron's numbers: 0 is Sunday. */
export type Day = 0 | 1 | 2 | 3 | 4 | 5 | 6

/** A schedule in words. Hours and minutes are those of its time zone. */
export type Schedule =
  /** Only when all players are ready. The game must make turns early. */
  | { readonly _tag: "ready" }
  | { readonly _tag: "daily"; readonly hour: number; readonly minute: number }
  /** Some days of the week, at least one. */
  | { readonly _tag: "days"; readonly days: ReadonlyArray<Day>; readonly hour: number; readonly minute: number }
  /** One day of each month, from 1 to 28. */
  | { readonly _tag: "monthly"; readonly day: number; readonly hour: number; readonly minute: number }
  | { readonly _tag: "hours"; readonly every: number }
  | { readonly _tag: "minutes"; readonly every: number }
  /** Five fields, as an expert writes them. */
  | { readonly _tag: "cron"; readonly fields: string }

/** Steps that divide a day, so that all turns are equally far apart. */
export const hourSteps = [1, 2, 3, 4, 6, 8, 12] as const
/** Steps that divide an hour. */
export const minuteSteps = [1, 2, 5, 10, 15, 20, 30] as const

/** The days as a week begins in most of Europe. */
export const week: ReadonlyArray<Day> = [1, 2, 3, 4, 5, 6, 0]

/**
 * A schedule has to come due some time: this one does so every four years, on the 29th of February, so that for people
 * only their being ready counts.
 */
const leapDay = "0 12 29 2 *"

/** The five fields that the server takes. */
export const cronOf = (schedule: Schedule): string => {
  switch (schedule._tag) {
    case "ready":
      return leapDay
    case "daily":
      return `${schedule.minute} ${schedule.hour} * * *`
    case "days":
      return `${schedule.minute} ${schedule.hour} * * ${schedule.days.toSorted((a, b) => a - b).join(",")}`
    case "monthly":
      return `${schedule.minute} ${schedule.hour} ${schedule.day} * *`
    case "hours":
      return schedule.every === 1 ? "0 * * * *" : `0 */${schedule.every} * * *`
    case "minutes":
      return schedule.every === 1 ? "* * * * *" : `*/${schedule.every} * * * *`
    case "cron":
      return schedule.fields.trim().split(/\s+/).join(" ")
  }
}

const whole = (field: string, most: number): number | undefined => {
  const value = /^\d{1,2}$/.test(field) ? Number(field) : Number.NaN
  return value <= most ? value : undefined
}

const daysOf = (field: string): ReadonlyArray<Day> | undefined => {
  const days = new Set<Day>()
  for (const part of field.split(",")) {
    const [, from, to] = /^([0-7])(?:-([0-7]))?$/.exec(part) ?? []
    if (from === undefined) return undefined
    const last = Number(to ?? from)
    if (last < Number(from)) return undefined
    for (let day = Number(from); day <= last; day++) days.add((day % 7) as Day)
  }
  return [...days].toSorted((a, b) => a - b)
}

const stepOf = (field: string, steps: ReadonlyArray<number>): number | undefined => {
  if (field === "*") return 1
  const step = Number(/^\*\/(\d{1,2})$/.exec(field)?.[1] ?? Number.NaN)
  return steps.includes(step) ? step : undefined
}

const monthlyOf = (minute: string, hour: string, day = "", weekday = ""): Schedule | undefined => {
  const [atMinute, atHour, atDay] = [whole(minute, 59), whole(hour, 23), whole(day, 28)]
  if (atMinute === undefined || atHour === undefined || atDay === undefined || weekday !== "*") return undefined
  return atDay === 0 ? undefined : { _tag: "monthly", day: atDay, hour: atHour, minute: atMinute }
}

/** The words for five fields, where there are some. */
export const scheduleOf = (fields: string): Schedule => {
  const other: Schedule = { _tag: "cron", fields }
  if (fields === leapDay) return { _tag: "ready" }
  const [minute = "", hour = "", dayOfMonth, month, weekday = "", ...rest] = fields.trim().split(/\s+/)
  if (month !== "*" || rest.length > 0) return other
  if (dayOfMonth !== "*") return monthlyOf(minute, hour, dayOfMonth, weekday) ?? other
  const minuteStep = stepOf(minute, minuteSteps)
  if (minuteStep !== undefined) {
    return hour === "*" && weekday === "*" ? { _tag: "minutes", every: minuteStep } : other
  }
  const atMinute = whole(minute, 59)
  if (atMinute === undefined) return other
  const hourStep = stepOf(hour, hourSteps)
  if (hourStep !== undefined) {
    return atMinute === 0 && weekday === "*" ? { _tag: "hours", every: hourStep } : other
  }
  const atHour = whole(hour, 23)
  if (atHour === undefined) return other
  if (weekday === "*") return { _tag: "daily", hour: atHour, minute: atMinute }
  const days = daysOf(weekday)
  if (days === undefined) return other
  return days.length === 7
    ? { _tag: "daily", hour: atHour, minute: atMinute }
    : { _tag: "days", days, hour: atHour, minute: atMinute }
}

/** A time of day as fields for time have it: `07:05`. */
export const clockText = ({ hour, minute }: { readonly hour: number; readonly minute: number }): string =>
  `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`

/** Reads a field for time; what isn't one is `undefined`. */
export const clockOf = (typed: string): { readonly hour: number; readonly minute: number } | undefined => {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})/.exec(typed) ?? []
  if (hour === undefined || minute === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined
  return { hour: Number(hour), minute: Number(minute) }
}
