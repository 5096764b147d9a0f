/** What is left on planets with the draft's loads, against the engine's own execution of the same orders. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { executeAll } from "@galaxy/engine/orders/execute"
import { forecast } from "@galaxy/engine/orders/forecast"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { draftOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { loadOrders, roomOf, type Taken } from "@galaxy/web/core/map/cargo"
import { withLoads } from "@galaxy/web/core/map/loads"
import { sceneOf } from "@galaxy/web/core/map/scene"
import { expect, it } from "vitest"
import { numbers } from "./numbers.ts"
import { played } from "./game.ts"

const { reports, galaxy } = played(14, 1)
const { classes } = sceneOf(reports[0]!)
const race = reports[0]!.race

/** The same stocks on each of the reader's planets, with room for people on every second one. */
const stocked = (colonists: number) => {
  const stock = { capital: 20, materials: 30, colonists }
  const change = <A extends { number: number; size: number; population: number }>(it: A): A => ({
    ...it,
    ...stock,
    population: it.number % 2 === 0 ? it.population : it.population / 2
  })
  const own = new Set(reports[0]!.my_planets.map(({ number }) => number))
  const report: Report = { ...reports[0]!, my_planets: reports[0]!.my_planets.map(change) }
  const then: Galaxy = { ...galaxy, planets: galaxy.planets.map((it) => (own.has(it.number) ? change(it) : it)) }
  return { report, galaxy: then }
}

const linesOf = (orders: ReadonlyArray<Order>, then: Galaxy) => {
  const verdicts = forecast(then, 0, orders)
  return orders.map((order, id) => ({ id, order, refused: verdicts[id]?.accepted !== true }))
}

it("a second order to load has what the first one leaves", () => {
  let gone = 0
  let left = 0
  for (const colonists of [1, 15, 200]) {
    const { report, galaxy: then } = stocked(colonists)
    for (const { number } of report.my_planets) {
      const room = (taken: Taken) => roomOf(plus, classes, race, taken, "COL")
      const here = report.my_groups
        .filter(({ origin, destination }) => origin === undefined && destination === number)
        .map((group): Taken => ({ group, ships: group.ships }))
        .filter((taken) => room(taken) > 0)
      // All ships of a group but one, and then that one.
      const [first] = here
      if (first === undefined || first.ships < 2) continue
      const some: Order = { op: "load", group: first.group.number, goods: "COL", ships: first.ships - 1 }
      const planet = withLoads(plus, report, linesOf([some], then)).my_planets.find((it) => it.number === number)!
      const rest: Taken = { group: first.group, ships: 1 }
      const second = loadOrders([rest], "COL", undefined, room, planet.colonists)
      expect(forecast(then, 0, [some, ...second]).every(({ accepted }) => accepted)).toBe(true)
      if (second.length > 0) left++
      else {
        gone++
        // As it was: by the report alone there would be something to load.
        const wrong = loadOrders([rest], "COL", undefined, room, colonists)
        expect(forecast(then, 0, [some, ...wrong]).at(-1)?.accepted).toBe(false)
      }
    }
  }
  expect([gone > 0, left > 0]).toEqual([true, true])
})

it("planets have what the engine leaves them, whatever is loaded and unloaded", () => {
  const next = numbers(7)
  const pick = <A>(from: ReadonlyArray<A>): A => from[Math.floor(next() * from.length)]!
  const ops = new Set<string>()
  let settled = 0
  for (let round = 0; round < 60; round++) {
    const { report, galaxy: then } = stocked(pick([2, 40]))
    const carriers = report.my_groups.filter(({ origin, cargo }) => origin === undefined && cargo > 0)
    const orders = Array.from({ length: 8 }, (): Order => {
      const { number, ships } = pick(carriers)
      const op = pick(["load", "load", "unload", "break"] as const)
      const part = next() < 0.4 && ships > 1 ? { ships: 1 + Math.floor(next() * (ships - 1)) } : {}
      if (op === "break") return { op: "break_group", group: number, ...part }
      const amount = next() < 0.4 ? { amount: 0.5 + Math.floor(next() * 6) } : {}
      return { op, group: number, ...part, ...amount, ...(op === "load" ? { goods: pick(["COL", "CAP", "MAT"]) } : {}) }
    })
    const lines = linesOf(orders, then)
    for (const { order, refused } of lines) if (!refused) ops.add(order.op)
    const draft = draftOf(then)
    executeAll(draft, raceOf(draft, 0), orders)
    const shown = withLoads(plus, report, lines)
    for (const planet of [...shown.my_planets, ...shown.uninhabited_planets]) {
      const real = draft.planets.find(({ number }) => number === planet.number)!
      expect([planet.number, planet.materials]).toEqual([planet.number, expect.closeTo(real.materials, 1)])
      expect([planet.number, planet.capital]).toEqual([planet.number, expect.closeTo(real.capital, 1)])
      if (!("colonists" in planet)) continue
      expect([planet.number, planet.colonists]).toEqual([planet.number, expect.closeTo(real.colonists, 1)])
      expect([planet.number, planet.population]).toEqual([planet.number, expect.closeTo(real.population, 0)])
      expect([planet.number, planet.industry]).toEqual([planet.number, expect.closeTo(real.industry, 0)])
      if (planet.population > report.my_planets.find(({ number }) => number === planet.number)!.population) settled++
    }
  }
  expect([...ops].toSorted()).toEqual(["break_group", "load", "unload"])
  expect(settled).toBeGreaterThan(0)
})
