/** When a circuit opens and closes, by a clock of the test's own. */
import { Circuit, type CircuitOptions, defaults } from "@galaxy/edge/CircuitBreaker"
import { assert, describe, it } from "vitest"

const make = (options: Partial<CircuitOptions> = {}) => {
  let now = 1_000_000
  const events: Array<string> = []
  const circuit = new Circuit(
    () => now,
    { opened: () => events.push("opened"), closed: () => events.push("closed") },
    options
  )
  const entered = () => {
    const ticket = circuit.enter()
    if (ticket === undefined) throw new Error("it is held back")
    return ticket
  }
  const fail = (times = 1) => {
    for (let count = 0; count < times; count++) circuit.failed(entered())
  }
  const answer = (times = 1) => {
    for (let count = 0; count < times; count++) circuit.answered(entered())
  }
  const pass = (ms: number) => {
    now += ms
  }
  const isHeldBack = () => {
    const ticket = circuit.enter()
    if (ticket !== undefined) circuit.gaveUp(ticket)
    return ticket === undefined
  }
  return { circuit, events, entered, fail, answer, pass, isHeldBack }
}

describe("a circuit", () => {
  it("opens with the tenth failure in a row, and says so once", () => {
    const { circuit, events, fail, isHeldBack, pass } = make()
    fail(9)
    assert.isFalse(isHeldBack())
    fail()
    assert.isTrue(isHeldBack())
    assert.strictEqual(circuit.retryAfterMs(), 1_000)
    pass(999)
    assert.isTrue(isHeldBack())
    assert.strictEqual(circuit.retryAfterMs(), 1)
    pass(1)
    assert.isFalse(isHeldBack())
    assert.deepStrictEqual(events, ["opened"])
  })

  it("opens when half of the last twenty calls fail, and not for fewer", () => {
    const few = make()
    for (let turn = 0; turn < 100; turn++) {
      few.answer(11)
      few.fail(9)
    }
    assert.deepStrictEqual(few.events, [])
    const half = make()
    half.answer(10)
    half.fail(9)
    assert.deepStrictEqual(half.events, [])
    half.fail()
    assert.deepStrictEqual(half.events, ["opened"])
  })

  it("counts the answers from before the first failure, too", () => {
    /** Failures until it opens, with an answer after each. */
    const failuresAfter = (answers: number) => {
      const { answer, events, fail } = make()
      answer(answers)
      for (let failures = 1; failures < 100; failures++) {
        fail()
        if (events.length > 0) return failures
        answer()
      }
      return undefined
    }
    // Six of eleven, where there were no others; ten of twenty otherwise.
    assert.strictEqual(failuresAfter(0), 6)
    assert.strictEqual(failuresAfter(1_000), 10)
  })

  it("still counts the answers since a failure that is forgotten", () => {
    const { answer, events, fail, pass } = make()
    fail(9)
    answer(15)
    pass(defaults.forgetMs + 1)
    fail(9)
    assert.deepStrictEqual(events, [])
    fail()
    assert.deepStrictEqual(events, ["opened"])
  })

  it("says whether somebody has tried it lately", () => {
    const { circuit, entered, fail, pass } = make()
    assert.isFalse(circuit.isOpenAndTried(60_000))
    fail(10)
    pass(60_000)
    assert.isTrue(circuit.isOpenAndTried(60_000))
    pass(1_000)
    assert.isFalse(circuit.isOpenAndTried(60_000))
    const probe = entered()
    assert.isTrue(circuit.isOpenAndTried(60_000))
    circuit.failed(probe)
    assert.isTrue(circuit.isOpenAndTried(60_000))
  })

  it("forgets failures that are long past", () => {
    const { events, fail, pass } = make()
    for (let turn = 0; turn < 50; turn++) {
      fail(9)
      pass(defaults.forgetMs + 1)
    }
    assert.deepStrictEqual(events, [])
  })

  it("lets one call at a time through when its time is over; an answer closes it", () => {
    const { circuit, entered, events, fail, isHeldBack, pass } = make()
    fail(10)
    pass(1_000)
    const probe = entered()
    assert.isTrue(isHeldBack())
    assert.isAtLeast(circuit.retryAfterMs(), 1)
    circuit.answered(probe)
    assert.isFalse(isHeldBack())
    assert.deepStrictEqual(events, ["opened", "closed"])
    // It begins anew.
    fail(9)
    assert.isFalse(isHeldBack())
    fail()
    assert.strictEqual(circuit.retryAfterMs(), 1_000)
    assert.deepStrictEqual(events, ["opened", "closed", "opened"])
  })

  it("stays open longer with each probe that fails, up to a bound, without another word", () => {
    const { circuit, events, fail, pass } = make()
    fail(10)
    for (const ms of [1_000, 2_000, 4_000, 5_000, 5_000]) {
      assert.strictEqual(circuit.retryAfterMs(), ms)
      pass(ms)
      fail()
    }
    assert.deepStrictEqual(events, ["opened"])
  })

  it("lets the next call try when the one before was given up", () => {
    const { circuit, entered, fail, isHeldBack, pass } = make()
    fail(10)
    pass(1_000)
    circuit.gaveUp(entered())
    assert.isFalse(isHeldBack())
    const given = make()
    for (let turn = 0; turn < 100; turn++) given.circuit.gaveUp(given.entered())
    assert.isFalse(given.isHeldBack())
  })

  it("takes no notice of outcomes of calls from before it opened or closed", () => {
    const { circuit, entered, events, fail, isHeldBack, pass } = make()
    const late = Array.from({ length: 30 }, entered)
    fail(10)
    circuit.answered(late[0] ?? -1)
    circuit.gaveUp(late[1] ?? -1)
    assert.isTrue(isHeldBack())
    for (const ticket of late.slice(2, 15)) circuit.failed(ticket)
    assert.strictEqual(circuit.retryAfterMs(), 1_000)
    pass(1_000)
    const probe = entered()
    circuit.gaveUp(late[15] ?? -1)
    assert.isTrue(isHeldBack())
    circuit.answered(probe)
    for (const ticket of late.slice(16)) circuit.failed(ticket)
    assert.isFalse(isHeldBack())
    assert.deepStrictEqual(events, ["opened", "closed"])
  })
})
