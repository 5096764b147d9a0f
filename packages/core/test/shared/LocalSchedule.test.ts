import { minutesOfDay, nextAfter } from "@galaxy/core/shared/LocalSchedule"
import { assert, describe, it } from "@effect/vitest"
import { Cron, DateTime } from "effect"

const minute = 60_000
const hour = 60 * minute

/** The instants of a schedule from one instant up to another. */
const between = (schedule: string, timeZone: string, from: number, to: number): ReadonlyArray<number> => {
  const instants: Array<number> = []
  for (let at = from; ; ) {
    const next = nextAfter({ schedule, timeZone }, DateTime.makeUnsafe(at)).epochMilliseconds
    assert.isAbove(next, at, "strictly increasing")
    if (next >= to) return instants
    instants.push(next)
    at = next
  }
}

const from = (schedule: string, timeZone: string, start: string, hours: number) =>
  between(schedule, timeZone, Date.parse(start), Date.parse(start) + hours * hour).map((it) =>
    new Date(it).toISOString().slice(5, 16)
  )

/** What a clock on the wall shows, counted as if it were UTC. */
const wallClock = (timeZone: string) => {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit"
  })
  return (instant: number): number => {
    const parts = new Map(format.formatToParts(instant).map((it) => [it.type, Number(it.value)]))
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"))
  }
}

interface Change {
  readonly timeZone: string
  /** The first instant after it. */
  readonly at: number
  /** How far the clock jumps ahead, in minutes; negative: back. */
  readonly minutes: number
}

/** A change of 2027 of each kind that some zone has: by its length and the local hour at which it comes. */
const changes: ReadonlyArray<Change> = (() => {
  const kinds = new Map<string, Change>()
  for (const timeZone of Intl.supportedValuesOf("timeZone")) {
    const clock = wallClock(timeZone)
    const offset = (at: number) => clock(at) - at
    for (let day = Date.UTC(2027, 0, 1); day < Date.UTC(2028, 0, 1); day += 24 * hour) {
      if (offset(day) === offset(day + 24 * hour)) continue
      let at = day
      while (offset(at) === offset(day)) at += minute
      const minutes = (offset(at) - offset(day)) / minute
      const change = { timeZone, at, minutes }
      kinds.set(`${minutes} ${new Date(at + offset(day)).toISOString().slice(11, 16)}`, change)
    }
  }
  return [...kinds.values()]
})()

/** The same instants, found the long way: minute by minute, as the clock on the wall shows them. */
const longWay = (schedule: string, { timeZone, at, minutes: change }: Change, start: number, end: number) => {
  const clock = wallClock(timeZone)
  const cron = Cron.parseUnsafe(schedule)
  const times = new Set(minutesOfDay(cron))
  const runsOn = [...times].every((it) => times.has((it + change + 1440) % 1440))
  const isTime = (local: number) => times.has((local / minute) % 1440)
  const seen = new Set<number>()
  const instants: Array<number> = []
  for (let now = start - 3 * hour; now < end; now += minute) {
    const local = clock(now)
    let comes = isTime(local) && (runsOn || !seen.has(local))
    if (now === at && !runsOn) {
      for (let skipped = local - change * minute; skipped < local; skipped += minute) comes ||= isTime(skipped)
    }
    seen.add(local)
    if (comes && now > start) instants.push(now)
  }
  return instants
}

describe("a schedule in a time zone", () => {
  it("keeps its interval where the clocks go back", () => {
    assert.deepStrictEqual(from("*/15 * * * *", "Europe/Berlin", "2027-10-31T00:29:00Z", 2), [
      "10-31T00:30",
      "10-31T00:45",
      "10-31T01:00",
      "10-31T01:15",
      "10-31T01:30",
      "10-31T01:45",
      "10-31T02:00",
      "10-31T02:15"
    ])
  })

  it("keeps its interval where they go ahead", () => {
    assert.deepStrictEqual(from("*/15 * * * *", "Europe/Berlin", "2027-03-28T00:29:00Z", 1), [
      "03-28T00:30",
      "03-28T00:45",
      "03-28T01:00",
      "03-28T01:15"
    ])
  })

  it("has a time inside the gap right after it, and once", () => {
    assert.deepStrictEqual(from("30 2 * * *", "Europe/Berlin", "2027-03-27T00:00:00Z", 60), [
      "03-27T01:30",
      "03-28T01:00",
      "03-29T00:30"
    ])
    assert.deepStrictEqual(from("10,20,30 2 * * *", "Europe/Berlin", "2027-03-28T00:00:00Z", 12), ["03-28T01:00"])
  })

  it("has a repeated time the first time only", () => {
    assert.deepStrictEqual(from("30 2 * * *", "Europe/Berlin", "2027-10-30T00:00:00Z", 60), [
      "10-30T00:30",
      "10-31T00:30",
      "11-01T01:30"
    ])
    assert.deepStrictEqual(from("30 2 * * *", "Europe/Berlin", "2027-10-31T01:00:00Z", 24), [])
  })

  it("of every second hour has each hour of the clock once", () => {
    assert.deepStrictEqual(from("0 */2 * * *", "Europe/Berlin", "2027-10-30T23:00:00Z", 7), [
      "10-31T00:00",
      "10-31T03:00",
      "10-31T05:00"
    ])
    assert.deepStrictEqual(from("0 */2 * * *", "Europe/Berlin", "2027-03-27T23:00:00Z", 6), [
      "03-28T01:00",
      "03-28T02:00",
      "03-28T04:00"
    ])
  })

  it("keeps a half-hour's interval over a change of half an hour", () => {
    const times = between("*/30 * * * *", "Australia/Lord_Howe", Date.UTC(2027, 3, 3, 12), Date.UTC(2027, 3, 3, 18))
    assert.deepStrictEqual([...new Set(times.slice(1).map((it, index) => it - (times[index] ?? 0)))], [30 * minute])
  })

  it("has no time on a day that the zone leaves out", () => {
    assert.deepStrictEqual(from("0 18 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 72), [
      "12-29T04:00",
      "12-30T04:00",
      "12-31T04:00"
    ])
  })

  it("of a time before the schedule's day is on that day", () => {
    assert.deepStrictEqual(from("0 0 * * 0", "America/Havana", "2027-03-10T00:00:00Z", 24 * 7), ["03-14T05:00"])
  })

  const schedules = [
    "*/10 * * * *",
    "5,20 * * * *",
    "0 * * * *",
    "45 * * * *",
    "*/20 */2 * * *",
    "0 */6 * * *",
    "30 2 * * *",
    "0 0 * * *",
    "30 23 * * *",
    "15,45 0-3 * * *",
    "59 0,1,2,3,22,23 * * *"
  ]
  it("comes at the times that a clock on the wall shows, around every kind of change that there is", () => {
    assert.isAbove(changes.length, 6)
    for (const change of changes) {
      const [start, end] = [change.at - 5 * hour, change.at + 20 * hour]
      for (const schedule of schedules) {
        assert.deepStrictEqual(
          between(schedule, change.timeZone, start, end).map((it) => new Date(it).toISOString()),
          longWay(schedule, change, start, end).map((it) => new Date(it).toISOString()),
          `${schedule} ${change.timeZone}, ${change.minutes} minutes`
        )
      }
    }
  }, 240_000)
})
