import { assert, describe, it } from "@effect/vitest"
import { daily, wrongFires, zones } from "./scheduleTable.ts"

describe("five years of civil time, every day", () => {
  for (const zone of zones) {
    it(`in ${zone}`, () => {
      assert.deepStrictEqual(
        daily.flatMap((schedule) => wrongFires(zone, schedule)),
        []
      )
    })
  }
})
