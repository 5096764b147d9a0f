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
  const seen = [1, 15, 200].flatMap((colonists) => {
    const { report, galaxy: then } = stocked(colonists)
    return report.my_planets.flatMap(({ number }) => {
      const room = (taken: Taken) => roomOf(plus, classes, race, taken, "COL")
      const group = report.my_groups.find(
        (it) =>
          it.origin === undefined && it.destination === number && it.ships > 1 && room({ group: it, ships: 1 }) > 0
      )
      if (group === undefined) return []
      // All ships of a group but one, and then that one.
      const some: Order = { op: "load", group: group.number, goods: "COL", ships: group.ships - 1 }
      const left = withLoads(plus, report, linesOf([some], then)).my_planets.find((it) => it.number === number)!
      const accepted = (stock: number) => {
        const rest = loadOrders([{ group, ships: 1 }], "COL", undefined, room, stock)
        return forecast(then, 0, [some, ...rest]).map((it) => it.accepted)
      }
      return [{ now: accepted(left.colonists), byReport: accepted(colonists) }]
    })
  })
  expect(seen.filter(({ now }) => now.includes(false))).toEqual([])
  expect(new Set(seen.map(({ now }) => now.length))).toEqual(new Set([1, 2]))
  // By what the report has alone, the engine would refuse some of the second ones.
  expect(seen.some(({ byReport }) => byReport.includes(false))).toBe(true)
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
    const real = (number: number) => draft.planets.find((it) => it.number === number)!
    for (const { number, materials, capital } of [...shown.my_planets, ...shown.uninhabited_planets]) {
      expect([number, materials]).toEqual([number, expect.closeTo(real(number).materials, 1)])
      expect([number, capital]).toEqual([number, expect.closeTo(real(number).capital, 1)])
    }
    for (const { number, colonists, population, industry } of shown.my_planets) {
      expect([number, colonists]).toEqual([number, expect.closeTo(real(number).colonists, 1)])
      expect([number, population]).toEqual([number, expect.closeTo(real(number).population, 0)])
      expect([number, industry]).toEqual([number, expect.closeTo(real(number).industry, 0)])
      if (population > report.my_planets.find((it) => it.number === number)!.population) settled++
    }
  }
  expect([...ops].toSorted()).toEqual(["break_group", "load", "unload"])
  expect(settled).toBeGreaterThan(0)
})
