import { type Combatant, fight } from "@galaxy/engine/battle/fight"
import { killChance, logOf } from "@galaxy/engine/formulas/shot"
import * as Random from "@galaxy/engine/random/Random"
import { maxProtocol } from "@galaxy/engine/rules/limits"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const bounds = { rounds: 1000, shots: 1_000_000, shotsWithoutLoss: 1_000_000 }

const ships = (side: number, count: number, guns: number, attack: number, defence: number): Combatant => ({
  side,
  ships: count,
  guns,
  logAttack: logOf(plus, attack),
  logDefence: logOf(plus, defence)
})

const duel = [[1], [0]]

describe("a battle", () => {
  it("doesn't take place when nobody can hurt anybody", () => {
    const wall = (side: number) => ships(side, 3, 1, 1, 4)
    assert.isUndefined(fight(Random.make("x"), [wall(0), wall(1)], duel, bounds))
    const unarmed = (side: number) => ships(side, 3, 0, 0, 0)
    assert.isUndefined(fight(Random.make("x"), [unarmed(0), unarmed(1)], duel, bounds))
    assert.isUndefined(fight(Random.make("x"), [ships(0, 1, 1, 9, 1), ships(1, 1, 1, 9, 1)], [[], []], bounds))
  })

  it("doesn't take place where nothing but rounding makes a hit possible", () => {
    // 5 is four times 1.25, but a unit in the last place may be left of logarithms' difference.
    const wall = { logAttack: Number.NEGATIVE_INFINITY, logDefence: logOf(plus, 1.25) + 1 - 2e-16 }
    const gun = ships(0, 1, 1, 1.25, 1)
    assert.isUndefined(fight(Random.make("x"), [gun, { ...ships(1, 1, 0, 0, 1), ...wall }], duel, bounds))
    for (const [attack, defence] of [
      [1.25, 5],
      [2.6, 10.4],
      [0.1, 0.4],
      [1 / 3, 4 / 3]
    ] as const) {
      assert.strictEqual(killChance(plus, attack, defence), 0)
      assert.strictEqual(killChance(plus, defence, attack), 1)
    }
  })

  it("is over when one side is gone, and the guns that are left don't fire", () => {
    const outcome = fight(Random.make("over"), [ships(0, 1, 1000, 100, 1000), ships(1, 5, 0, 0, 1)], duel, bounds)
    assert.deepStrictEqual(outcome?.left, [1, 0])
    assert.deepStrictEqual([outcome?.shots, outcome?.rounds], [5, 1])
  })

  it("ends undecided when those who are left can't hurt each other", () => {
    // Guns that kill drones but not each other's forts.
    const outcome = fight(
      Random.make("draw"),
      [ships(0, 1, 1, 10, 40), ships(1, 1, 1, 10, 40), ships(1, 10, 0, 0, 0)],
      duel,
      bounds
    )
    assert.deepStrictEqual(outcome?.left, [1, 1, 0])
  })

  it("that can't end is ended by its bounds, as it stands", () => {
    const hardly = (side: number) => ships(side, 1, 1, 1.000_000_01, 4)
    const outcome = fight(Random.make("long"), [hardly(0), hardly(1)], duel, { ...bounds, rounds: 50 })
    assert.deepStrictEqual([outcome?.left, outcome?.rounds], [[1, 1], 50])
    const shot = fight(Random.make("long"), [hardly(0), hardly(1)], duel, { ...bounds, rounds: 1_000_000, shots: 30 })
    assert.deepStrictEqual([shot?.left, shot?.shots], [[1, 1], 30])
    const dull = { ...bounds, rounds: 1_000_000, shotsWithoutLoss: 40 }
    assert.strictEqual(fight(Random.make("long"), [hardly(0), hardly(1)], duel, dull)?.shots, 40)
    // A loss begins the count anew.
    const prey = [ships(0, 1, 1, 100, 1000), ships(1, 200, 1, 1, 1)]
    assert.deepStrictEqual(fight(Random.make("prey"), prey, duel, { ...dull, shotsWithoutLoss: 500 })?.left, [1, 0])
  })

  it("keeps a protocol of bounded length, and totals of everything", () => {
    const outcome = fight(
      Random.make("protocol"),
      [ships(0, 3000, 1, 10, 10), ships(1, 3000, 1, 10, 10), ships(1, 3000, 1, 10, 10)],
      duel,
      bounds
    )
    assert.strictEqual(outcome?.protocol.length, maxProtocol)
    assert.isAbove(outcome?.omitted ?? 0, 0)
    const total = outcome?.totals.reduce((sum, it) => sum + it[2], 0)
    assert.strictEqual(total, outcome?.shots)
    const destroyed = outcome?.totals.reduce((sum, it) => sum + it[3], 0)
    assert.strictEqual(destroyed, 9000 - (outcome?.left.reduce((sum, it) => sum + it, 0) ?? 0))
  })

  it("writes equal shots one after another in one line, and none that could do nothing", () => {
    const outcome = fight(
      Random.make("lines"),
      [ships(0, 4, 5, 100, 1000), ships(1, 20, 1, 1, 1), ships(1, 1, 0, 0, 1e9)],
      duel,
      bounds
    )
    assert.deepStrictEqual(outcome?.left, [4, 0, 1])
    assert.strictEqual(outcome?.protocol.length, 1)
    assert.deepStrictEqual(outcome?.protocol[0], [0, 1, 1, 20])
  })

  it("is one among all enemies together: three sides each against the others", () => {
    const all = [0, 1, 2].map((side) => ships(side, 10, 1, 10, 10))
    const wins = [0, 0, 0]
    for (let seed = 0; seed < 600; seed++) {
      const outcome = fight(
        Random.make("three", seed),
        all,
        [
          [1, 2],
          [0, 2],
          [0, 1]
        ],
        bounds
      )
      for (const [side, left] of (outcome?.left ?? []).entries()) if (left > 0) wins[side] = (wins[side] ?? 0) + 1
    }
    // A third each; five standard errors are 58.
    for (const won of wins) assert.isTrue(Math.abs(won - 200) < 58, `${won} of 600`)
  })

  it("depends on ships, not on how they are grouped", () => {
    const mean = (groups: ReadonlyArray<Combatant>): number => {
      let sum = 0
      for (let seed = 0; seed < 800; seed++) {
        const left = fight(Random.make("split", seed), groups, duel, bounds)?.left ?? []
        sum += groups.reduce((all, it, at) => all + (it.side === 0 ? (left[at] ?? 0) : 0), 0)
      }
      return sum / 800
    }
    const whole = mean([ships(0, 12, 1, 10, 10), ships(1, 9, 1, 10, 10)])
    const split = mean([
      ...Array.from({ length: 12 }, () => ships(0, 1, 1, 10, 10)),
      ships(1, 4, 1, 10, 10),
      ships(1, 5, 1, 10, 10)
    ])
    assert.isTrue(Math.abs(whole - split) < 0.8, `${whole} and ${split}`)
  })

  it.prop("never makes ships, and counts what it destroys", [Schema.Int, Schema.Int], ([seed, size]) => {
    const random = Random.make("any", seed)
    const groups = Array.from({ length: 2 + (Math.abs(size) % 6) }, (_, at) =>
      ships(at % 3, random.below(30), random.below(4), random.between(0.1, 30), random.between(0, 30))
    )
    const outcome = fight(Random.make("fight", seed), groups, [[1, 2], [0], [0]], bounds)
    if (outcome === undefined) return
    for (const [at, group] of groups.entries()) {
      const left = outcome.left[at] ?? -1
      assert.isTrue(left >= 0 && left <= group.ships)
      const destroyed = outcome.totals.reduce((sum, it) => sum + (it[1] === at ? it[3] : 0), 0)
      assert.strictEqual(group.ships - left, destroyed)
    }
    for (const [attacker, target] of outcome.totals) {
      assert.notStrictEqual(groups[attacker]?.side, groups[target]?.side)
    }
  })
})
