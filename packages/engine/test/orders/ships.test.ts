/** Orders about ships, sciences and routes: every refusal by its code, and what an accepted order changes. */
import { type Order, orderCodes, type OrderCode } from "@galaxy/contract/engine/Order"
import { executeAll } from "@galaxy/engine/orders/execute"
import type { DraftGroup } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { assert, describe, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { galaxyOf, raceName } from "../support/games.ts"

const drone = { name: "Drone", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
const hauler = { name: "Hauler", drive: 8, armament: 0, weapons: 0, shields: 2, cargo: 10 }
const cruiser = { name: "Cruiser", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 }
const fort = { name: "Fort", drive: 0, armament: 1, weapons: 10, shields: 10, cargo: 0 }

const group = (number: number, change: Partial<Group> = {}): Group => ({
  number,
  class: "Drone",
  ships: 4,
  techs: { drive: 1, weapons: 0, shields: 0, cargo: 0 },
  goods: null,
  load: 0,
  at: 1,
  to: null,
  distance: 0,
  fleet: null,
  ...change
})

const loaded = { class: "Hauler", techs: { drive: 1, weapons: 0, shields: 1, cargo: 1 } }
const armed = { class: "Cruiser", techs: { drive: 1, weapons: 1, shields: 1, cargo: 0 } }

/**
 * Planets: 1 and 2 own, 3 a stranger's, 4 nobody's, 5 nobody's without room, 6 far away. Race 2 has left.
 */
const galaxy: Galaxy = (() => {
  const made = galaxyOf(
    [
      { x: 10, y: 10, colonists: 30, capital: 20, materials: 10 },
      { x: 20, y: 10, size: 500, population: 400, industry: 300, production: { kind: "science", science: "Mix" } },
      { x: 30, y: 10, owner: 1, name: "Vega" },
      { x: 10, y: 20, owner: null, size: 50, population: 0, industry: 0, production: null, materials: 6 },
      { x: 10, y: 30, owner: null, size: 0, population: 0, industry: 0, production: null },
      { x: 55, y: 60, owner: null, population: 0, industry: 0, production: null },
      { x: 12, y: 10, production: { kind: "ships", class: "Cruiser", banked: 200 } },
      { owner: 2 }
    ],
    { size: 120 }
  )
  const own: ReadonlyArray<Group> = [
    group(1),
    group(2, { ...loaded, ships: 2 }),
    group(3, { ...loaded, goods: "capital", load: 5, ships: 2 }),
    group(4, { at: 1, to: 2, distance: 4 }),
    group(5, { ...loaded, at: 3, goods: "colonists", load: 6, ships: 2 }),
    group(6, { class: "Fort", techs: { drive: 0, weapons: 1, shields: 1, cargo: 0 }, ships: 1 }),
    group(7, { fleet: "Home" }),
    group(8, { at: 2, fleet: "Away" }),
    group(9, { at: 1, to: 2, distance: 4, fleet: "Gone" }),
    group(10, { ...armed, ships: 10 }),
    group(11, { ...loaded, at: 4, goods: "colonists", load: 2, ships: 1 }),
    group(12, { ...loaded, at: 5, goods: "colonists", load: 2, ships: 1 }),
    group(13, { ...loaded, goods: "materials", load: 15, ships: 1 }),
    group(14, { ...loaded, at: 3, ships: 1 }),
    group(15, { ...loaded, at: 4, ships: 1 }),
    group(16, { ...armed, at: 3, ships: 1 }),
    group(20)
  ]
  return {
    ...made,
    races: made.races.map((race, index) => ({
      ...race,
      ...(index === 0 ? { techs: { drive: 1.5, weapons: 2, shields: 1, cargo: 1 } } : {}),
      ...(index === 2 ? { removed: { turn: 1, reason: "idle" as const } } : {}),
      classes:
        index === 0
          ? [drone, hauler, cruiser, fort, { ...drone, name: "Unused", drive: 3 }, { ...drone, name: "Twin" }]
          : [{ ...drone, name: "Cruiser" }],
      sciences: index === 0 ? [{ name: "Mix", drive: 0.5, weapons: 0.5, shields: 0, cargo: 0 }] : [],
      groups: index === 0 ? own : []
    })),
    planets: made.planets.map((planet) => (planet.owner === 2 ? { ...planet, owner: null, production: null } : planet))
  }
})()

const [me, other, gone] = [raceName(0), raceName(1), raceName(2)]
const shape = { drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
const parts = { drive: 1, weapons: 0, shields: 0, cargo: 0 }

type Case = readonly [Order, OrderCode, before?: ReadonlyArray<Order>, change?: Partial<Ruleset>]

const launch: Order = { op: "send", group: 1, planet: 2 }
const raise: Order = { op: "upgrade", group: 10, block: "WEAPONS", ships: 1 }

const refusals: ReadonlyArray<Case> = [
  [{ op: "war", race: other }, "forced_peace", [], { forcedPeaceTurns: 5 }],
  [{ op: "break_group", group: 99, ships: 1 }, "unknown_group"],
  [{ op: "break_group", ships: 1 }, "unknown_group"],
  [{ op: "break_group", group: 4, ships: 1 }, "in_space"],
  [{ op: "break_group", group: 1, ships: -2 }, "bad_count"],
  [{ op: "design_class", ...shape }, "name_missing"],
  [{ op: "design_class", name: "x".repeat(21), ...shape }, "name_too_long"],
  [{ op: "design_class", name: "dRONE", ...shape }, "name_taken"],
  [{ op: "design_class", name: "Capital", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "Materials", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "MyResearcher", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "42", ...shape }, "name_reserved"],
  [{ op: "design_class", name: "a:b", ...shape }, "name_chars"],
  [{ op: "design_class", name: "New", drive: 3, armament: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, drive: 0.5 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, shields: -1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: 1.5, weapons: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: -1, weapons: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, drive: 1e9 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: 1e9, weapons: 1 }, "bad_component"],
  [{ op: "design_class", name: "New", ...shape, armament: 2 }, "guns_without_calibre"],
  [{ op: "design_class", name: "New", ...shape, weapons: 2 }, "guns_without_calibre"],
  [{ op: "design_class", name: "New", ...shape, drive: 0 }, "empty_design"],
  [{ op: "delete_class", class: "Nothing" }, "unknown_class"],
  [{ op: "delete_class" }, "unknown_class"],
  [{ op: "delete_class", class: "Drone" }, "in_use"],
  [{ op: "delete_class", class: "Cruiser" }, "in_use", [{ op: "dismantle", group: 10 }]],
  [{ op: "rename_class", class: "Nothing", name: "New" }, "unknown_class"],
  [{ op: "rename_class", class: "Drone" }, "name_missing"],
  [{ op: "rename_class", class: "Drone", name: "Hauler" }, "name_taken"],
  [{ op: "rename_class", class: "Drone", name: "Cargo" }, "name_reserved"],
  [{ op: "create_science", name: "mix", ...parts }, "name_taken"],
  [{ op: "create_science", name: "", ...parts }, "name_missing"],
  [{ op: "create_science", name: "New", drive: 1 }, "bad_proportions"],
  [{ op: "create_science", name: "New", ...parts, weapons: -1 }, "bad_proportions"],
  [{ op: "create_science", name: "New", ...parts, drive: 0 }, "bad_proportions"],
  [{ op: "create_science", name: "New", ...parts, drive: 1e300 }, "bad_proportions"],
  [{ op: "delete_science", science: "Nothing" }, "unknown_science"],
  [{ op: "delete_science", science: "Mix" }, "in_use"],
  [{ op: "join_fleet", group: 99, fleet: "Home" }, "unknown_group"],
  [{ op: "join_fleet", group: 4, fleet: "Home" }, "in_space"],
  [{ op: "join_fleet", group: 1, fleet: "Away" }, "wrong_place"],
  [{ op: "join_fleet", group: 1, fleet: "Gone" }, "in_space"],
  [{ op: "join_fleet", group: 1, fleet: "12" }, "name_reserved"],
  [{ op: "join_fleet", group: 1 }, "name_missing"],
  [{ op: "join_fleet", group: 1, fleet: "Home" }, "launched", [launch]],
  [{ op: "merge_fleets", fleet: "Nothing", into: "Home" }, "unknown_fleet"],
  [{ op: "merge_fleets", fleet: "Home", into: "Nothing" }, "unknown_fleet"],
  [{ op: "merge_fleets", fleet: "Home", into: "Away" }, "wrong_place"],
  [{ op: "merge_fleets", fleet: "Gone", into: "Home" }, "in_space"],
  [{ op: "give", group: 99, race: other }, "unknown_group"],
  [{ op: "give", group: 1, race: "Zed" }, "unknown_race"],
  [{ op: "give", group: 1, race: me }, "unknown_race"],
  [{ op: "give", group: 1, race: gone }, "race_removed"],
  [{ op: "give", group: 10, race: other }, "class_conflict"],
  [{ op: "dismantle", group: 99 }, "unknown_group"],
  [{ op: "dismantle", group: 4 }, "in_space"],
  [{ op: "dismantle", group: 5 }, "foreign_planet"],
  [{ op: "dismantle", group: 12 }, "foreign_planet"],
  [{ op: "dismantle", group: 0 }, "upgrading", [raise]],
  [{ op: "load", group: 99, goods: "COL" }, "unknown_group"],
  [{ op: "load", group: 2, goods: "XXX" }, "unknown_cargo"],
  [{ op: "load", group: 2 }, "unknown_cargo"],
  [{ op: "load", group: 1, goods: "COL" }, "no_hold"],
  [{ op: "load", group: 4, goods: "COL" }, "in_space"],
  [{ op: "load", group: 2, goods: "COL" }, "launched", [{ op: "send", group: 2, planet: 2 }]],
  [{ op: "load", group: 3, goods: "COL" }, "other_cargo"],
  [{ op: "load", group: 13, goods: "MAT" }, "hold_full"],
  [{ op: "load", group: 14, goods: "CAP" }, "foreign_planet"],
  [{ op: "load", group: 15, goods: "CAP" }, "not_enough_stock"],
  [{ op: "load", group: 2, goods: "CAP", amount: 20.5 }, "not_enough_stock"],
  [{ op: "load", group: 2, goods: "COL", amount: 30.5 }, "bad_amount"],
  [{ op: "load", group: 2, goods: "COL", amount: 0 }, "bad_amount"],
  [{ op: "load", group: 2, goods: "COL", amount: -1 }, "bad_amount"],
  [{ op: "unload", group: 99 }, "unknown_group"],
  [{ op: "unload", group: 2 }, "nothing_loaded"],
  [{ op: "unload", group: 5 }, "foreign_planet"],
  [{ op: "unload", group: 12 }, "foreign_planet"],
  [{ op: "unload", group: 3, amount: 10.5 }, "bad_amount"],
  [{ op: "unload", group: 3, amount: -1 }, "bad_amount"],
  [{ op: "unload", group: 4 }, "in_space"],
  [{ op: "produce", planet: 1, product: "SHIP Mix" }, "unknown_product"],
  [{ op: "produce", planet: 3, product: "Drone" }, "not_owner"],
  [{ op: "route", planet: 99, goods: "COL", to: 2 }, "unknown_planet"],
  [{ op: "route", planet: 1, goods: "COL", to: 99 }, "unknown_planet"],
  [{ op: "route", planet: 1, goods: "XXX", to: 2 }, "unknown_cargo"],
  [{ op: "route", planet: 3, goods: "COL", to: 2 }, "not_owner"],
  [{ op: "route", planet: 1, goods: "COL", to: 6 }, "out_of_range"],
  [{ op: "route", planet: 1, goods: "COL", to: 1 }, "wrong_place"],
  [{ op: "send", group: 99, planet: 2 }, "unknown_group"],
  [{ op: "send", planet: 2 }, "unknown_group"],
  [{ op: "send", fleet: "Nothing", planet: 2 }, "unknown_fleet"],
  [{ op: "send", group: 1, planet: 99 }, "unknown_planet"],
  [{ op: "send", group: 1 }, "unknown_planet"],
  [{ op: "send", group: 6, planet: 2 }, "no_drive"],
  [{ op: "send", group: 4, planet: 1 }, "in_space"],
  [{ op: "send", fleet: "Gone", planet: 1 }, "in_space"],
  [{ op: "send", group: 1, planet: 6 }, "out_of_range"],
  [{ op: "send", group: 0, planet: 2 }, "upgrading", [raise]],
  [{ op: "send", fleet: "Home", planet: 2 }, "no_drive", [{ op: "join_fleet", group: 6, fleet: "Home" }]],
  [{ op: "upgrade", group: 99, block: "ALL" }, "unknown_group"],
  [{ op: "upgrade", group: 4, block: "ALL" }, "in_space"],
  [{ op: "upgrade", group: 16, block: "ALL" }, "not_in_orbit"],
  [{ op: "upgrade", group: 10, block: "CARGO" }, "unknown_block"],
  [{ op: "upgrade", group: 10, block: "HULL" }, "unknown_block"],
  [{ op: "upgrade", group: 10, block: "SHIELDS" }, "nothing_to_upgrade"],
  [{ op: "upgrade", group: 10, block: "DRIVE", level: 1 }, "nothing_to_upgrade"],
  [{ op: "upgrade", group: 10, block: "DRIVE", level: 1.004 }, "nothing_to_upgrade"],
  // Eight ships take all of the planet's points.
  [{ op: "upgrade", group: 10, block: "ALL" }, "no_points", [{ op: "upgrade", group: 10, block: "ALL" }]],
  [{ op: "upgrade", group: 0, block: "DRIVE" }, "upgrading", [raise]],
  [launch, "in_transfer", [launch, { op: "give", group: 1, race: other }]]
]

const comparable = ({ races, ...rest }: Galaxy) => ({
  ...rest,
  races: races.map((race) => ({ ...race, idle_turns: 0 }))
})

describe("a refused order", () => {
  for (const [order, code, before = [], change = {}] of refusals.filter((it) => it[1] !== "in_transfer")) {
    it(`${JSON.stringify(order)}: ${code}`, () => {
      const first = carryOut(galaxy, 0, before, change)
      const both = carryOut(galaxy, 0, [...before, order], change)
      const verdict = both.verdicts.at(-1)
      assert.deepStrictEqual([verdict?.accepted, verdict?.code], [false, code])
      assert.isNotEmpty(verdict?.message)
      assert.deepStrictEqual(comparable(both.galaxy), comparable(first.galaxy))
      assert.deepStrictEqual(
        both.draft.planets.map((it) => it.spent),
        first.draft.planets.map((it) => it.spent)
      )
    })
  }

  it("over ships that come from another race, which launched them", () => {
    const { draft, verdicts } = carryOut(galaxy, 0, [launch, { op: "give", group: 1, race: other }])
    assert.isTrue(verdicts.every((it) => it.accepted))
    const [given] = [...draft.races[1]!.groups.values()]
    assert.deepInclude(given, { state: "in_transfer", to: 2, ships: 4 })
    const before = JSON.stringify([...draft.races[1]!.groups.values()])
    for (const order of [
      { op: "send", group: 1, planet: 3 },
      { op: "dismantle", group: 1 },
      { op: "join_fleet", group: 1, fleet: "New" },
      { op: "upgrade", group: 1, block: "ALL" }
    ] as const) {
      const [verdict] = executeAll(draft, draft.races[1]!, [order])
      assert.strictEqual(verdict?.code, "in_transfer", order.op)
    }
    assert.strictEqual(JSON.stringify([...draft.races[1]!.groups.values()]), before)
  })

  it("can have every code there is", () => {
    const elsewhere = ["unknown_product", "too_many"]
    const seen = new Set<string>([...refusals.map(([, code]) => code), ...elsewhere])
    assert.deepStrictEqual(
      orderCodes.filter((code) => !seen.has(code)),
      []
    )
  })
})

const groupsAfter = (orders: ReadonlyArray<Order>, race = 0): ReadonlyArray<DraftGroup> => {
  const { draft, verdicts } = carryOut(galaxy, 0, orders)
  assert.deepStrictEqual(
    verdicts.filter((it) => !it.accepted),
    []
  )
  return [...draft.races[race]!.groups.values()]
}
const find = (groups: ReadonlyArray<DraftGroup>, number: number): DraftGroup =>
  groups.find((it) => it.number === number) ?? assert.fail(`there is no group ${number}`)
const planetAfter = (orders: ReadonlyArray<Order>, number: number) =>
  carryOut(galaxy, 0, orders).draft.planets[number - 1]!

describe("ships named by number", () => {
  it.each([
    [undefined, 4],
    [0, 4],
    [4, 4],
    [9, 4],
    [1, 1],
    [3, 3]
  ])("%s means so many of four", (ships, sent) => {
    const groups = groupsAfter([{ op: "send", group: 1, planet: 2, ...(ships === undefined ? {} : { ships }) }])
    const launched = groups.filter((it) => it.state === "launched")
    assert.deepStrictEqual(
      launched.map((it) => it.ships),
      [sent]
    )
    assert.strictEqual(launched[0]?.number, sent === 4 ? 1 : 21)
  })

  it("0 as the group is the newest, also right after a split", () => {
    const groups = groupsAfter([
      { op: "break_group", group: 1, ships: 1 },
      { op: "send", group: 0, planet: 2 }
    ])
    assert.deepStrictEqual([find(groups, 21).state, find(groups, 21).ships, find(groups, 1).ships], ["launched", 1, 3])
  })
})

describe("fleets", () => {
  it("are made by joining, taken apart by splitting, and keep their name's spelling", () => {
    const groups = groupsAfter([
      { op: "join_fleet", group: 1, fleet: "hOME", ships: 2 },
      { op: "break_group", group: 7, ships: 1 }
    ])
    assert.deepStrictEqual([find(groups, 21).fleet, find(groups, 21).ships], ["Home", 2])
    assert.deepStrictEqual([find(groups, 7).fleet, find(groups, 7).ships], ["Home", 3])
    assert.isNull(find(groups, 22).fleet)
    assert.isNull(find(groupsAfter([{ op: "break_group", group: 7, ships: 0 }]), 7).fleet)
  })

  it("are sent whole; a member that is sent alone leaves", () => {
    const join: Order = { op: "join_fleet", group: 1, fleet: "Home" }
    const all = groupsAfter([join, { op: "send", fleet: "home", planet: 2 }])
    assert.deepStrictEqual(
      [find(all, 1).state, find(all, 7).state, find(all, 7).fleet],
      ["launched", "launched", "Home"]
    )
    const alone = groupsAfter([join, { op: "send", group: 1, planet: 2 }])
    assert.deepStrictEqual([find(alone, 1).fleet, find(alone, 7).state], [null, "in_orbit"])
  })

  it("become one", () => {
    const groups = groupsAfter([
      { op: "join_fleet", group: 1, fleet: "New" },
      { op: "merge_fleets", fleet: "New", into: "Home" }
    ])
    assert.strictEqual(find(groups, 1).fleet, "Home")
  })
})

describe("sending", () => {
  it("records the way; sending again changes it, and home takes it back", () => {
    const to = (...planets: ReadonlyArray<number>) =>
      find(groupsAfter(planets.map((planet) => ({ op: "send", group: 1, planet }))), 1)
    assert.deepInclude(to(2), { state: "launched", at: 1, to: 2, distance: 10 })
    assert.deepInclude(to(2, 4), { state: "launched", at: 1, to: 4, distance: 10 })
    assert.deepInclude(to(2, 1), { state: "in_orbit", at: 1, to: null, distance: 0 })
  })

  it("reaches forty light years a level from any own planet, over the edge too", () => {
    const far = (x: number, drive: number): boolean => {
      const moved = {
        ...galaxy,
        planets: galaxy.planets.map((it) => (it.number === 6 ? { ...it, x, y: 10 } : it)),
        races: galaxy.races.map((race) => ({ ...race, techs: { ...race.techs, drive } }))
      }
      return carryOut(moved, 0, [{ op: "send", group: 1, planet: 6 }]).verdicts[0]?.accepted ?? false
    }
    // The nearest own planet to the right is at 20, and to the left, over the edge of 120, at 10.
    assert.deepStrictEqual([far(60, 1), far(60.5, 1), far(60.5, 1.02)], [true, false, true])
    assert.deepStrictEqual([far(90, 1), far(89.5, 1)], [true, false])
  })
})

describe("giving", () => {
  it("hands ships over with load and class", () => {
    const { draft } = carryOut(galaxy, 0, [{ op: "give", group: 3, race: other, ships: 1 }])
    const [given] = [...draft.races[1]!.groups.values()]
    assert.deepInclude(given, { number: 1, ships: 1, goods: "capital", load: 5, at: 1, state: "in_orbit", fleet: null })
    assert.isTrue(draft.races[1]!.designs.has("hauler"))
    assert.strictEqual(draft.races[0]!.groups.get(3)?.ships, 1)
    // A copy: what the giver does to its own is nothing to the receiver.
    assert.notStrictEqual(given?.design, draft.races[0]!.designs.get("hauler"))
  })

  it("works in space too", () => {
    const [given] = groupsAfter([{ op: "give", group: 4, race: other }], 1)
    assert.deepInclude(given, { state: "in_space", to: 2, distance: 4 })
  })
})

describe("cargo", () => {
  it("is loaded up to holds or stock, shared equally, and added to what is aboard", () => {
    const full = find(groupsAfter([{ op: "load", group: 2, goods: "COL" }]), 2)
    assert.deepInclude(full, { goods: "colonists", load: 15 })
    assert.strictEqual(planetAfter([{ op: "load", group: 2, goods: "COL" }], 1).colonists, 0)
    const some = groupsAfter([
      { op: "load", group: 2, goods: "COL", ships: 1, amount: 4 },
      { op: "load", group: 0, goods: "COL", amount: 3.5 }
    ])
    assert.deepStrictEqual([find(some, 2).load, find(some, 21).load, find(some, 21).ships], [0, 7.5, 1])
    assert.strictEqual(planetAfter([{ op: "load", group: 2, goods: "MAT", amount: 3 }], 1).materials, 7)
    assert.strictEqual(find(groupsAfter([{ op: "load", group: 2, goods: "MAT", amount: 3 }]), 2).load, 1.5)
  })

  it("of colonists settles an empty planet; what finds no room stays frozen", () => {
    const { draft } = carryOut(galaxy, 0, [{ op: "unload", group: 11 }])
    assert.deepInclude(draft.planets[3], { owner: 0, population: 16, colonists: 0, production: { kind: "capital" } })
    assert.deepInclude(draft.races[0]!.groups.get(11), { goods: null, load: 0 })
    const more = { ...galaxy, planets: galaxy.planets.map((it) => (it.number === 4 ? { ...it, size: 10 } : it)) }
    assert.deepInclude(carryOut(more, 0, [{ op: "unload", group: 11 }]).draft.planets[3], {
      population: 10,
      colonists: 0.75
    })
  })

  it("of capital and materials can be put down anywhere, and capital works at once where there are people", () => {
    const unloaded = planetAfter([{ op: "unload", group: 3, amount: 4 }], 1)
    assert.strictEqual(unloaded.capital, 24)
    const poor = { ...galaxy, planets: galaxy.planets.map((it) => (it.number === 1 ? { ...it, industry: 998 } : it)) }
    assert.deepInclude(carryOut(poor, 0, [{ op: "unload", group: 3 }]).draft.planets[0], {
      industry: 1000,
      capital: 28
    })
    assert.strictEqual(find(groupsAfter([{ op: "unload", group: 3, amount: 4 }]), 3).load, 3)
    const abroad = {
      ...galaxy,
      races: galaxy.races.map((race) => ({
        ...race,
        groups: race.groups.map((it) => (it.number === 13 ? { ...it, at: 3 } : it))
      }))
    }
    assert.strictEqual(carryOut(abroad, 0, [{ op: "unload", group: 13 }]).draft.planets[2]?.materials, 15)
  })

  it("comes down with the ships that are dismantled, which leave their mass", () => {
    const planet = planetAfter([{ op: "dismantle", group: 3, ships: 1 }], 1)
    assert.deepStrictEqual([planet.capital, planet.materials], [25, 30])
    const settled = planetAfter([{ op: "dismantle", group: 11 }], 4)
    assert.deepInclude(settled, { owner: 0, population: 16, materials: 26 })
  })
})

describe("an upgrade", () => {
  const warship = (order: Order) => {
    const rich = {
      ...galaxy,
      races: galaxy.races.map((race) => ({ ...race, techs: { drive: 2, weapons: 2, shields: 2, cargo: 2 } }))
    }
    const { draft } = carryOut(rich, 0, [order])
    const groups = [...draft.races[0]!.groups.values()]
    return { groups, raised: groups.filter((it) => it.state === "upgrading"), spent: draft.planets[0]!.spent }
  }

  it("is paid for as many whole ships as there are points, and the rest stays free", () => {
    const { groups, raised, spent } = warship({ op: "upgrade", group: 10, block: "ALL", ships: 5 })
    assert.deepStrictEqual(
      raised.map((it) => [it.number, it.ships, it.techs.drive, it.techs.weapons, it.techs.shields, it.techs.cargo]),
      [[21, 4, 2, 2, 2, 0]]
    )
    assert.deepInclude(find(groups, 10), { ships: 6, state: "in_orbit" })
    assert.strictEqual(spent, 900)
  })

  it("goes to a ceiling, for one block", () => {
    const { raised, spent } = warship({ op: "upgrade", group: 10, block: "shields", ships: 2, level: 1.25 })
    assert.deepInclude(raised[0], { ships: 2, techs: { drive: 1, weapons: 1, shields: 1.25, cargo: 0 } })
    assert.closeTo(spent, 2 * 30, 1e-9)
  })

  it("that isn't paid in full raises one ship part of the way", () => {
    const poor = {
      ...galaxy,
      planets: galaxy.planets.map((it) => (it.number === 1 ? { ...it, population: 100, industry: 100 } : it))
    }
    const races = poor.races.map((race) => ({ ...race, techs: { drive: 2, weapons: 2, shields: 2, cargo: 2 } }))
    const { draft } = carryOut({ ...poor, races }, 0, [{ op: "upgrade", group: 10, block: "ALL" }])
    const raised = [...draft.races[0]!.groups.values()].filter((it) => it.state === "upgrading")
    assert.deepStrictEqual(
      raised.map((it) => [it.ships, it.techs]),
      [[1, { drive: 1.44, weapons: 1.44, shields: 1.44, cargo: 0 }]]
    )
    assert.strictEqual(draft.planets[0]!.spent, 100)
  })
})

describe("what is made", () => {
  it("changes, and a hull that is given up leaves the ore mined for it; said again it changes nothing", () => {
    const cost = 450 + 45 / 10
    assert.closeTo(planetAfter([{ op: "produce", planet: 7, product: "CAP" }], 7).materials, (200 / cost) * 45, 1e-9)
    assert.deepInclude(planetAfter([{ op: "produce", planet: 7, product: "cruiser" }], 7).production, { banked: 200 })
    assert.deepInclude(planetAfter([{ op: "produce", planet: 1, product: "mix" }], 1).production, { kind: "science" })
  })

  it("is a class by SHIP where a science has its name", () => {
    const twins: ReadonlyArray<Order> = [
      { op: "create_science", name: "Drone", drive: 1, weapons: 0, shields: 0, cargo: 0 }
    ]
    assert.strictEqual(
      planetAfter([...twins, { op: "produce", planet: 1, product: "Drone" }], 1).production?.kind,
      "science"
    )
    assert.strictEqual(
      planetAfter([...twins, { op: "produce", planet: 1, product: "ship drone" }], 1).production?.kind,
      "ships"
    )
  })
})

describe("names of classes", () => {
  it("are given anew, and with that of an equal design the two become one", () => {
    const renamed = carryOut(galaxy, 0, [{ op: "rename_class", class: "drone", name: "Scout" }]).galaxy
    assert.isTrue(renamed.races[0]!.groups.filter((it) => it.class === "Scout").length > 3)
    const merged = carryOut(galaxy, 0, [{ op: "rename_class", class: "Drone", name: "Twin" }]).galaxy
    assert.isFalse(merged.races[0]!.classes.some((it) => it.name === "Drone"))
    assert.strictEqual(merged.races[0]!.groups[0]?.class, "Twin")
    assert.isTrue(carryOut(galaxy, 0, [{ op: "delete_class", class: "unused" }]).verdicts[0]?.accepted)
  })
})

describe("routes", () => {
  it("are set by what they carry and ended without an end", () => {
    const set = planetAfter(
      [
        { op: "route", planet: 1, goods: "col", to: 2 },
        { op: "route", planet: 1, goods: "EMP", to: 3 }
      ],
      1
    )
    assert.deepStrictEqual(set.routes, { colonists: 2, empty: 3 })
    const ended = planetAfter(
      [
        { op: "route", planet: 1, goods: "COL", to: 2 },
        { op: "route", planet: 1, goods: "COL" }
      ],
      1
    )
    assert.deepStrictEqual(ended.routes, {})
  })
})
