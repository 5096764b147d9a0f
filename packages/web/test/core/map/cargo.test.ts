import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup } from "@galaxy/contract/engine/Report"
import { reporter } from "@galaxy/engine/report/reports"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { aboardOf, amountOf, loadOrders, roomOf, type Taken, unloadOrders } from "@galaxy/web/core/map/cargo"
import { sceneOf } from "@galaxy/web/core/map/scene"
import { forecast } from "@galaxy/engine/orders/forecast"
import { describe, expect, it } from "vitest"
import { played } from "./game.ts"

const { reports, galaxy } = played(14, 1)
const report = reports[0]!
const { classes } = sceneOf(report)
const room = (it: Taken) => roomOf(plus, classes, report.race, it, "COL")
const verdicts = (orders: ReadonlyArray<Order>) => forecast(galaxy, 0, orders).map(({ accepted }) => accepted)

/** Groups with room for colonists at a planet that has some. */
const cases = report.my_planets.flatMap((planet) => {
  const here = report.my_groups
    .filter(({ origin, destination }) => origin === undefined && destination === planet.number)
    .map((group): Taken => ({ group, ships: group.ships }))
    .filter((it) => room(it) > 0)
  return planet.colonists > 1 && here.length > 0 ? [{ planet, here }] : []
})

describe("loading so much", () => {
  it("has cases of a real game", () => {
    expect(cases.length).toBeGreaterThan(0)
  })

  it("is what the engine does, to the last hundredth that fits", () => {
    for (const { planet, here } of cases) {
      const space = here.reduce((sum, it) => sum + room(it), 0)
      for (const amount of [0.01, Math.min(space, planet.colonists) / 2, Math.min(space, planet.colonists)]) {
        const orders = loadOrders(here, "COL", amount, room, planet.colonists)
        expect(verdicts(orders)).toEqual(orders.map(() => true))
        const next = nextGalaxy(galaxy, { orders: new Map([[0, orders]]), banished: new Set() })
        const after = reporter(next.galaxy, next.log)(0)
        const loaded = after.changes
          .filter(({ cause, subject }) => cause === "loading" && subject === "planet")
          .reduce((sum, change) => sum + change.before - change.after, 0)
        expect(loaded).toBeCloseTo(Math.floor(amount * 100 + 1e-6) / 100, 1)
      }
    }
  })

  it("fills the holds where no amount is told, and names none where it fills them", () => {
    const [{ here }] = cases as [(typeof cases)[number]]
    const space = here.reduce((sum, it) => sum + room(it), 0)
    for (const amount of [undefined, space, space + 5]) {
      expect(loadOrders(here, "COL", amount, room, space + 9)).toEqual(
        here.map(({ group }) => ({ op: "load", group: group.number, goods: "COL" }))
      )
    }
  })

  it("orders nothing for ships that come after the stock is gone", () => {
    const ships = [1, 2, 3].map((number): Taken => ({ group: { number, ships: 1, load: 0 } as OwnGroup, ships: 1 }))
    const orders = (amount: number | undefined, stock: number) => loadOrders(ships, "MAT", amount, () => 4, stock)
    const all = { op: "load", goods: "MAT" }
    expect(orders(undefined, 6)).toEqual([
      { ...all, group: 1 },
      { ...all, group: 2 }
    ])
    expect(orders(undefined, 4)).toEqual([{ ...all, group: 1 }])
    expect(orders(11, 6)).toEqual([
      { ...all, group: 1 },
      { ...all, group: 2, amount: 2 }
    ])
    expect(orders(undefined, 0)).toEqual([])
  })

  it("an engine does all of it where there is less than room", () => {
    for (const { planet, here } of cases) {
      const space = here.reduce((sum, it) => sum + room(it), 0)
      const less = Math.min(planet.colonists, space / 2)
      const poor = {
        ...galaxy,
        planets: galaxy.planets.map((it) => (it.number === planet.number ? { ...it, colonists: less } : it))
      }
      const orders = loadOrders(here, "COL", undefined, room, less)
      expect(forecast(poor, 0, orders).map(({ accepted }) => accepted)).toEqual(orders.map(() => true))
      expect(orders.length).toBeGreaterThan(0)
    }
  })

  it("leaves out ships that carry something else, and those without a hold", () => {
    const [{ here }] = cases as [(typeof cases)[number]]
    const { group, ships } = here[0]!
    expect(room({ group: { ...group, goods: "MAT", load: 0.5 }, ships })).toBe(0)
    expect(room({ group: { ...group, class: "no such class" }, ships })).toBe(0)
    expect(loadOrders([{ group: { ...group, goods: "MAT", load: 0.5 }, ships }], "COL", 3, room, 9)).toEqual([])
  })
})

describe("unloading so much", () => {
  const group = (number: number, ships: number, load: number): OwnGroup =>
    ({ number, ships, load, goods: load > 0 ? "COL" : "-" }) as OwnGroup
  const three = [group(1, 2, 4), group(2, 1, 0), group(3, 5, 1)].map((it): Taken => ({ group: it, ships: it.ships }))

  it("empties one group after another", () => {
    expect(aboardOf(three)).toBe(13)
    expect(unloadOrders(three, 9.999)).toEqual([
      { op: "unload", group: 1 },
      { op: "unload", group: 3, amount: 1.99 }
    ])
    expect(unloadOrders(three, undefined)).toEqual([
      { op: "unload", group: 1 },
      { op: "unload", group: 3 }
    ])
  })

  it("names the ships where a group is parted", () => {
    expect(unloadOrders([{ group: group(3, 5, 1), ships: 2 }], 1.5)).toEqual([
      { op: "unload", group: 3, amount: 1.5, ships: 2 }
    ])
  })
})

it("an amount is typed with a point or a comma, and nothing else is one", () => {
  expect(["", " ", "2", "1.239", "1,5", ".5"].map(amountOf)).toEqual([undefined, undefined, 2, 1.23, 1.5, 0.5])
  for (const text of ["0", "-1", "x", "1e3", "1.2.3", ".", "0.001"]) expect(amountOf(text)).toBeNaN()
})
