/** What accepted orders do in the less usual cases, to the number. */
import type { Order } from "@galaxy/contract/engine/Order"
import { type DraftGroup, galaxyOf as galaxyOfDraft } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group, Levels, Planet } from "@galaxy/engine/state/Galaxy"
import { assert, describe, it } from "@effect/vitest"
import { carryOut } from "../support/carryOut.ts"
import { assertExplained } from "../support/soundness.ts"
import { classOf, galaxyOf, groupOf, levels, raceName } from "../support/games.ts"

const drone = classOf("Drone", "1 0 0 0 0")
const hauler = classOf("Hauler", "8 0 0 2 10")
const fort = classOf("Fort", "0 1 10 10 0")
const mixed = classOf("Mixed", "4 3 2 5 10")
const other = raceName(1)

interface Setting {
  readonly techs?: Levels
  readonly planets?: Readonly<Record<number, Partial<Planet>>>
  readonly change?: Partial<Galaxy>
  readonly received?: Partial<Galaxy["races"][number]>
}

/** 1 and 2 are own, 3 a stranger's, 4 nobody's, 5 nobody's and beyond the zone. */
const galaxyWith = (
  groups: ReadonlyArray<Group>,
  { techs = levels(1), planets = {}, change, received }: Setting = {}
) =>
  galaxyOf(
    [
      { x: 0, colonists: 50, capital: 20, materials: 10 },
      { x: 10, population: 400, industry: 300 },
      { x: 20, owner: 1 },
      { x: 30, owner: null, size: 100, population: 0, industry: 0, materials: 6, production: null },
      { x: 75, owner: null, size: 100, population: 0, industry: 0, production: null }
    ].map((planet, index) => ({ ...planet, ...planets[index + 1] })),
    { size: 200, ...change },
    [
      {
        techs,
        classes: [drone, hauler, fort, mixed, { ...drone, name: "Twin" }],
        groups: groups.map((it, position) => ({ ...it, number: position + 1 }))
      },
      { ...received }
    ]
  )

const play = (galaxy: Galaxy, orders: ReadonlyArray<Order>) => {
  const { draft, verdicts } = carryOut(galaxy, 0, orders)
  assert.deepStrictEqual(
    verdicts.filter((it) => !it.accepted),
    []
  )
  const group = (number: number, race = 0): DraftGroup =>
    draft.races[race]?.groups.get(number) ?? assert.fail(`there is no group ${number}`)
  const planet = (number: number) => draft.planets[number - 1] ?? assert.fail(`there is no planet ${number}`)
  const numbers = (race = 0) => [...(draft.races[race]?.groups.keys() ?? [])]
  return { draft, group, planet, numbers }
}

const codes = (galaxy: Galaxy, orders: ReadonlyArray<Order>) =>
  carryOut(galaxy, 0, orders).verdicts.map((it) => it.code ?? "done")

