/**
 * Every fire of a schedule in a zone, worked out in another way: day by day on the calendar, from a table of the zone's
 * offsets that `Intl` gives.
 */
import { nextAfter } from "@galaxy/core/shared/LocalSchedule"
import { DateTime } from "effect"

const minute = 60_000
const day = 24 * 60 * minute

/** Five years, in which each of the zones changes its clocks as it does today. */
export const years = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2031, 0, 1) } as const

export const zones: ReadonlyArray<string> =
  `UTC Europe/Berlin Europe/London Europe/Lisbon Europe/Moscow Europe/Chisinau Europe/Istanbul Africa/Cairo Africa/Casablanca
  Africa/El_Aaiun Africa/Lagos America/New_York America/Chicago America/Denver America/Los_Angeles America/St_Johns America/Havana
  America/Santiago America/Asuncion America/Sao_Paulo America/Nuuk Asia/Beirut Asia/Jerusalem Asia/Kolkata Asia/Kathmandu
  Asia/Tokyo Australia/Sydney Australia/Adelaide Australia/Lord_Howe Pacific/Chatham`.split(/\s+/)

/** Schedules whose times come once a day by the local clock. */
export const daily = ["30 2 * * *", "0 0 * * *", "0 18 * * *", "45 1,3 * * *"] as const

/** Times at which an offset begins to hold, and the offset in milliseconds; the first one holds from ever on. */
type Offsets = ReadonlyArray<readonly [from: number, offset: number]>

const offsetsOf = (zone: string): Offsets => {
  const format = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    timeZoneName: "longOffset",
    hour: "numeric"
  })
  const offsetAt = (at: number) => {
    const name = format.formatToParts(at).find((it) => it.type === "timeZoneName")?.value ?? "GMT"
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d+):(\d+))?/.exec(name) ?? []
    return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute
  }
  const found: Array<readonly [number, number]> = [[Number.NEGATIVE_INFINITY, offsetAt(years.from - 3 * day)]]
  for (let at = years.from - 3 * day; at < years.to + 3 * day; at += day) {
    const offset = offsetAt(at + day)
    if (offset === found.at(-1)?.[1]) continue
    let change = at
    while (offsetAt(change) !== offset) change += minute
    found.push([change, offset])
  }
  return found
}

/** The instants of a local time, the earliest first; right after the gap for one that the clocks skip. */
const instantOf = (offsets: Offsets, local: number): number => {
  for (const [index, [from, offset]] of offsets.entries()) {
    const at = local - offset
    const until = offsets[index + 1]?.[0] ?? Number.POSITIVE_INFINITY
    if (at < from) return from
    if (at < until) return at
  }
  throw new Error("no offset holds")
}

const timesOf = (schedule: string): ReadonlyArray<number> => {
  const [minutes = "", hours = ""] = schedule.split(" ")
  return hours.split(",").map((hour) => (Number(hour) * 60 + Number(minutes)) * minute)
}

/** All fires of a daily schedule, ascending. */
const fires = (offsets: Offsets, schedule: string): ReadonlyArray<number> => {
  const all: Array<number> = []
  for (let date = years.from - 2 * day; date < years.to + 2 * day; date += day) {
    for (const time of timesOf(schedule)) all.push(instantOf(offsets, date + time))
  }
  return [...new Set(all)].toSorted((a, b) => a - b)
}

/**
 * Fires of the schedule that the backend would name and that aren't the expected ones. With `near`, in days, only those
 * around changes of the clocks are compared.
 */
export const wrongFires = (zone: string, schedule: string, near?: number): ReadonlyArray<string> => {
  const offsets = offsetsOf(zone)
  const expected = fires(offsets, schedule)
  const changes = offsets.slice(1).map(([at]) => at)
  const wrong: Array<string> = []
  for (const [index, at] of expected.entries()) {
    const next = expected[index + 1]
    if (next === undefined || at < years.from || at >= years.to) continue
    if (near !== undefined && !changes.some((change) => Math.abs(change - at) < near * day)) continue
    const named = nextAfter({ schedule, timeZone: zone }, DateTime.makeUnsafe(at)).epochMilliseconds
    if (named !== next)
      wrong.push(`${zone} ${schedule}: ${new Date(named).toISOString()}, not ${new Date(next).toISOString()}`)
  }
  return wrong
}
