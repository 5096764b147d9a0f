import type { Order } from "@galaxy/contract/engine/Order"
import type { OwnGroup, Report } from "@galaxy/contract/engine/Report"
import { forecast } from "@galaxy/engine/orders/forecast"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { reporter } from "@galaxy/engine/report/reports"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { intentsOf, noIntents } from "@galaxy/web/core/map/intents"
import { withLoads } from "@galaxy/web/core/map/loads"
import { mapAction } from "@galaxy/web/core/map/keys"
import { choiceOf, choiceText, firstChoice } from "@galaxy/web/core/map/layers"
import { type Mode, ordersTo, targetOf, withOrders } from "@galaxy/web/core/map/mode"
import { planetView } from "@galaxy/web/core/map/planet"
import { optionOf, optionsOf, outcomeOf } from "@galaxy/web/core/map/production"
import { flightZone, inZone, ringsOf, slowest, speedWith } from "@galaxy/web/core/map/reach"
import { turnsFor } from "@galaxy/web/core/report/turnsFor"
import { sceneOf } from "@galaxy/web/core/map/scene"
import { chosenOf, ownRows, take } from "@galaxy/web/core/map/ships"
import { describe, expect, it } from "vitest"
import { played } from "./game.ts"

const { reports, galaxy } = played(14, 1)
const report = reports[0]!
const scene = sceneOf(report)
const lines = (...orders: ReadonlyArray<Order>) => orders.map((order, id) => ({ id, order, refused: false }))
const standing = report.my_groups.filter(({ origin, fleet }) => origin === undefined && fleet === undefined)

/** What a turn makes of a galaxy in which the first race alone gives orders, and that race's report of it. */
const turned = (before: Galaxy, orders: ReadonlyArray<Order>): { galaxy: Galaxy; report: Report } => {
  const next = nextGalaxy(before, { orders: new Map([[0, orders]]), banished: new Set() })
  return { galaxy: next.galaxy, report: reporter(next.galaxy, next.log)(0) }
}
const after = (orders: ReadonlyArray<Order>): Report => turned(galaxy, orders).report

describe("reach", () => {
  it("is the engine's own: its verdicts on sending agree for every planet", () => {
    const large = played(4, 1, 12)
    const near = large.reports[0]!
    const map = sceneOf(near)
    const zone = flightZone(plus, near)
    const group = near.my_groups.find(({ origin, speed }) => origin === undefined && speed > 0)!
    const others = map.spots.filter(({ number }) => number !== group.destination)
    const told = others.map(
      ({ number }) => forecast(large.galaxy, 0, [{ op: "send", group: group.number, planet: number }])[0]?.accepted
    )
    expect(others.map((spot) => inZone(map.space, zone, spot))).toEqual(told)
    expect(new Set(told).size).toBe(2)
  })

  it("counts turns as ships fly", () => {
    expect(turnsFor(plus, 20, 10)).toBe(2)
    expect(turnsFor(plus, 20.000_1, 10)).toBe(3)
    expect(turnsFor(plus, 0.5, 10)).toBe(1)
    expect(turnsFor(plus, 5, 0)).toBeUndefined()
    expect(ringsOf(slowest([{ speed: 12 }, { speed: 7 }]))).toEqual([7, 14, 21])
    expect(slowest([])).toBeUndefined()
    expect(slowest([{ speed: 0 }, { speed: 7 }])).toBeUndefined()
  })

  it("gives the report's speeds from a class, its levels and its load", () => {
    for (const group of report.my_groups) {
      const design = report.my_classes.find(({ name }) => name === group.class)
      if (design === undefined || group.fleet !== undefined) continue
      expect(speedWith(plus, design, group, group.load)).toBeCloseTo(group.speed, 1)
    }
  })
})