describe("merging", () => {
  it("leaves the lowest number of identical groups, and no others are", () => {
    const { numbers, group } = play(
      galaxyWith([
        groupOf(drone, { ships: 2 }),
        groupOf(hauler, { goods: "capital", load: 2 }),
        groupOf(drone, { ships: 3 }),
        groupOf(hauler, { goods: "capital", load: 3 }),
        groupOf(hauler, { goods: "materials", load: 2 }),
        groupOf(drone, { fleet: "Home" }),
        groupOf(drone, { at: 2 }),
        groupOf(drone, { techs: levels(1.1) }),
        groupOf({ ...drone, name: "Twin" }),
        groupOf(drone, { ships: 5 }),
        groupOf(drone, { to: 2, distance: 4 }),
        groupOf(drone, { to: 2, distance: 5 }),
        groupOf(drone, { to: 2, distance: 4, ships: 7 })
      ]),
      [{ op: "merge_groups" }]
    )
    assert.deepStrictEqual(numbers(), [1, 2, 4, 5, 6, 7, 8, 9, 11, 12])
    assert.deepStrictEqual([group(1).ships, group(11).ships], [10, 8])
  })

  it("takes loads for equal that only rounding tells apart, and loses none of them", () => {
    const [once, twice] = [0.3, 0.1 + 0.2]
    assert.notStrictEqual(once, twice)
    const galaxy = galaxyWith([
      groupOf(hauler, { goods: "materials", load: once }),
      groupOf(hauler, { goods: "materials", load: twice, ships: 3 }),
      groupOf(hauler, { goods: "materials", load: once + 1e-8 })
    ])
    const { draft, numbers, group } = play(galaxy, [{ op: "merge_groups" }])
    assert.deepStrictEqual(numbers(), [1, 3])
    assert.deepStrictEqual([group(1).ships, group(1).load], [4, (once + 3 * twice) / 4])
    assertExplained(galaxy, draft.events, galaxyOfDraft(galaxy, draft))
  })

  it("of ships that are told to leave needs the same aim", () => {
    const send = (group: number, planet: number): Order => ({ op: "send", group, planet })
    const galaxy = galaxyWith([groupOf(drone), groupOf(drone), groupOf(drone), groupOf(drone)])
    const { numbers } = play(galaxy, [send(1, 2), send(2, 3), send(3, 2), { op: "merge_groups" }])
    assert.deepStrictEqual(numbers(), [1, 2, 4])
  })

  it("frees the number only at the top: the next group has the highest plus one", () => {
    const galaxy = galaxyWith([groupOf(drone, { ships: 4 }), groupOf(hauler), groupOf(fort)])
    assert.deepStrictEqual(
      play(galaxy, [
        { op: "dismantle", group: 3 },
        { op: "break_group", group: 1, ships: 1 }
      ]).numbers(),
      [1, 2, 3]
    )
    assert.deepStrictEqual(
      play(galaxy, [
        { op: "dismantle", group: 2 },
        { op: "break_group", group: 1, ships: 1 }
      ]).numbers(),
      [1, 3, 4]
    )
  })
})

