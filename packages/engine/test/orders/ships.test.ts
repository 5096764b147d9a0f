/** What orders about ships, sciences and routes change. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { DraftGroup } from "@galaxy/engine/state/Draft"
import { assert, describe, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { galaxy, other } from "./fixture.ts"

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