describe("ships at a planet", () => {
  const group = (number: number, ships: number, more: Partial<OwnGroup> = {}): OwnGroup => ({
    ...standing[0]!,
    number,
    ships,
    destination: 7,
    class: "Lancer",
    ...more
  })
  const rows = (...groups: ReadonlyArray<OwnGroup>) =>
    ownRows({ ...report, my_groups: groups }, scene.classes, 7, noIntents)

  it("are one row for each class and technology", () => {
    expect(
      rows(group(1, 2), group(2, 5), group(3, 1, { weapons: 9 }))
        .map(({ ships }) => ships)
        .toSorted((a, b) => a - b)
    ).toEqual([1, 7])
  })

  it("are named by as few orders as it takes", () => {
    const [row] = rows(group(1, 2), group(2, 5))
    expect(take(row!, 7)).toEqual([
      { group: 2, ships: 0 },
      { group: 1, ships: 0 }
    ])
    expect(take(row!, 6)).toEqual([
      { group: 2, ships: 0 },
      { group: 1, ships: 1 }
    ])
    expect(take(row!, 3)).toEqual([{ group: 2, ships: 3 }])
    expect(take(row!, 0)).toEqual([])
  })

  it("stay a fleet when all of it is meant", () => {
    const all = rows(group(1, 2, { fleet: "Home" }), group(2, 5, { fleet: "Home", weapons: 9 }), group(3, 1))
    const counts = (ships: (row: (typeof all)[number]) => number) => new Map(all.map((row) => [row.key, ships(row)]))
    expect(
      chosenOf(
        all,
        counts((row) => row.ships)
      )
    ).toEqual([{ fleet: "Home" }, { group: 3, ships: 0 }])
    expect(
      chosenOf(
        all,
        counts((row) => Math.min(row.ships, 2))
      )
    ).toEqual(
      expect.arrayContaining([
        { group: 1, ships: 0 },
        { group: 2, ships: 2 },
        { group: 3, ships: 0 }
      ])
    )
  })
})

describe("orders of the map", () => {
  const ship = standing.find(({ speed }) => speed > 0)!
  const zone = flightZone(plus, report)
  const end = report.my_planets.find(({ number }) => number !== ship.destination)!.number
  const mode: Mode = {
    _tag: "send",
    from: ship.destination,
    chosen: [{ group: ship.number, ships: 0 }],
    speed: ship.speed
  }

  it("are done by the engine, and arrive in as many turns as the hint says", () => {
    const target = targetOf(scene, plus, zone, mode, end)!
    const orders = ordersTo(mode, end)
    expect(target.refused).toBeUndefined()
    expect(forecast(galaxy, 0, orders)[0]?.accepted).toBe(true)
    const flown = after(orders).my_groups.find(({ number }) => number === ship.number)
    const left = flown?.distance === undefined ? 0 : turnsFor(plus, flown.distance, flown.speed)!
    expect(left).toBe(target.turns! - 1)
  })

  it("can't end where they begin, or out of reach", () => {
    expect(targetOf(scene, plus, zone, mode, ship.destination)?.refused).toBe("here")
    expect(targetOf(scene, plus, { ...zone, radius: 0.1 }, mode, end)?.refused).toBeUndefined()
    const wild = scene.spots.find(({ kind }) => kind !== "mine")!
    expect(targetOf(scene, plus, { ...zone, radius: 0.01 }, mode, wild.number)?.refused).toBe("outside")
    expect(targetOf(scene, plus, zone, { _tag: "choose" }, end)).toBeUndefined()
  })

  it("take the place of an earlier order for the same ships", () => {
    const before: ReadonlyArray<Order> = [
      { op: "send", group: 3, planet: 9 },
      { op: "send", group: 4, planet: 9, ships: 2 },
      { op: "send", fleet: "Home", planet: 9 }
    ]
    const now: ReadonlyArray<Order> = [
      { op: "send", group: 3, planet: 8 },
      { op: "send", group: 4, planet: 8 },
      { op: "send", fleet: "home", planet: 8 }
    ]
    expect(withOrders(before, now)).toEqual([before[1], ...now])
  })

  it("show as ghosts unless they are refused or taken back", () => {
    const send: Order = { op: "send", group: ship.number, planet: end }
    expect(intentsOf(report, lines(send)).sendings).toMatchObject([{ from: ship.destination, to: end }])
    expect(intentsOf(report, lines(send, { ...send, planet: ship.destination })).sendings).toEqual([])
    expect(intentsOf(report, [{ id: 1, order: send, refused: true }]).sendings).toEqual([])
    const route: Order = { op: "route", planet: end, goods: "col", to: ship.destination }
    const view = planetView(plus, report, scene, intentsOf(report, lines(route)), end)
    expect(view?.routes).toContainEqual({ goods: "COL", from: end, to: ship.destination, drafted: true })
    const ended = planetView(
      plus,
      report,
      scene,
      intentsOf(report, lines(route, { op: "route", planet: end, goods: "COL" })),
      end
    )
    expect(ended?.routes.filter(({ goods, from }) => goods === "COL" && from === end)).toEqual([])
  })
})

