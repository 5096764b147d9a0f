import { assert, describe, it } from "@effect/vitest"
import { daily, wrongFires, zones } from "./scheduleTable.ts"

describe("five years of civil time in thirty zones", () => {
  it("each local time comes once a day, around every change of the clocks", () => {
    assert.strictEqual(zones.length, 30)
    assert.deepStrictEqual(
      zones.flatMap((zone) => daily.flatMap((schedule) => wrongFires(zone, schedule, 2))),
      []
    )
  })
})