describe("a fleet", () => {
  const galaxy = galaxyWith([
    groupOf(drone, { ships: 4, fleet: "Home" }),
    groupOf(hauler, { ships: 3, fleet: "Home" }),
    groupOf(fort, { ships: 2 }),
    groupOf(drone)
  ])
  const launch: Order = { op: "send", fleet: "Home", planet: 2 }

  it("keeps groups that are loaded, unloaded or upgraded whole, and loses ships that are split off for it", () => {
    const whole = play(galaxy, [{ op: "load", group: 2, goods: "CAP", amount: 3 }])
    assert.deepInclude(whole.group(2), { fleet: "Home", load: 1, ships: 3 })
    const part = play(galaxy, [{ op: "load", group: 2, ships: 1, goods: "CAP", amount: 3 }])
    assert.deepInclude(part.group(2), { fleet: "Home", load: 0, ships: 2 })
    assert.deepInclude(part.group(5), { fleet: null, load: 3, ships: 1 })
    const better = galaxyWith([groupOf(drone, { ships: 4, fleet: "Home" })], { techs: levels(2) })
    assert.deepInclude(play(better, [{ op: "upgrade", group: 1 }]).group(1), { fleet: "Home", state: "upgrading" })
    const some = play(better, [{ op: "upgrade", group: 1, ships: 1 }])
    assert.deepInclude(some.group(1), { fleet: "Home", state: "in_orbit", ships: 3 })
    assert.deepInclude(some.group(2), { fleet: null, state: "upgrading", ships: 1 })
    assert.deepStrictEqual(
      codes(better, [
        { op: "upgrade", group: 1 },
        { op: "send", fleet: "Home", planet: 2 }
      ]),
      ["done", "upgrading"]
    )
  })

  it("that is launched can be called back, split, and joined by those with the same aim", () => {
    const back = play(galaxy, [launch, { op: "send", fleet: "HOME", planet: 1 }])
    assert.deepInclude(back.group(2), { state: "in_orbit", to: null, distance: 0, fleet: "Home" })
    const split = play(galaxy, [launch, { op: "break_group", group: 1, ships: 1 }])
    assert.deepInclude(split.group(5), { state: "launched", to: 2, distance: 10, fleet: null, ships: 1 })
    const joined = play(galaxy, [
      launch,
      { op: "send", group: 4, planet: 2 },
      { op: "join_fleet", group: 4, fleet: "Home" }
    ])
    assert.strictEqual(joined.group(4).fleet, "Home")
    assert.deepStrictEqual(
      codes(galaxy, [
        launch,
        { op: "send", group: 4, planet: 3 },
        { op: "join_fleet", group: 4, fleet: "Home" },
        { op: "join_fleet", group: 4, fleet: "New" },
        { op: "merge_fleets", fleet: "New", into: "Home" }
      ]),
      ["done", "done", "launched", "done", "launched"]
    )
  })

  it("with a driveless ship stays where it is, and goes without it", () => {
    const join: Order = { op: "join_fleet", group: 3, fleet: "Home", ships: 1 }
    assert.deepStrictEqual(codes(galaxy, [join, launch, { op: "break_group", group: 5 }, launch]), [
      "done",
      "no_drive",
      "done",
      "done"
    ])
    const { group } = play(galaxy, [join])
    assert.deepStrictEqual([group(3).ships, group(3).fleet, group(5).ships, group(5).fleet], [1, null, 1, "Home"])
  })

  it("loses part of a group that is sent or given away, and is gone with its last group", () => {
    const sent = play(galaxy, [{ op: "send", group: 1, planet: 2, ships: 3 }])
    assert.deepInclude(sent.group(1), { ships: 1, fleet: "Home", state: "in_orbit" })
    assert.deepInclude(sent.group(5), { ships: 3, fleet: null, state: "launched" })
    const given = play(galaxy, [{ op: "give", group: 1, race: other, ships: 1 }])
    assert.deepInclude(given.group(1), { ships: 3, fleet: "Home" })
    assert.isNull(given.group(1, 1).fleet)
    assert.deepStrictEqual(codes(galaxy, [{ op: "break_group", group: 1 }, { op: "dismantle", group: 2 }, launch]), [
      "done",
      "done",
      "unknown_fleet"
    ])
  })
})

describe("giving", () => {
  it("uses the receiver's own class of that name and design, and its next number", () => {
    const received = {
      classes: [{ ...drone, name: "DRONE" }],
      groups: [groupOf({ ...drone, name: "DRONE" }, { number: 7 })]
    }
    const { group, draft } = play(galaxyWith([groupOf(drone, { ships: 4 })], { received }), [
      { op: "give", group: 1, race: other.toUpperCase(), ships: 9 }
    ])
    assert.deepInclude(group(8, 1), { ships: 4, at: 1, state: "in_orbit" })
    assert.deepStrictEqual([draft.races[1]?.designs.size, group(8, 1).design.name], [1, "DRONE"])
    assert.strictEqual(draft.races[0]?.groups.size, 0)
  })

  it("leaves nothing of the load to the next group of that number", () => {
    const galaxy = galaxyWith([groupOf(drone, { ships: 4 }), groupOf(hauler, { goods: "capital", load: 5 })])
    const { draft, group } = play(galaxy, [
      { op: "give", group: 2, race: other },
      { op: "break_group", group: 1, ships: 1 }
    ])
    assert.strictEqual(group(2).load, 0)
    const change = draft.events.find((it) => it.kind === "change" && it.race === 0 && it.what === "load")
    assert.deepInclude(change, { subject: "group", number: 2, before: 5, after: 0, cause: "gift" })
  })

  it("leaves the giver its class, and ships that are upgraded go on with it", () => {
    const { draft, group } = play(galaxyWith([groupOf(hauler, { ships: 2 })], { techs: levels(2) }), [
      { op: "upgrade", group: 1, block: "CARGO" },
      { op: "give", group: 1, race: other },
      { op: "rename_class", class: "Hauler", name: "Tanker" }
    ])
    assert.deepInclude(group(1, 1), { state: "upgrading", techs: { ...levels(1, 0), cargo: 2 } })
    assert.deepStrictEqual([group(1, 1).design.name, draft.races[0]?.designs.has("tanker")], ["Hauler", true])
  })
})

