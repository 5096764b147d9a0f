/**
 * The engine under load: turns and reports of games of many sizes, one big battle, and long lists of orders.
 *
 * A game has 10 planets and 40 groups a player, a third of them in space and some abroad, and 30 orders a player.
 */
import { fight } from "@galaxy/engine/battle/fight"
import { killChance, logOf } from "@galaxy/engine/formulas/shot"
import * as Random from "@galaxy/engine/random/Random"
import { reportsOf } from "@galaxy/engine/report/reports"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { canonicalJson } from "@galaxy/engine/state/canonical"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { decisionsFor, mature } from "./games.ts"
import { median } from "./measure.ts"
import { worstLists } from "./orders.ts"

const warmUpMs = 1_000

/** Milliseconds that some work takes: the median of some runs, once the code is compiled. */
const timed = (runs: number, work: () => unknown): number => {
  const began = performance.now()
  do work()
  while (performance.now() - began < warmUpMs)
  return median(
    Array.from({ length: runs }, () => {
      const started = performance.now()
      work()
      return performance.now() - started
    })
  )
}

const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(11)

/** Turns of games of growing size, and how time grows with what there is. */
const turns = () => {
  console.log("\nA turn of a Galaxy game, 10 planets, 40 groups and 30 orders a player (one core)")
  console.log(
    "  players  planets+groups       turn    reports        sum   per planet+group   against 10   state    heap"
  )
  let first: number | undefined
  for (const players of [10, 50, 200]) {
    const galaxy = mature(players)
    const decisions = decisionsFor(galaxy)
    const things = galaxy.planets.length + galaxy.races.reduce((sum, race) => sum + race.groups.length, 0)
    const turn = timed(7, () => nextGalaxy(galaxy, decisions))
    const made = nextGalaxy(galaxy, decisions)
    const reports = timed(7, () => reportsOf(made.galaxy, made.log))
    const each = ((turn + reports) / things) * 1000
    first ??= each
    const state = canonicalJson(made.galaxy).length / 1e6
    const heap = process.memoryUsage().heapUsed / 1e6
    console.log(
      `  ${String(players).padStart(7)}  ${String(things).padStart(14)} ${ms(turn)}${ms(reports)}${ms(turn + reports)}   ` +
        `${`${each.toFixed(1)} us`.padStart(16)}   ${(each / first).toFixed(2).padStart(10)}   ` +
        `${state.toFixed(1)} MB  ${heap.toFixed(0)} MB`
    )
  }
}

const battle = () => {
  const size = 20_000
  const strength = { attack: 10, defence: 10 }
  const side = (index: number) => ({
    side: index,
    ships: size,
    guns: 1,
    logAttack: logOf(plus, strength.attack),
    logDefence: logOf(plus, strength.defence)
  })
  const many = (index: number) => Array.from({ length: 100 }, () => ({ ...side(index), ships: size / 100 }))
  const run = (combatants: ReadonlyArray<ReturnType<typeof side>>) => {
    let shots = 0
    const time = timed(5, () => {
      const outcome = fight(Random.make("battle"), combatants, [[1], [0]], {
        rounds: plus.battleRounds,
        shots: plus.battleShots,
        shotsWithoutLoss: plus.battleShotsWithoutLoss
      })
      shots = outcome?.shots ?? 0
    })
    return `${ms(time)}  ${shots.toLocaleString("en")} shots`
  }
  console.log(
    `\nA battle of ${size.toLocaleString("en")} against as many, kill chance ${killChance(plus, 10, 10).toFixed(2)}`
  )
  console.log(`  one group a side        ${run([side(0), side(1)])}`)
  console.log(`  a hundred groups a side ${run([...many(0), ...many(1)])}`)
}

export const engineUnderLoad = (): void => {
  turns()
  battle()
  worstLists()
}
