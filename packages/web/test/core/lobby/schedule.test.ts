/** Schedules in words and as cron fields: each way leads back. */
import { en } from "@galaxy/web/core/words/en"
import { ru } from "@galaxy/web/core/words/ru"
import { hasClock, scheduleText, zoneName } from "@galaxy/web/core/words/schedules"
import {
  clockOf,
  clockText,
  cronOf,
  hourSteps,
  minuteSteps,
  type Schedule,
  scheduleOf
} from "@galaxy/web/core/lobby/schedule"
import { describe, expect, it } from "vitest"

const sayable: ReadonlyArray<readonly [Schedule, string]> = [
  [{ _tag: "ready" }, "0 12 29 2 *"],
  [{ _tag: "daily", hour: 20, minute: 0 }, "0 20 * * *"],
  [{ _tag: "days", days: [1, 4], hour: 18, minute: 30 }, "30 18 * * 1,4"],
  [{ _tag: "days", days: [0], hour: 0, minute: 5 }, "5 0 * * 0"],
  [{ _tag: "monthly", day: 28, hour: 12, minute: 0 }, "0 12 28 * *"],
  ...hourSteps.map((every) => [{ _tag: "hours", every }, every === 1 ? "0 * * * *" : `0 */${every} * * *`] as const),
  ...minuteSteps.map((every) => [{ _tag: "minutes", every }, every === 1 ? "* * * * *" : `*/${every} * * * *`] as const)
]

describe("schedules", () => {
  it.each(sayable)("%o is %s, and back", (schedule, fields) => {
    expect(cronOf(schedule)).toBe(fields)
    expect(scheduleOf(fields)).toEqual(schedule)
  })

  it("are read in other spellings", () => {
    expect(scheduleOf(" 0  18 * * 1-5 ")).toEqual({ _tag: "days", days: [1, 2, 3, 4, 5], hour: 18, minute: 0 })
    expect(scheduleOf("0 18 * * 7")).toEqual({ _tag: "days", days: [0], hour: 18, minute: 0 })
    expect(scheduleOf("0 18 * * 0-6")).toEqual({ _tag: "daily", hour: 18, minute: 0 })
  })

  it.each([
    "0 18 1 2 *",
    "0 18 29 * *",
    "7 */6 * * *",
    "*/7 * * * *",
    "0 18 * * mon",
    "0 18 1 * 1",
    "0 0,12 * * *",
    ""
  ])("stay fields where there are no words: %s", (fields) => {
    expect(scheduleOf(fields)).toEqual({ _tag: "cron", fields })
    expect(scheduleText(en, "en", fields)).toBe(`by the cron expression ${fields}`)
  })

  it("are said in both languages", () => {
    expect(scheduleText(en, "en", "0 18 * * 1,4")).toBe("Mon and Thu at 18:00")
    expect(scheduleText(en, "en", "0 18 * * 1-5", true)).toBe("on weekdays at 18:00, or once all are ready")
    expect(scheduleText(en, "en", "0 12 29 2 *", true)).toBe("once all are ready")
    expect(scheduleText(ru, "ru", "0 18 * * 1,4")).toBe("пн и чт в 18:00")
    expect(scheduleText(ru, "ru", "0 */6 * * *")).toBe("каждые 6 часов")
    expect(scheduleText(ru, "ru", "*/2 * * * *")).toBe("каждые 2 минуты")
  })

  it("have a clock where a zone matters", () => {
    expect(hasClock("0 18 * * *")).toBe(true)
    expect(hasClock("*/10 * * * *")).toBe(false)
    expect(zoneName("America/Argentina/Buenos_Aires")).toBe("Buenos Aires")
  })

  it("read fields for time", () => {
    expect(clockOf("07:05")).toEqual({ hour: 7, minute: 5 })
    expect(clockOf("24:00")).toBeUndefined()
    expect(clockOf("")).toBeUndefined()
    expect(clockText({ hour: 7, minute: 5 })).toBe("07:05")
  })
})
