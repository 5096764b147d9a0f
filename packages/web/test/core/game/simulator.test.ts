import { plus } from "@galaxy/engine/rules/Ruleset"
import {
  chosenFoe,
  foeKey,
  maxFights,
  maxSimulatedShips,
  type SimulatedShips,
  simulation
} from "@galaxy/web/core/game/simulator"
import { simulatorWords } from "@galaxy/web/core/words/simulatorWords"
import { describe, expect, it } from "vitest"

const techs = { drive: 1, weapons: 1, shields: 1, cargo: 1 }
const of = (ships: number, design: Partial<SimulatedShips["design"]>): SimulatedShips => ({
  ships,
  techs,
  design: { drive: 10, armament: 0, weapons: 0, shields: 0, cargo: 0, ...design }
})
const cruisers = (ships: number) => of(ships, { armament: 1, weapons: 10, shields: 10 })

const fought = (mine: SimulatedShips, theirs: SimulatedShips, seed = "s") => {
  const fights = simulation(plus, mine, theirs, seed)
  while (!fights.isDone()) fights.next()
  return fights.odds()
}

describe("the fight simulator", () => {
  it("equal sides win about as often, and a larger one nearly always", () => {
    const even = fought(cruisers(5), cruisers(5))
    expect(even.fights).toBe(maxFights)
    expect(even.won + even.lost).toBe(even.fights)
    expect(Math.abs(even.won - even.lost)).toBeLessThan(60)
    expect(fought(cruisers(10), cruisers(5)).won).toBeGreaterThan(190)
  })

  it("counts the ships that are left, and who has no guns never wins", () => {
    const { won, lost, mineLeft, theirsLeft } = fought(cruisers(3), of(7, {}))
    expect([won, lost, mineLeft, theirsLeft]).toEqual([maxFights, 0, 3, 0])
    const helpless = fought(of(7, {}), cruisers(3))
    expect([helpless.won, helpless.lost, helpless.theirsLeft]).toEqual([0, maxFights, 3])
  })

  it("nobody wins where nobody can hurt the other", () => {
    const walls = of(4, { armament: 1, weapons: 1, shields: 50 })
    expect(fought(walls, walls)).toEqual({ fights: maxFights, won: 0, lost: 0, mineLeft: 4, theirsLeft: 4 })
  })

  it("the same seed gives the same fights, and the largest ones stay within their bounds", () => {
    expect(fought(cruisers(8), cruisers(9))).toEqual(fought(cruisers(8), cruisers(9)))
    expect(fought(cruisers(8), cruisers(9))).not.toEqual(fought(cruisers(8), cruisers(9), "t"))
    const huge = of(1e9, { armament: 3, weapons: 12, shields: 70 })
    const { fights, mineLeft } = fought(huge, huge)
    expect(fights).toBeLessThan(maxFights)
    expect(mineLeft).toBeLessThanOrEqual(maxSimulatedShips)
  })

  it("fights the class that was chosen, wherever the list has it", () => {
    const [one, other] = [
      { race: "A", name: "Wall" },
      { race: "B", name: "Wall" }
    ]
    expect(chosenFoe([one, other], foeKey(other))).toBe(other)
    expect(chosenFoe([other, one], foeKey(other))).toBe(other)
    expect(chosenFoe([one], foeKey(other))).toBe(one)
    expect(chosenFoe([], foeKey(other))).toBeUndefined()
  })

  it("has its words in every language", () => {
    for (const { of: fights } of Object.values(simulatorWords)) expect(fights(5)).toContain("5")
  })
})