describe("dismantling", () => {
  it("leaves ore on any planet, and cargo there too but colonists", () => {
    const abroad = galaxyWith([
      groupOf(hauler, { at: 3, ships: 3, goods: "capital", load: 2 }),
      groupOf(hauler, { at: 3, goods: "colonists", load: 2 })
    ])
    const { planet, group } = play(abroad, [{ op: "dismantle", group: 1, ships: 2 }])
    assert.deepInclude(planet(3), { materials: 40, capital: 4, owner: 1 })
    assert.deepInclude(group(1), { ships: 1, goods: "capital", load: 2 })
    assert.deepStrictEqual(codes(abroad, [{ op: "dismantle", group: 2 }]), ["foreign_planet"])
  })

  it("puts colonists down at home, frozen where it is full, and takes ships that are told to leave", () => {
    const { planet } = play(galaxyWith([groupOf(hauler, { ships: 2, goods: "colonists", load: 3 })]), [
      { op: "send", group: 1, planet: 2 },
      { op: "dismantle", group: 1 }
    ])
    assert.deepInclude(planet(1), { population: 1000, colonists: 56, materials: 50 })
    const poor = play(galaxyWith([groupOf(hauler, { at: 2, goods: "colonists", load: 3 })]), [
      { op: "dismantle", group: 1 }
    ])
    assert.deepInclude(poor.planet(2), { population: 424, colonists: 0, materials: 20 })
  })
})

