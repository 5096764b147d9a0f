/** Many waits with one timer: each ends in its own time, and one that was ended never acts. */
import * as Deadlines from "@galaxy/host-node/net/Deadlines"
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"

describe("waits of the same length", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("end in the order in which they began, each after its time", () => {
    const over: Array<string> = []
    const deadlines = Deadlines.make(100)
    for (const name of ["a", "b", "c"]) {
      deadlines.begin(() => over.push(name))
      vi.advanceTimersByTime(30)
    }
    assert.deepStrictEqual(over, [])
    vi.advanceTimersByTime(9)
    assert.deepStrictEqual(over, [])
    vi.advanceTimersByTime(1)
    assert.deepStrictEqual(over, ["a"])
    vi.advanceTimersByTime(30)
    assert.deepStrictEqual(over, ["a", "b"])
    vi.advanceTimersByTime(1_000)
    assert.deepStrictEqual(over, ["a", "b", "c"])
  })

  it("don't act once they were ended, be it by another at the same moment", () => {
    const over: Array<string> = []
    const deadlines = Deadlines.make(100)
    const ends = ["a", "b", "c"].map((name) =>
      deadlines.begin(() => {
        over.push(name)
        ends[1]?.()
      })
    )
    vi.advanceTimersByTime(100)
    assert.deepStrictEqual(over, ["a", "c"])
  })

  it("begin anew after a pause, and need no more than one timer", () => {
    const over: Array<number> = []
    const deadlines = Deadlines.make(100)
    for (let round = 0; round < 3; round++) {
      deadlines.begin(() => over.push(-1))()
      deadlines.begin(() => over.push(round))
      assert.strictEqual(vi.getTimerCount(), 1)
      vi.advanceTimersByTime(1_000)
      assert.strictEqual(vi.getTimerCount(), 0)
    }
    assert.deepStrictEqual(over, [0, 1, 2])
  })
})
