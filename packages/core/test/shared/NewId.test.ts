/** Identifiers sort in the order they were made, whatever the clock does. */
import { newId } from "@galaxy/core/shared/NewId"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

describe("a new identifier", () => {
  it.effect(
    "is a UUID of version 7 and sorts after the one before, also within a millisecond and when time runs back",
    () =>
      Effect.gen(function* () {
        let last = ""
        for (const now of [5_000_000, 5_000_000, 5_000_001, 4_000_000, 4_000_000, 6_000_000]) {
          yield* TestClock.setTime(now)
          for (let made = 0; made < 100; made++) {
            const id = yield* newId
            assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
            assert.isAbove(id.localeCompare(last), 0)
            last = id
          }
        }
        assert.strictEqual(Number.parseInt(last.slice(0, 13).replace("-", ""), 16), 6_000_000)
      })
  )
})
