/** Steps of the wall clock, told from the monotonic one. */
import * as ClockSteps from "@galaxy/edge/ClockSteps"
import { assert, describe, it } from "@effect/vitest"

const day = 86_400_000
const minute = 60_000

/** Readings whose clocks agree until the wall clock is set. */
const readings = () => {
  const steps = ClockSteps.make()
  let [wall, monotonic] = [1_000_000_000, 5_000]
  return {
    after: (millis: number) => {
      wall += millis
      monotonic += millis
      return steps.setBack({ wall, monotonic })
    },
    set: (by: number) => {
      wall += by
      return steps.setBack({ wall, monotonic })
    },
    now: () => wall
  }
}

describe("the wall clock of a process", () => {
  it("that runs evenly was never set back", () => {
    const it = readings()
    for (const millis of [0, 1, 1_000, day, 30 * day]) assert.isUndefined(it.after(millis))
  })

  it("may be set back a little, but not again and again", () => {
    const it = readings()
    it.after(0)
    assert.isUndefined(it.set(-ClockSteps.toleranceMs))
    assert.isUndefined(it.after(day))
    assert.isArray(it.set(-1))
    assert.isUndefined(it.set(-ClockSteps.toleranceMs))
  })

  it("that was ahead for a moment reports that moment", () => {
    const it = readings()
    it.after(0)
    it.after(minute)
    assert.isUndefined(it.set(3 * day))
    const from = it.now()
    assert.isUndefined(it.after(6_000))
    assert.deepStrictEqual(it.set(-3 * day), [{ from, to: from + 6_000 }])
    assert.isUndefined(it.after(minute))
  })

  it("that was ahead from the start reports its last minutes", () => {
    const it = readings()
    it.after(0)
    it.after(day)
    const to = it.now()
    assert.deepStrictEqual(it.set(-day / 2), [{ from: to - ClockSteps.longestMs, to }])
  })

  it("that went ahead in two steps reports both stretches", () => {
    const it = readings()
    it.after(0)
    it.after(day)
    it.set(day)
    const first = it.now()
    it.after(1_000)
    it.set(day)
    const second = it.now()
    it.after(2_000)
    assert.deepStrictEqual(it.set(-2 * day), [
      { from: first, to: first + 1_000 },
      { from: second, to: second + 2_000 }
    ])
  })
})

describe("stretches of wall time", () => {
  const hour = 60 * minute

  it("are joined without repetition, and forgotten an hour after their end", () => {
    const [a, b] = [
      { from: 0, to: 10 },
      { from: 20, to: 30 }
    ]
    assert.deepStrictEqual(ClockSteps.joined([b], [a, b, { from: 21, to: 29 }], 0), [a, b])
    assert.deepStrictEqual(ClockSteps.joined([a, b], [], hour + 9), [a, b])
    assert.deepStrictEqual(ClockSteps.joined([a, b], [], hour + 10), [b])
  })

  it("are bounded", () => {
    const many = Array.from({ length: 100 }, (_, at) => ({ from: at * 10, to: at * 10 + 5 }))
    assert.deepStrictEqual(ClockSteps.joined([], many, 0), many.slice(-8))
  })
})