describe("cargo", () => {
  it("is topped up to the hold, and no more", () => {
    const galaxy = galaxyWith([groupOf(hauler, { ships: 2, goods: "capital", load: 10 })])
    assert.deepStrictEqual(codes(galaxy, [{ op: "load", group: 1, goods: "CAP", amount: 10.1 }]), ["bad_amount"])
    const { group, planet } = play(galaxy, [{ op: "load", group: 1, goods: "cap" }])
    assert.deepStrictEqual([group(1).load, planet(1).capital], [15, 10])
    // Of more than is in stock, all that is.
    const empty = galaxyWith([groupOf(hauler, { ships: 2 })], { planets: { 1: { capital: 4 } } })
    const all = play(empty, [{ op: "load", group: 1, goods: "CAP", amount: 30 }])
    assert.deepStrictEqual([all.group(1).load, all.planet(1).capital], [2, 0])
    assert.deepStrictEqual(codes(empty, [{ op: "load", group: 1, goods: "CAP", amount: 30.1 }]), ["bad_amount"])
    // A better hold takes more of the same.
    const better = galaxyWith([groupOf(hauler, { techs: levels(1.2) })])
    assert.strictEqual(play(better, [{ op: "load", group: 1, goods: "COL" }]).group(1).load, 18)
  })

  it("comes from an empty planet too, and the amount is the total of the ships named", () => {
    const galaxy = galaxyWith([groupOf(hauler, { at: 4, ships: 4 })])
    const { group, planet } = play(galaxy, [{ op: "load", group: 1, goods: "MAT", ships: 3, amount: 4.5 }])
    assert.deepInclude(group(2), { ships: 3, load: 1.5, goods: "materials" })
    assert.deepInclude(group(1), { ships: 1, load: 0, goods: null })
    assert.strictEqual(planet(4).materials, 1.5)
  })

  it("is put down in part by the ships named, also by those that are told to leave", () => {
    const galaxy = galaxyWith([groupOf(hauler, { at: 3, ships: 4, goods: "materials", load: 3 })])
    const { group, planet } = play(galaxy, [
      { op: "send", group: 1, planet: 2 },
      { op: "unload", group: 1, ships: 2, amount: 1 }
    ])
    assert.deepInclude(group(1), { ships: 2, load: 3, state: "launched" })
    assert.deepInclude(group(2), { ships: 2, load: 2.5, goods: "materials", state: "launched" })
    assert.strictEqual(planet(3).materials, 1)
    const all = play(galaxy, [{ op: "unload", group: 1, amount: 12 }])
    assert.deepInclude(all.group(1), { load: 0, goods: null })
  })

  it("of next to nothing is none: it neither settles a planet nor fills a hold", () => {
    const galaxy = galaxyWith([groupOf(hauler, { at: 4, goods: "colonists", load: 3 }), groupOf(hauler)], {
      planets: { 1: { colonists: 1e-12 } }
    })
    const nearly = 1e-10
    assert.deepStrictEqual(
      codes(galaxy, [
        { op: "unload", group: 1, amount: nearly },
        { op: "load", group: 2, goods: "MAT", amount: nearly },
        { op: "load", group: 2, goods: "COL" }
      ]),
      ["bad_amount", "bad_amount", "not_enough_stock"]
    )
  })

  it("of colonists makes a planet one's own at once: routes, orders and goods included", () => {
    const galaxy = galaxyWith([groupOf(hauler, { at: 4, goods: "colonists", load: 15 })])
    const { planet } = play(galaxy, [
      { op: "unload", group: 1 },
      { op: "produce", planet: 4, product: "MAT" },
      { op: "route", planet: 4, goods: "MAT", to: 1 },
      { op: "rename_planet", planet: 4, name: "Colony" }
    ])
    // 120 people, of whom 100 find room.
    assert.deepInclude(planet(4), { owner: 0, population: 100, colonists: 2.5, materials: 6, name: "Colony" })
    assert.deepStrictEqual([planet(4).production, planet(4).routes], [{ kind: "materials" }, { materials: 1 }])
    // And the flight zone grows with it.
    assert.deepStrictEqual(
      codes({ ...galaxy, planets: galaxy.planets.map((it) => (it.number === 5 ? { ...it, x: 70 } : it)) }, [
        { op: "send", group: 1, planet: 5 },
        { op: "unload", group: 1 },
        { op: "send", group: 1, planet: 5 }
      ]),
      ["out_of_range", "done", "done"]
    )
  })
})

describe("sending", () => {
  it("measures the zone from own planets to the aim, wherever the ships are", () => {
    const galaxy = galaxyWith([groupOf(drone, { at: 5 })])
    assert.deepStrictEqual(
      codes(galaxy, [
        { op: "send", group: 1, planet: 4 },
        { op: "send", group: 1, planet: 5 },
        { op: "send", group: 1, planet: 1 }
      ]),
      ["done", "done", "done"]
    )
  })

  it("is not for a race without a planet, but to take it back", () => {
    const galaxy = galaxyWith([groupOf(drone)], { planets: { 1: { owner: 1 }, 2: { owner: 1 } } })
    assert.deepStrictEqual(
      codes(galaxy, [
        { op: "send", group: 1, planet: 2 },
        { op: "send", group: 1, planet: 1 }
      ]),
      ["out_of_range", "done"]
    )
  })
})

