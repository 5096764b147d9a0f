/** Identifiers sort in the order they were made, whatever the clock does. */
import { newId } from "@galaxy/core/shared/NewId"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

const millisOf = (id: string): number => Number.parseInt(id.slice(0, 13).replace("-", ""), 16)

describe("a new identifier", () => {
  it.effect(
    "is a UUID of version 7 and sorts after the one before, also within a millisecond and when time runs back",
    () =>
      Effect.gen(function* () {
        let last = yield* newId
        // The order holds for the whole process, where others may have made identifiers in what is the future here.
        const start = millisOf(last) + 5_000_000
        for (const later of [0, 0, 1, -1_000_000, -1_000_000, 1_000_000]) {
          yield* TestClock.setTime(start + later)
          for (let made = 0; made < 100; made++) {
            const id = yield* newId
            assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
            assert.isAbove(id.localeCompare(last), 0)
            last = id
          }
        }
        assert.strictEqual(millisOf(last), start + 1_000_000)
      })
  )
})
