import { assert, describe, it } from "vitest"
import { race } from "./race.ts"

describe("a folder that three processes open at one instant", () => {
  for (const kind of ["data", "state"] as const) {
    it(`has one owner in each of 1,000 rounds (${kind})`, async () => {
      const rounds = await race(kind, 1_000)
      assert.deepStrictEqual(
        rounds.filter((it) => it.owners !== 1),
        []
      )
    }, 600_000)
  }
})