describe("an upgrade", () => {
  // Drive 4, weapons 2·(3 + 1)/2 = 4, shields 5, cargo 10.
  const costs = { DRIVE: 4, WEAPONS: 4, SHIELDS: 5, CARGO: 10 }
  const galaxy = galaxyWith([groupOf(mixed, { ships: 3 })], { techs: levels(1.25, 1.6, 2, 4) })
  const shares = { DRIVE: 1 - 1 / 1.25, WEAPONS: 1 - 1 / 1.6, SHIELDS: 1 / 2, CARGO: 3 / 4 }
  const blocks = ["DRIVE", "WEAPONS", "SHIELDS", "CARGO"] as const

  it.each(blocks)("of %s costs by the mass of the block", (block) => {
    const { planet, group } = play(galaxy, [{ op: "upgrade", group: 1, block, ships: 2 }])
    assert.closeTo(planet(1).spent, 2 * 10 * costs[block] * shares[block], 1e-9)
    const raised = { drive: 1.25, weapons: 1.6, shields: 2, cargo: 4 }
    const key = block.toLowerCase() as keyof Levels
    assert.deepStrictEqual(group(2).techs, { ...levels(1), [key]: raised[key] })
    assert.deepInclude(group(1), { ships: 1, state: "in_orbit", techs: levels(1) })
  })

  it("of all blocks costs the sum, and a ceiling above the race's level is none", () => {
    const sum = blocks.reduce((all, block) => all + 10 * costs[block] * shares[block], 0)
    for (const order of [{ block: "ALL" }, {}, { block: "all", level: 1e308 }]) {
      const { planet, group } = play(galaxy, [{ op: "upgrade", group: 1, ...order }])
      assert.closeTo(planet(1).spent, 3 * sum, 1e-9)
      assert.deepInclude(group(1), { ships: 3, state: "upgrading", techs: levels(1.25, 1.6, 2, 4) })
    }
    assert.deepStrictEqual(codes(galaxy, [{ op: "upgrade", group: 1, level: -3 }]), ["nothing_to_upgrade"])
  })

  it("that is paid in part moves each block the same part of its way, and takes all points", () => {
    const sum = blocks.reduce((all, block) => all + 10 * costs[block] * shares[block], 0)
    const z = 50 / sum
    const poor = { ...galaxy, planets: galaxy.planets.with(0, { ...galaxy.planets[0]!, population: 50, industry: 50 }) }
    const { planet, group } = play(poor, [{ op: "upgrade", group: 1 }])
    const rounded = (to: number) => Math.round((1 + (to - 1) * z) * 100) / 100
    assert.deepInclude(group(2), {
      ships: 1,
      techs: { drive: rounded(1.25), weapons: rounded(1.6), shields: rounded(2), cargo: rounded(4) }
    })
    assert.strictEqual(planet(1).spent, 50)
    assert.deepStrictEqual(
      codes(poor, [
        { op: "upgrade", group: 1 },
        { op: "upgrade", group: 1 }
      ]),
      ["done", "no_points"]
    )
  })

  it("isn't for ships that are told to leave", () => {
    assert.deepStrictEqual(
      codes(galaxy, [
        { op: "send", group: 1, planet: 2 },
        { op: "upgrade", group: 1 }
      ]),
      ["done", "launched"]
    )
  })
})

