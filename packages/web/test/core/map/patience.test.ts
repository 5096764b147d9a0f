import { makePatience } from "@galaxy/web/core/map/patience"
import { describe, expect, it } from "vitest"
import { handTimer } from "../game/handTimer.ts"

/** A wait of ten seconds, and what it has brought about. */
const waiting = (isHidden: () => boolean = () => false) => {
  const timer = handTimer()
  const told: Array<string> = []
  let isLate = false
  const patience = makePatience({
    ms: 10_000,
    // A page that stood still has its timers fire when it goes on.
    timer: { ...timer, now: () => timer.now() + (isLate ? 3_600_000 : 0) },
    isHidden,
    again: () => told.push("again"),
    giveUp: () => told.push("gave up")
  })
  return { timer, told, patience, standStill: () => (isLate = true) }
}

describe("waiting for a worker", () => {
  it("gives one up that says nothing to a page in sight", async () => {
    const { timer, told, patience } = waiting()
    patience.begin()
    await timer.pass(9_999)
    expect(told).toEqual([])
    await timer.pass(1)
    expect(told).toEqual(["gave up"])
  })

  it("asks once more where the page was hidden meanwhile, or stood still", async () => {
    const hidden = waiting()
    hidden.patience.begin()
    await hidden.timer.pass(5_000)
    hidden.patience.hidden()
    await hidden.timer.pass(5_000)
    expect(hidden.told).toEqual(["again"])
    hidden.patience.hidden()
    await hidden.timer.pass(10_000)
    expect(hidden.told).toEqual(["again", "gave up"])

    const still = waiting()
    still.patience.begin()
    still.standStill()
    await still.timer.pass(10_000)
    expect(still.told).toEqual(["again"])

    const before = waiting(() => true)
    before.patience.begin()
    await before.timer.pass(10_000)
    expect(before.told).toEqual(["again"])
  })

  it("ends with the answer, and a new question begins anew", async () => {
    const { timer, told, patience } = waiting()
    patience.begin()
    patience.hidden()
    await timer.pass(6_000)
    patience.begin()
    await timer.pass(6_000)
    expect(told).toEqual([])
    patience.end()
    await timer.pass(60_000)
    expect(told).toEqual([])
  })
})
