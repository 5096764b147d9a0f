/** What comes of a planet that gives up a ship for something else, against the engine's next turn. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { reporter } from "@galaxy/engine/report/reports"
import { plus } from "@galaxy/engine/rules/Ruleset"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { withProducts } from "@galaxy/web/core/game/intents"
import { intentsOf, noIntents } from "@galaxy/web/core/map/intents"
import { lossOf, optionsOf, outcomeOf } from "@galaxy/web/core/map/production"
import { explain } from "@galaxy/web/core/report/why/explain"
import type { Quantity } from "@galaxy/web/core/report/why/formula"
import { expect, it } from "vitest"
import { played } from "../map/game.ts"

const turned = (before: Galaxy, orders: ReadonlyArray<Order>) => {
  const next = nextGalaxy(before, { orders: new Map([[0, orders]]), banished: new Set() })
  return { galaxy: next.galaxy, report: reporter(next.galaxy, next.log)(0) }
}
const start = played(14, 1)
const numbersOf = ({ my_planets: planets }: Report) => planets.map(({ number }) => number)
const make = (report: Report, product: string) =>
  numbersOf(report).map((planet): Order => ({ op: "produce", planet, product }))

/** A turn in which every planet has paid for part of a ship, and has some ore or none. */
const begun = (() => {
  const cargo = 7
  const ship: Order = { op: "design_class", name: "Hulk", drive: 60, armament: 0, weapons: 0, shields: 900, cargo }
  const first = turned(start.galaxy, [ship, ...make(start.reports[0]!, "Hulk")])
  const own = numbersOf(first.report)
  const ore = (number: number) => [0, 3, 25][own.indexOf(number) % 3]!
  const change = <A extends { number: number; materials: number }>(it: A): A =>
    own.includes(it.number) ? { ...it, materials: ore(it.number) } : it
  const { galaxy, report } = first
  return {
    galaxy: { ...galaxy, planets: galaxy.planets.map(change) },
    report: { ...report, my_planets: report.my_planets.map(change) }
  }
})()

it("ore of the hull is used for what is made instead, and the rest of it is kept", () => {
  const { report, galaxy } = begun
  const kinds = new Set<string>()
  for (const option of optionsOf(report, noIntents).filter(({ product }) => product !== "Hulk")) {
    const orders = make(report, option.product)
    const then = turned(galaxy, orders).report
    const lines = orders.map((order, id) => ({ id, order, refused: false }))
    const drafted = withProducts(report, intentsOf(report, lines))
    for (const planet of report.my_planets) {
      const { number } = planet
      const added = (what: string, ...causes: ReadonlyArray<string>) =>
        then.changes
          .filter((it) => it.subject === "planet" && it.number === number && it.what === what)
          .filter(({ cause }) => causes.includes(cause))
          .reduce((sum, it) => sum + it.after - it.before, 0)
      const figures = explain(plus, drafted, { _tag: "planet", number })
      const why = (of: Quantity) => figures.find((it) => it.of === of)?.value ?? 0
      const outcome = outcomeOf(plus, report, planet, option)
      const ore = lossOf(plus, report, planet, option)?.ore ?? 0
      const real = {
        ore: added("materials", "production_change"),
        capital: added("capital", "production"),
        mined: added("materials", "production"),
        banked: then.yards.find((it) => it.planet === number)?.banked ?? 0
      }
      const shown = (value: number) => [option.product, number, value]
      const near = (value: number, digits = 1) => [option.product, number, expect.closeTo(value, digits)]
      expect(shown(ore)).toEqual(near(real.ore))
      expect(shown(why("oreReturned"))).toEqual(near(real.ore))
      if (ore > 0) kinds.add(option._tag)
      const told = {
        capital: outcome._tag === "capital" ? outcome.amount : 0,
        mined: outcome._tag === "materials" ? outcome.amount : 0,
        kept: outcome._tag === "ships" ? outcome.kept : 0
      }
      expect(shown(told.capital)).toEqual(near(real.capital))
      expect(shown(why("newCapital"))).toEqual(near(real.capital))
      expect(shown(told.kept)).toEqual(near(real.banked))
      // A rounded point is ten times as much ore; what else is made of ore takes it from the stock.
      expect(shown(told.mined)).toEqual(near(Math.max(0, real.mined), 0))
      expect(shown(why("newMaterials"))).toEqual(near(Math.max(0, real.mined), 0))
      expect(shown(why("shipsBuilt"))).toEqual(shown(outcome._tag === "ships" ? outcome.ships : 0))
    }
  }
  expect([...kinds].toSorted()).toEqual(expect.arrayContaining(["capital", "materials", "research", "ships"]))
})