describe("what is made", () => {
  const yard = (materials: number, resources: number) =>
    galaxyWith([], {
      planets: { 1: { production: { kind: "ships", class: "Hauler", banked: 100 }, materials, resources } }
    })

  it.each([
    [0, 10, (100 / 202) * 20],
    [5, 0.5, 5 + (100 / (200 + 15 / 0.5)) * 15],
    [20, 10, 20],
    [90, 10, 90],
    [5, 0, 5]
  ])("another product, of %d ore in stock and resources %d leaves what was mined", (materials, resources, left) => {
    const { planet } = play(yard(materials, resources), [{ op: "produce", planet: 1, product: "drone" }])
    assert.closeTo(planet(1).materials, left, 1e-9)
    assert.deepInclude(planet(1).production, { kind: "ships", banked: 0 })
  })

  it("is what it is called in any case, and points are lost even when it is taken back", () => {
    const products = [
      ["cap", { kind: "capital" }],
      ["Mat", { kind: "materials" }],
      ["dRive", { kind: "research", technology: "drive" }],
      ["weapons", { kind: "research", technology: "weapons" }],
      ["SHIELDS", { kind: "research", technology: "shields" }],
      [" Cargo ", { kind: "research", technology: "cargo" }]
    ] as const
    for (const [product, production] of products) {
      const { planet } = play(yard(90, 10), [{ op: "produce", planet: 1, product }])
      assert.deepStrictEqual(planet(1).production, production)
    }
    const back = play(yard(90, 10), [
      { op: "produce", planet: 1, product: "CAP" },
      { op: "produce", planet: 1, product: "ship hauler" }
    ])
    assert.deepInclude(back.planet(1).production, { kind: "ships", banked: 0 })
  })

  it("goes on when its class gets another name or becomes one with its twin", () => {
    const drones = galaxyWith([groupOf(drone)], {
      planets: { 1: { production: { kind: "ships", class: "Drone", banked: 4 } } }
    })
    for (const name of ["Scout", "DRONE", "twin"]) {
      const { draft, planet } = play(drones, [{ op: "rename_class", class: "Drone", name }])
      const { production } = planet(1)
      if (production?.kind !== "ships") return assert.fail("it makes no ships")
      assert.deepStrictEqual([production.banked, production.design.name], [4, name === "twin" ? "Twin" : name])
      assert.strictEqual(draft.races[0]?.designs.size, name === "twin" ? 4 : 5)
      assert.strictEqual(draft.races[0]?.groups.get(1)?.design, production.design)
    }
  })
})

describe("a science", () => {
  it("is kept as shares, is each race's own, and goes when nobody works on it", () => {
    const create: Order = { op: "create_science", name: "Study", drive: 10, weapons: 5, shields: 30, cargo: 0 }
    const { draft } = play(galaxyWith([]), [create])
    const science = draft.races[0]?.sciences.get("study") ?? assert.fail("there is none")
    assert.deepStrictEqual(science, { name: "Study", drive: 10 / 45, weapons: 5 / 45, shields: 30 / 45, cargo: 0 })
    assert.strictEqual(draft.races[1]?.sciences.size, 0)
    const work: Order = { op: "produce", planet: 2, product: "STUDY" }
    const stop: Order = { op: "produce", planet: 2, product: "CAP" }
    const forget: Order = { op: "delete_science", science: "study" }
    assert.deepStrictEqual(codes(galaxyWith([]), [create, work, forget, stop, forget, forget]), [
      "done",
      "done",
      "in_use",
      "done",
      "done",
      "unknown_science"
    ])
  })
})

describe("a class", () => {
  it("is kept as it was designed, and can be deleted when its last ship is gone", () => {
    const { draft } = play(galaxyWith([]), [
      { op: "design_class", name: "New one", drive: 1.5, armament: 3, weapons: 2.25, shields: 0, cargo: 1 }
    ])
    assert.deepStrictEqual(draft.races[0]?.designs.get("new_one"), { ...classOf("New_one", "1.5 3 2.25 0 1"), mass: 7 })
    assert.deepStrictEqual(
      codes(galaxyWith([groupOf(fort)]), [
        { op: "delete_class", class: "Fort" },
        { op: "give", group: 1, race: other },
        { op: "delete_class", class: "fort" }
      ]),
      ["in_use", "done", "done"]
    )
  })
})

describe("routes", () => {
  it("are one for each cargo, changed by the next and ended by none", () => {
    const { planet } = play(galaxyWith([]), [
      { op: "route", planet: 1, goods: "COL", to: 2 },
      { op: "route", planet: 1, goods: "CAP", to: 3 },
      { op: "route", planet: 1, goods: "MAT", to: 4 },
      { op: "route", planet: 1, goods: "emp", to: 2 },
      { op: "route", planet: 1, goods: "COL", to: 4 },
      { op: "route", planet: 1, goods: "MAT" },
      { op: "route", planet: 2, goods: "EMP" }
    ])
    assert.deepStrictEqual(planet(1).routes, { colonists: 4, capital: 3, empty: 2 })
  })
})
