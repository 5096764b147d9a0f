import { read } from "@galaxy/core/lobby/game/TurnSchedule"
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"

const now = DateTime.makeUnsafe("2026-03-01T12:00:00Z")
const minute = 60_000
const check = (schedule: string, zone = "UTC", minInterval = minute) => read(schedule, zone, minInterval, now)

describe("a turn schedule", () => {
  it("is kept in its normal form with its zone", () => {
    assert.deepStrictEqual(check("  0  18 * *   1-5 ", "Europe/Berlin"), {
      schedule: "0 18 * * 1-5",
      timeZone: "Europe/Berlin"
    })
  })

  it("takes the zone's own spelling", () => {
    assert.deepStrictEqual(check("0 0 * * *", "europe/berlin"), { schedule: "0 0 * * *", timeZone: "Europe/Berlin" })
  })

  it("keeps the zone's name, whatever zone it is another name of", () => {
    for (const timeZone of ["Europe/Kyiv", "America/Nuuk", "Asia/Kolkata", "CET"]) {
      assert.deepStrictEqual(check("0 0 * * *", timeZone), { schedule: "0 0 * * *", timeZone })
    }
  })

  const refused: ReadonlyArray<readonly [string, string, string, RegExp]> = [
    ["four fields", "0 18 * *", "UTC", /five/],
    ["six fields, with seconds", "0 0 18 * * *", "UTC", /five/],
    ["nothing", "   ", "UTC", /five/],
    ["a minute of 60", "60 * * * *", "UTC", /cron expression such as/],
    ["words", "a b c d e", "UTC", /cron expression such as/],
    ["a step of none", "*/0 * * * *", "UTC", /cron expression such as/],
    ["a date that never comes", "0 0 30 2 *", "UTC", /never/],
    ["an unknown zone", "0 0 * * *", "Europe/Atlantis", /time_zone/],
    ["an offset for a zone", "0 0 * * *", "+02:00", /time_zone/],
    ["an empty zone", "0 0 * * *", "", /time_zone/]
  ]
  for (const [what, schedule, zone, reason] of refused) {
    it(`is refused with ${what}`, () => {
      const answer = check(schedule, zone)
      assert.isTrue("problem" in answer)
      assert.match("problem" in answer ? answer.problem : "", reason)
    })
  }

  const spacing: ReadonlyArray<readonly [string, number]> = [
    ["* * * * *", 1],
    ["*/10 * * * *", 10],
    ["0,59 * * * *", 1],
    ["5 * * * *", 60],
    ["59 0,23 * * *", 60],
    ["0,30 0,12 * * *", 30],
    ["0 18 * * *", 24 * 60],
    ["*/7 * * * *", 4]
  ]
  for (const [schedule, closest] of spacing) {
    it(`${schedule} has turns ${closest} minutes apart at the closest`, () => {
      assert.isFalse("problem" in check(schedule, "UTC", closest * minute))
      assert.isTrue("problem" in check(schedule, "UTC", closest * minute + 1))
    })
  }
})
