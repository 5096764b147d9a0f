/** What a store that has lost reservations vouches for, to the millisecond. */
import { maxSkewMs, passed, settled, vouched } from "@galaxy/edge/VouchedTime"
import { assert, describe, it } from "@effect/vitest"

const lostAt = 1_000_000
const future = 10_000
const border = lostAt + future

const waitAt = (now: number, lost: number | undefined = lostAt) =>
  passed({ lostAtMs: lost, ahead: [] }, future, now)?.retryAfterMs ?? 0

describe("a store that has lost reservations", () => {
  it("refuses until its clock has passed the border, and says when that is", () => {
    assert.strictEqual(waitAt(lostAt), future + 1)
    assert.strictEqual(waitAt(border - 1), 2)
    assert.strictEqual(waitAt(border), 1)
    assert.strictEqual(waitAt(border + 1), 0)
  })

  it("says a whole number of milliseconds, not too few", () => {
    assert.strictEqual(waitAt(border - 0.5), 1)
    assert.strictEqual(waitAt(border - 1.5), 2)
  })

  it("vouches for what is later than the border alone", () => {
    const of = (timestampMs: number) => vouched({ lostAtMs: lostAt, ahead: [] }, { timestampMs, futureMs: future })
    assert.deepStrictEqual([of(0), of(lostAt), of(border), of(border + 1)], [false, false, false, true])
  })

  it("takes a loss further ahead than clocks differ for one of now, and no other", () => {
    assert.strictEqual(maxSkewMs, 60_000)
    assert.strictEqual(settled(lostAt, lostAt - maxSkewMs), lostAt)
    assert.strictEqual(settled(lostAt, lostAt - maxSkewMs - 1), lostAt - maxSkewMs - 1)
    assert.strictEqual(settled(lostAt, lostAt + 1), lostAt)
  })
})

describe("a store whose clock was ahead for a while", () => {
  const losses = { lostAtMs: lostAt, ahead: [{ from: 5_000_000, to: 5_100_000 }] }
  const wait = (now: number) => passed(losses, future, now)?.retryAfterMs ?? 0

  it("refuses while the time comes by in which it accepted requests, and says until when", () => {
    assert.strictEqual(wait(border + 1), 0)
    assert.strictEqual(wait(4_999_999), 0)
    assert.strictEqual(wait(5_000_000), 110_001)
    assert.strictEqual(wait(5_110_000), 1)
    assert.strictEqual(wait(5_110_001), 0)
  })

  it("vouches for no timestamp that it may have accepted then", () => {
    const of = (timestampMs: number) => vouched(losses, { timestampMs, futureMs: future })
    assert.deepStrictEqual([border, border + 1, 4_999_999, 5_000_000, 5_110_000, 5_110_001].map(of), [
      false,
      true,
      true,
      false,
      false,
      true
    ])
  })
})

const nothing = { lostAtMs: undefined, ahead: [] }

describe("a store that has lost nothing", () => {
  it("refuses nothing", () => {
    assert.isUndefined(passed(nothing, future, 0))
    assert.isTrue(vouched(nothing, { timestampMs: 0, futureMs: future }))
    assert.isUndefined(settled(undefined, 0))
  })
})
