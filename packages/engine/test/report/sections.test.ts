/** Each section of a report that speaks of ships, sciences, fights and other races' planets, with all of its numbers. */
import { Report } from "@galaxy/contract/engine/Report"
import { decode, encode, type JsonObject } from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { reportsOf } from "@galaxy/engine/report/reports"
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import { makeTurn, nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, lone, nothing, ordersOf, raceName } from "../support/games.ts"

const drone = { name: "Drone", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
const freighter = { name: "Freighter", drive: 8, armament: 0, weapons: 0, shields: 2, cargo: 10 }
const cruiser = { name: "Cruiser", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 }

const group = (number: number, change: Partial<Group>): Group => ({
  ...lone,
  number,
  class: "Drone",
  techs: { drive: 1, weapons: 0, shields: 0, cargo: 0 },
  ...change
})

/** Race 0 on planet 1 at (10, 10), race 1 on planet 2 at (30, 10); planet 3 at (10, 20) is nobody's; 4 is far away. */
const scene = (groups: { readonly [race: number]: ReadonlyArray<Group> }, change: Partial<Galaxy> = {}): Galaxy => {
  const galaxy = galaxyOf(
    [
      { x: 10, y: 10, name: "Home", routes: { capital: 3, empty: 2 } },
      {
        owner: 1,
        x: 30,
        y: 10,
        name: "Lair",
        size: 800.006,
        population: 700,
        industry: 300,
        resources: 3,
        capital: 1,
        materials: 2,
        colonists: 3,
        production: { kind: "science", science: "Lore" }
      },
      {
        owner: null,
        x: 10,
        y: 20,
        name: "Rock",
        size: 300,
        population: 0,
        industry: 0,
        production: null,
        materials: 4
      },
      { owner: 1, x: 60, y: 60, production: { kind: "ships", class: "Cruiser", banked: 100.5 } }
    ],
    { turn: 7, ...change }
  )
  return {
    ...galaxy,
    races: galaxy.races.map((race, index) => ({
      ...race,
      classes: [freighter, drone, cruiser],
      sciences: index === 1 ? [{ name: "Lore", drive: 1 / 3, weapons: 2 / 3, shields: 0, cargo: 0 }] : [],
      groups: groups[index] ?? []
    }))
  }
}

const reportOf = (galaxy: Galaxy, race = 0): Report => reportsOf(galaxy, [])[race]!

describe("own ships", () => {
  const galaxy = scene({
    0: [
      group(1, {
        class: "Freighter",
        ships: 3,
        techs: { drive: 1, weapons: 0, shields: 1, cargo: 2 },
        goods: "colonists",
        load: 10
      }),
      group(4, { fleet: "Old" }),
      group(5, { fleet: "Old", class: "Cruiser", techs: { drive: 1, weapons: 1, shields: 1, cargo: 0 } }),
      group(9, { at: 1, to: 3, distance: 2.5 })
    ]
  })
  const report = reportOf(galaxy)

  it("are listed with class, levels, load, course, mass and state", () => {
    assert.deepStrictEqual(report.my_groups[0], {
      number: 1,
      ships: 3,
      class: "Freighter",
      drive: 1,
      weapons: 0,
      shields: 1,
      cargo: 2,
      goods: "COL",
      load: 10,
      mass: 25,
      destination: 1,
      speed: 6.4,
      state: "In_Orbit"
    })
    assert.deepInclude(report.my_groups[3], { number: 9, destination: 3, origin: 1, distance: 2.5, state: "In_Space" })
  })

  it("of a fleet are as fast as its slowest", () => {
    assert.deepStrictEqual(
      report.my_groups.map((it) => [it.number, it.fleet, it.speed]),
      [
        [1, undefined, 6.4],
        [4, "Old", 6.67],
        [5, "Old", 6.67],
        [9, undefined, 20]
      ]
    )
    assert.deepStrictEqual(report.my_fleets, [
      { number: 1, name: "Old", groups: 2, destination: 1, speed: 6.67, state: "In_Orbit" }
    ])
  })

  it("have their classes listed by name with the mass of the empty ship", () => {
    assert.deepStrictEqual(
      report.my_classes.map((it) => [it.name, it.mass]),
      [
        ["Cruiser", 45],
        ["Drone", 1],
        ["Freighter", 20]
      ]
    )
  })

  it("leave by routes, which are listed by what they carry", () => {
    assert.deepStrictEqual(report.routes, [{ planet: 1, name: "Home", capital: 3, empty: 2 }])
  })
})

describe("what others have", () => {
  const away = group(1, { at: 2 })

  it("is unknown without a ship there", () => {
    const report = reportOf(scene({ 1: [group(1, { at: 2 })] }))
    assert.deepStrictEqual(
      [report.foreign_planets, report.uninhabited_planets, report.foreign_groups, report.foreign_sciences],
      [[], [], [], []]
    )
    assert.deepStrictEqual(report.foreign_classes, [])
    assert.deepStrictEqual(
      report.unknown_planets.map((it) => it.number),
      [2, 3, 4]
    )
  })

  it("is seen whole from a ship there: planet, science, groups and their classes", () => {
    const report = reportOf(
      scene({
        0: [away],
        1: [
          group(3, {
            at: 2,
            class: "Freighter",
            ships: 2,
            fleet: "Secret",
            goods: "materials",
            load: 5,
            techs: { drive: 1, weapons: 0, shields: 1, cargo: 1 }
          }),
          group(4, { at: 2, fleet: "Secret" })
        ]
      })
    )
    assert.deepStrictEqual(report.foreign_planets, [
      {
        owner: raceName(1),
        number: 2,
        name: "Lair",
        x: 30,
        y: 10,
        size: 800.01,
        population: 700,
        industry: 300,
        resources: 3,
        production: "Lore",
        capital: 1,
        materials: 2,
        colonists: 3,
        free_points: 400
      }
    ])
    assert.deepStrictEqual(report.foreign_sciences, [
      { race: raceName(1), name: "Lore", drive: 0.33, weapons: 0.67, shields: 0, cargo: 0 }
    ])
    assert.deepStrictEqual(
      report.foreign_classes.map((it) => [it.race, it.name]),
      [
        [raceName(1), "Drone"],
        [raceName(1), "Freighter"]
      ]
    )
    assert.deepStrictEqual(report.foreign_groups[0], {
      race: raceName(1),
      ships: 2,
      class: "Freighter",
      drive: 1,
      weapons: 0,
      shields: 1,
      cargo: 1,
      goods: "MAT",
      load: 5,
      mass: 25,
      destination: 2,
      speed: 6.4
    })
    // A drone in a slow fleet looks like any other.
    assert.strictEqual(report.foreign_groups[1]?.speed, 20)
  })

  it("is seen at own planets without a ship there", () => {
    const report = reportOf(scene({ 1: [group(3, { at: 1 })] }))
    assert.deepStrictEqual(
      report.foreign_groups.map((it) => it.destination),
      [1]
    )
  })

  it("and what nobody has is seen from a ship there", () => {
    const report = reportOf(scene({ 0: [group(1, { at: 3 })] }))
    assert.deepStrictEqual(report.uninhabited_planets, [
      { number: 3, name: "Rock", x: 10, y: 20, size: 300, resources: 10, capital: 0, materials: 4 }
    ])
  })

  it("is a ship under construction to whoever looks at the yard; the price is the owner's", () => {
    const galaxy = scene({ 0: [group(1, { at: 4 })] })
    assert.strictEqual(reportOf(galaxy).foreign_planets[0]?.production, "Cruiser")
    assert.deepStrictEqual(
      reportOf(galaxy).foreign_classes.map((it) => it.name),
      ["Cruiser"]
    )
    assert.deepStrictEqual(reportOf(galaxy, 1).yards, [
      { planet: 4, name: "4", class: "Cruiser", price: 450, banked: 100.5, free_points: 1000 }
    ])
    assert.deepStrictEqual(reportOf(galaxy).yards, [])
  })
})

describe("in space", () => {
  it("a group that comes is told of with course, speed and mass, another with its place only", () => {
    const report = reportOf(
      scene({
        1: [
          group(1, {
            at: 2,
            to: 1,
            distance: 15,
            class: "Cruiser",
            ships: 4,
            techs: { drive: 1, weapons: 1, shields: 1, cargo: 0 }
          }),
          group(2, { at: 2, to: 3, distance: 11.18 })
        ]
      })
    )
    assert.deepStrictEqual(report.approaching_groups, [
      { origin: 2, destination: 1, distance: 15, speed: 6.67, mass: 180 }
    ])
    assert.deepStrictEqual(report.unidentified_groups, [{ x: 20, y: 15 }])
  })

  it("nothing is seen beyond thirty light years a level of drive, across the edge either", () => {
    const far = [group(1, { at: 4, to: 1, distance: 60 })]
    assert.deepStrictEqual(reportOf(scene({ 1: far })).approaching_groups, [])
    const galaxy = scene({ 1: [group(1, { at: 4, to: 1, distance: 29.9 })] })
    assert.strictEqual(reportOf(galaxy).approaching_groups.length, 1)
    const better = scene({ 1: far })
    const races = better.races.map((race) => ({ ...race, techs: { ...race.techs, drive: 2.01 } }))
    assert.strictEqual(reportOf({ ...better, races }).approaching_groups.length, 1)
    // A place near the other edge is near.
    const edge = scene({ 1: [group(1, { at: 4, to: 2, distance: 40 })] })
    const planets = edge.planets.map((it) => (it.number === 4 ? { ...it, x: 95, y: 10 } : it))
    const wrapped = { ...edge, planets: planets.map((it) => (it.number === 2 ? { ...it, x: 50, y: 10 } : it)) }
    assert.deepStrictEqual(reportOf(wrapped).unidentified_groups, [{ x: 90, y: 10 }])
  })

  it("nothing is seen by a race without planets", () => {
    const galaxy = scene({ 0: [group(1, { at: 3 })], 1: [group(1, { at: 2, to: 1, distance: 1 })] })
    const planets = galaxy.planets.map((it) => (it.owner === 0 ? { ...it, owner: 1 } : it))
    const report = reportOf({ ...galaxy, planets })
    assert.deepStrictEqual([report.approaching_groups, report.unidentified_groups], [[], []])
  })
})

describe("fights", () => {
  const armed = { drive: 1, weapons: 1, shields: 1, cargo: 0 }
  const attack = scene({
    0: [group(1, { at: 2, class: "Cruiser", ships: 3, techs: armed })],
    1: [group(1, { at: 2, class: "Drone", ships: 2 })]
  })

  it("are told to whoever was there and to the planet's owner, with all groups and the protocol", () => {
    const { reports } = makeTurn(attack, nothing)
    const [mine, theirs] = reports
    assert.deepStrictEqual(mine!.battles, theirs!.battles)
    const [battle] = mine!.battles
    assert.deepInclude(battle, { planet: 2, name: "Lair", when: "before_flight", omitted: 0, shots: 2 })
    assert.deepStrictEqual(
      battle!.groups.map((it) => [it.index, it.race, it.class, it.ships, it.ships_left, it.state]),
      [
        [0, raceName(0), "Cruiser", 3, 3, "In_Battle"],
        [1, raceName(1), "Drone", 2, 0, "In_Battle"]
      ]
    )
    assert.deepStrictEqual(battle!.totals, [{ attacker: 0, target: 1, shots: 2, destroyed: 2 }])
    assert.strictEqual(
      battle!.protocol.reduce((sum, it) => sum + it.count, 0),
      2
    )
  })

  it("end in bombs, which are told with what was there and what is left", () => {
    const { galaxy, reports } = makeTurn(attack, nothing)
    const power = 3 * (Math.sqrt(15) / 10 + 1) * 15
    const [bombing] = reports[1]!.bombings
    assert.deepStrictEqual(reports[0]!.bombings, reports[1]!.bombings)
    assert.deepInclude(bombing, {
      bomber: raceName(0),
      owner: raceName(1),
      planet: 2,
      production: "Lore",
      population: 700,
      industry: 300,
      capital: 1,
      materials: 2,
      colonists: 3,
      power: Math.round(power * 100) / 100,
      result: "Damaged",
      destroyed_colonists: 3,
      new_owner: raceName(1)
    })
    assert.strictEqual(galaxy.planets[1]!.owner, 1)
    const bombs = reports[1]!.changes.filter((it) => it.cause === "bombing" && it.number === 2)
    assert.deepStrictEqual(
      bombs.map((it) => it.what),
      ["industry", "population", "colonists", "materials"]
    )
  })

  it("are nobody else's business", () => {
    const three = { ...attack, races: [...attack.races, { ...attack.races[1]!, name: "Third", groups: [] }] }
    const { reports } = makeTurn(three, nothing)
    assert.deepStrictEqual([reports[2]!.battles, reports[2]!.bombings, reports[2]!.foreign_classes], [[], [], []])
  })
})

it("every section goes over the wire and comes back the same, and fits the schema", () => {
  const galaxy = scene({
    0: [
      group(1, { at: 2, class: "Cruiser", ships: 3, techs: { drive: 1, weapons: 1, shields: 1, cargo: 0 } }),
      group(2, { fleet: "Home" }),
      group(3, { at: 1, to: 3, distance: 8 })
    ],
    1: [
      group(1, { at: 2, ships: 2 }),
      group(2, { at: 2, to: 1, distance: 12 }),
      group(3, { at: 4, to: 3, distance: 20 })
    ]
  })
  const { reports } = makeTurn(
    galaxy,
    ordersOf({
      0: [
        { op: "send", group: 2, planet: 3 },
        { op: "load", group: 1, goods: "COL", amount: 1.5 }
      ]
    })
  )
  for (const report of reports) {
    assert.isTrue(Schema.is(Report)(report))
    const bytes = encode(tables, "galaxy.game.Report", JSON.parse(JSON.stringify(report)) as JsonObject)
    assert.deepStrictEqual(decode(tables, "galaxy.game.Report", bytes), JSON.parse(JSON.stringify(report)))
  }
  const filled = Object.entries(reports[0]!).flatMap(([name, section]) =>
    Array.isArray(section) && section.length === 0 ? [name] : []
  )
  assert.notInclude(filled, "battles")
})

it("changes of a number lead from one report to the next", () => {
  const before = scene({
    0: [group(1, { class: "Freighter", ships: 2, techs: { drive: 1, weapons: 0, shields: 1, cargo: 1 } })]
  })
  const { galaxy, log } = nextGalaxy(
    before,
    ordersOf({
      0: [
        { op: "load", group: 1, goods: "MAT" },
        { op: "produce", planet: 1, product: "CAP" }
      ]
    })
  )
  const [first] = reportsOf(before, [])
  const [next] = reportsOf(galaxy, log)
  for (const what of ["population", "industry", "capital", "materials", "colonists"] as const) {
    const steps = next!.changes.filter((it) => it.subject === "planet" && it.number === 1 && it.what === what)
    const start = first!.my_planets[0]![what]
    assert.closeTo(steps.at(-1)?.after ?? start, next!.my_planets[0]![what], 0.005, what)
    if (steps.length > 0) assert.closeTo(steps[0]!.before, start, 0.005, what)
  }
})
