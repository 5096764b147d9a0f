/** Figures of the map's inspector are explained by what stands there. */
import type { Order } from "@galaxy/contract/engine/Order"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { withProducts } from "@galaxy/web/core/game/intents"
import { intentsOf } from "@galaxy/web/core/map/intents"
import { withLoads } from "@galaxy/web/core/map/loads"
import { planetView } from "@galaxy/web/core/map/planet"
import { sceneOf } from "@galaxy/web/core/map/scene"
import { explain, type Subject } from "@galaxy/web/core/report/why/explain"
import { figuresOfPlanet } from "@galaxy/web/core/report/why/figuresOfPlanet"
import type { Quantity } from "@galaxy/web/core/report/why/formula"
import type { Report } from "@galaxy/contract/engine/Report"
import { describe, expect, it } from "vitest"
import { played } from "./game.ts"

const { reports } = played(14, 9)

const drafted = (report: Report, orders: ReadonlyArray<Order>) => {
  const lines = orders.map((order, id) => ({ id, order, refused: false }))
  const intents = intentsOf(report, lines)
  const loaded = withLoads(plus, report, lines)
  const scene = sceneOf(report)
  const views = scene.spots.flatMap(({ number }) => planetView(plus, loaded, scene, intents, number) ?? [])
  return { report: withProducts(loaded, intents), views }
}
const valueOf = (report: Report, subject: Subject, of: Quantity) =>
  explain(plus, report, subject).find((it) => it.of === of)?.value

describe("what the inspector shows can be asked about", () => {
  it("the turns of all that is on its way are those of the group that it names", () => {
    // Nobody attacks in these turns, so others' ships are put on their ways here.
    const coming = (report: Report): Report => ({
      ...report,
      approaching_groups: [...report.unknown_planets, ...report.uninhabited_planets]
        .slice(0, 3)
        .map(({ number }, index) => ({
          origin: number,
          destination: report.my_planets[0]!.number,
          distance: 10 * (3 - index),
          mass: 50,
          speed: 7 + index
        }))
    })
    const all = reports.flatMap((it) => {
      const { report, views } = drafted(coming(it), [])
      return views.flatMap(({ arrivals }) => arrivals).map((arrival) => ({ report, ...arrival }))
    })
    for (const mine of [true, false]) {
      const some = all.filter((it) => it.mine === mine)
      expect(some.length).toBeGreaterThan(5)
      for (const { report, id, turns } of some) {
        const subject: Subject = mine ? { _tag: "group", number: id } : { _tag: "approaching", index: id }
        expect(valueOf(report, subject, "turns")).toBe(turns)
      }
    }
  })

  it("the speed of ships is that of the group that it names, with what the draft loads", () => {
    const hauls = ({ my_groups: groups, my_planets: planets }: Report): ReadonlyArray<Order> =>
      groups
        .filter(({ origin, destination, cargo, load }) => {
          const planet = planets.find(({ number }) => number === destination)
          return origin === undefined && cargo > 0 && load === 0 && (planet?.colonists ?? 0) > 0
        })
        .map(({ number }) => ({ op: "load", group: number, goods: "COL" }))
    const orders = reports.map(hauls)
    expect(orders.flat().length).toBeGreaterThan(0)
    let guests = 0
    for (const [at, it] of reports.entries()) {
      const { report, views } = drafted(it, orders[at]!)
      for (const row of views.flatMap(({ own }) => own)) {
        if (row.fleet !== undefined || row.speed <= 0) continue
        expect(valueOf(report, { _tag: "group", number: row.groups[0]!.number }, "speed")).toBeCloseTo(row.speed, 1)
      }
      for (const row of views.flatMap((view) => view.guests)) {
        expect(report.foreign_groups[row.index]).toMatchObject({ race: row.race, class: row.class, speed: row.speed })
        guests++
      }
    }
    expect(guests).toBeGreaterThan(5)
  })

  it("a planet's figures are those of its product, also of an ordered one", () => {
    const seen = reports.at(-1)!
    const [first] = seen.my_planets
    const made: Readonly<Record<string, Quantity>> = { CAP: "newCapital", MAT: "newMaterials", DRIVE: "newDrive" }
    for (const [product, figure] of Object.entries(made)) {
      const { report, views } = drafted(seen, [{ op: "produce", planet: first!.number, product }])
      const { outcome } = views.find(({ spot }) => spot.number === first!.number)!.production!
      const amount =
        outcome?._tag === "research" ? outcome.levels.drive : outcome?._tag === "ships" ? 0 : outcome?.amount
      expect(valueOf(report, { _tag: "planet", number: first!.number }, figure)).toBeCloseTo(amount!, 6)
    }
    const always = Object.entries(figuresOfPlanet).filter(([name]) => name !== "capital" && name !== "materials")
    for (const { number } of [...seen.my_planets, ...seen.foreign_planets]) {
      for (const [, figure] of always) expect(valueOf(seen, { _tag: "planet", number }, figure)).toBeDefined()
    }
  })
})