describe("loads of the draft", () => {
  it("make ships as heavy and as slow as the engine does", () => {
    const hauler = standing.find(({ class: name, load, destination }) => {
      const planet = report.my_planets.find(({ number }) => number === destination)
      return load === 0 && (planet?.colonists ?? 0) > 0 && (scene.classes.get(report.race, name)?.cargo ?? 0) > 0
    })!
    const load: Order = { op: "load", group: hauler.number, goods: "COL" }
    const send: Order = {
      op: "send",
      group: hauler.number,
      planet: scene.spots.find(({ kind }) => kind !== "mine")!.number
    }
    const then = withLoads(plus, report, lines(load)).my_groups.find(({ number }) => number === hauler.number)!
    const carried = after([load, send]).changes.find(
      ({ subject, number, what }) => subject === "group" && number === hauler.number && what === "load"
    )
    expect(then.goods).toBe("COL")
    expect(then.speed).toBeLessThan(hauler.speed)
    expect(then.load).toBeCloseTo(carried!.after, 1)
    const back = withLoads(plus, report, lines(load, { op: "unload", group: hauler.number }))
    expect(back.my_groups.find(({ number }) => number === hauler.number)).toMatchObject({
      goods: "-",
      load: 0,
      speed: expect.closeTo(hauler.speed, 1)
    })
  })

  it("leave the report as it is where nothing is loaded", () => {
    expect(withLoads(plus, report, lines({ op: "produce", planet: 1, product: "CAP" }))).toBe(report)
  })
})

describe("production", () => {
  const banked = (of: Report, planet: number) => of.yards.find((it) => it.planet === planet)?.banked ?? 0

  it("of every ship comes out as the engine makes it", () => {
    for (const option of optionsOf(report, noIntents).filter(({ _tag }) => _tag === "ships")) {
      const make = (planet: number): Order => ({ op: "produce", planet, product: option.product })
      const then = after(report.my_planets.map(({ number }) => make(number)))
      for (const planet of report.my_planets) {
        const outcome = outcomeOf(plus, report, planet, option)
        expect(forecast(galaxy, 0, [make(planet.number)])[0]?.accepted).toBe(true)
        expect(then.my_planets.find(({ number }) => number === planet.number)?.production).toBe(option.product)
        expect(outcome).toMatchObject({ _tag: "ships", kept: expect.closeTo(banked(then, planet.number), 0) })
      }
    }
  })

  it("of ships counts the points of the turns before", () => {
    const option = optionsOf(report, noIntents).find((it) => it._tag === "ships")!
    const orders = report.my_planets.map(
      ({ number }): Order => ({ op: "produce", planet: number, product: option.product })
    )
    const first = turned(galaxy, orders)
    const second = turned(first.galaxy, []).report
    const yards = first.report.yards
    expect(yards.reduce((sum, yard) => sum + yard.banked, 0)).toBeGreaterThan(10)
    for (const yard of yards) {
      const planet = first.report.my_planets.find(({ number }) => number === yard.planet)!
      const outcome = outcomeOf(plus, first.report, planet, option)
      expect(outcome).toMatchObject({ _tag: "ships", kept: expect.closeTo(banked(second, yard.planet), 0) })
    }
  })

  it("names a class that is called like a science or a product in full", () => {
    const [design] = report.my_classes
    const named = { ...report, my_classes: [{ ...design!, name: "Drive" }] }
    const [ship] = optionsOf(named, noIntents)
    expect(ship?.product).toBe("SHIP Drive")
    expect(optionOf(optionsOf(named, noIntents), "drive")?._tag).toBe("research")
  })

  it("can be what the draft designs", () => {
    const design: Order = {
      op: "design_class",
      name: "Needle",
      drive: 4,
      armament: 2,
      weapons: 3,
      shields: 0,
      cargo: 0
    }
    const found = optionOf(optionsOf(report, intentsOf(report, lines(design))), "needle")
    expect(found).toMatchObject({ _tag: "ships", mass: 8.5 })
  })
})

it("keys do the same where the layout isn't Latin", () => {
  const press = (key: string, code: string, more = {}) =>
    mapAction({ key, code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more })
  expect(press("s", "KeyS")).toEqual({ _tag: "send" })
  expect(press("ы", "KeyS")).toEqual({ _tag: "send" })
  expect(press("ю", "Period")).toEqual({ _tag: "own", step: 1 })
  expect(press("ArrowUp", "ArrowUp")).toEqual({ _tag: "pan", direction: "up" })
  expect(press("ArrowUp", "ArrowUp", { altKey: true })).toEqual({ _tag: "neighbour", direction: "up" })
  expect(press("s", "KeyS", { ctrlKey: true })).toBeUndefined()
  expect(press("+", "Equal", { shiftKey: true })).toEqual({ _tag: "zoom", step: 1 })
  expect(press("x", "KeyX")).toBeUndefined()
})

it("the choice of layers is kept, and an unknown one doesn't spoil it", () => {
  const choice = { colouring: "seen", layers: { ...firstChoice.layers, scouts: true, grid: false } } as const
  expect(choiceOf(choiceText(choice))).toEqual(choice)
  expect(choiceOf(null)).toEqual(firstChoice)
  expect(choiceOf("nonsense grid more")).toEqual({ ...firstChoice, layers: { ...firstChoice.layers, grid: false } })
})
