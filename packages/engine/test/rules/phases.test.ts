/** Rules of whole turns that no recorded case speaks of: who fights and bombs whom, what merges, who settles. */
import { bombing } from "@galaxy/engine/phases/bombing"
import { make } from "@galaxy/engine/random/Random"
import { statusOf } from "@galaxy/engine/state/status"
import { draftOf, planetOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group, Race } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import type { Decisions } from "@galaxy/engine/turn/Phase"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, levels, nothing, ordersOf } from "../support/games.ts"
import { near } from "./oracle.ts"

const Drone = classOf("Drone", "1 0 0 0 0")
const Cruiser = classOf("Cruiser", "15 1 15 15 0")
const Gun = classOf("Gun", "0 1 60 0 0")
const Tug = classOf("Tug", "8 0 0 2 10")
const classes = [Drone, Cruiser, Gun, Tug]
const empty = { owner: null, population: 0, industry: 0 }

const owning = (groups: ReadonlyArray<Group>, rest: Partial<Race> = {}): Partial<Race> => ({ classes, groups, ...rest })

const turnOf = (galaxy: Galaxy, decisions: Decisions = nothing) => {
  const { galaxy: after, log } = nextGalaxy(galaxy, decisions)
  return {
    after,
    groups: (race: number) => after.races[race]?.groups ?? [],
    ships: (race: number) => (after.races[race]?.groups ?? []).reduce((sum, it) => sum + it.ships, 0),
    battles: log.flatMap((it) => (it.kind === "battle" ? [it] : [])),
    bombings: log.flatMap((it) => (it.kind === "bombing" ? [it] : []))
  }
}

describe("war and peace", () => {
  it("where only one side has made peace, both fight", () => {
    // Race 0 is at peace with 1, which shoots; so 0 shoots back, and is the only one that can hit.
    const galaxy = galaxyOf([{ owner: null, population: 0, industry: 0 }], {}, [
      owning([groupOf(Gun)], { peace_with: [1] }),
      owning([groupOf(Cruiser, { ships: 1 })])
    ])
    const outcomes = new Set<string>()
    for (let seed = 0; seed < 40; seed++) {
      const { battles, ships } = turnOf({ ...galaxy, seed: `peace ${seed}` })
      assert.isNotEmpty(battles)
      outcomes.add(`${ships(0)} ${ships(1)}`)
    }
    // Whoever fires first: a gun of 60 always destroys a cruiser, and an unshielded gun is always destroyed.
    assert.deepStrictEqual([...outcomes].toSorted(), ["0 1", "1 0"])
  })

  it("an unarmed aggressor provokes nobody, also where others fight", () => {
    // 0 and 2 are at war and fight. 1 is at war with 0, unarmed, and 0 at peace with it: it is left alone by 0.
    const galaxy = galaxyOf([empty], {}, [
      owning([groupOf(Gun, { ships: 3 })], { peace_with: [1] }),
      owning([groupOf(Drone, { ships: 5 })], { peace_with: [2] }),
      owning([groupOf(Drone)], { peace_with: [1] })
    ])
    const { ships, battles } = turnOf(galaxy)
    assert.isNotEmpty(battles)
    assert.deepStrictEqual([ships(0), ships(1), ships(2)], [3, 5, 0])
  })

  it("those at peace with everybody look on, and the battle says so", () => {
    const galaxy = galaxyOf([empty], {}, [
      owning([groupOf(Gun)], { peace_with: [2] }),
      owning([groupOf(Drone)], { peace_with: [2] }),
      owning([groupOf(Cruiser)], { peace_with: [0, 1] })
    ])
    const [battle] = turnOf(galaxy).battles
    assert.deepStrictEqual(
      battle?.groups.map((it) => [it.race, it.left, it.fights]),
      [
        [0, 1, true],
        [1, 0, true],
        [2, 1, false]
      ]
    )
    assert.deepStrictEqual(battle?.witnesses, [0, 1, 2])
  })

  it("a guest's cargo is lost with its ship, and nothing else is", () => {
    const galaxy = galaxyOf([empty], {}, [
      owning([groupOf(Gun)]),
      owning([groupOf(Tug, { goods: "materials", load: 9 })])
    ])
    const { after, ships } = turnOf(galaxy)
    assert.strictEqual(ships(1), 0)
    assert.deepInclude(after.planets[0], { materials: 0, capital: 0, colonists: 0 })
  })
})

describe("a race's best", () => {
  it("stays when it has less again, and grows with it", () => {
    const before = { max_planets: 3, max_population: 5_000, initial_planets: 2, initial_population: 700 }
    const first = galaxyOf([{ population: 900, size: 1000, industry: 0 }], {}, [owning([], before)])
    const less = turnOf(first).after
    assert.deepInclude(less.races[0], before)
    assert.deepInclude(statusOf(less).players[0], before)
    assert.isBelow(statusOf(less).players[0]?.population ?? 0, before.max_population)
    const more = turnOf({
      ...less,
      finished: false,
      winners: [],
      races: less.races.map((race) => ({ ...race, max_planets: 0, max_population: 10 }))
    }).after
    assert.strictEqual(more.races[0]?.max_planets, 1)
    assert.strictEqual(more.races[0]?.max_population, statusOf(more).players[0]?.population)
  })
})

describe("bombing", () => {
  const power = (Math.sqrt(15) / 10 + 1) * 15

  it("asks for the bomber's attitude, not for the owner's", () => {
    const bombed = (bombers: ReadonlyArray<number>, owners: ReadonlyArray<number>): number =>
      turnOf(galaxyOf([{}], {}, [{ peace_with: owners }, owning([groupOf(Cruiser)], { peace_with: bombers })])).bombings
        .length
    assert.deepStrictEqual([bombed([], []), bombed([], [1]), bombed([0], []), bombed([0], [1])], [1, 1, 0, 0])
  })

  it("ends with the people: where the first wave has left nobody, the next finds nothing to bomb", () => {
    const galaxy = galaxyOf([{ population: 10, industry: 10 }], {}, [
      {},
      owning([groupOf(Cruiser, { ships: 50 })], { peace_with: [2] }),
      owning([groupOf(Cruiser, { ships: 50 })], { peace_with: [1] })
    ])
    const { after, bombings } = turnOf(galaxy)
    assert.deepStrictEqual(
      bombings.map((it) => [it.bomber, it.owner, it.wiped]),
      [[1, 0, true]]
    )
    assert.deepInclude(after.planets[0], { owner: null, population: 0 })
  })

  it("of several races is one line for each, one after another", () => {
    const galaxy = galaxyOf([{}], {}, [
      {},
      owning([groupOf(Cruiser, { number: 1 }), groupOf(Cruiser, { number: 2, techs: levels(1, 2) })], {
        peace_with: [2]
      }),
      owning([groupOf(Cruiser)], { peace_with: [1] })
    ])
    const { bombings } = turnOf(galaxy)
    const [first, second] = bombings
    assert.deepStrictEqual(
      bombings.map((it) => [it.bomber, it.owner, it.wiped]),
      [
        [1, 0, false],
        [2, 0, false]
      ]
    )
    near(first?.power, power + (Math.sqrt(30) / 10 + 1) * 30, "power of both groups")
    near(second?.population, 1000 - (first?.power ?? 0), "people that the second meets")
  })

  it("leaves an emptied planet to nobody, with its ore and capital, without routes and plans", () => {
    const planet = {
      population: 8,
      industry: 8,
      size: 8,
      capital: 5,
      materials: 3,
      production: { kind: "ships", class: "Drone", banked: 4 } as const,
      routes: { capital: 2 }
    }
    const draft = draftOf(galaxyOf([planet, {}], {}, [{ classes }, owning([groupOf(Cruiser)])]))
    bombing.run({ draft, techsBefore: [], decisions: nothing, random: make("none") })
    assert.deepInclude(planetOf(draft, 1), {
      owner: null,
      population: 0,
      industry: 0,
      capital: 5,
      materials: 11,
      production: null,
      routes: {}
    })
  })

  it("makes room for a colony in the same turn", () => {
    // The bomber's own route ends at the planet that it empties.
    const galaxy = galaxyOf(
      [
        { population: 5, industry: 0, size: 500 },
        { owner: 1, routes: { colonists: 1 } }
      ],
      {},
      [{}, owning([groupOf(Cruiser, { number: 1 }), groupOf(Tug, { number: 2, goods: "colonists", load: 10 })])]
    )
    const { after } = turnOf(galaxy)
    assert.deepInclude(after.planets[0], { owner: 1, population: 80, industry: 0 })
  })
})

describe("settling by routes", () => {
  it("is for the largest load that may be put down: ships of a fleet don't count", () => {
    const bringing = (load: number, fleet: string | null = null): Group =>
      groupOf(Tug, { number: fleet === null ? 1 : 2, at: 3, goods: "colonists", load, fleet })
    const galaxy = galaxyOf(
      [{ routes: { colonists: 3 } }, { owner: 1, routes: { colonists: 3 } }, { ...empty, size: 500 }],
      {},
      [owning([bringing(2), bringing(14, "Convoy")], { peace_with: [1] }), owning([bringing(3)], { peace_with: [0] })]
    )
    const { after, groups } = turnOf(galaxy)
    assert.deepInclude(after.planets[2], { owner: 1, population: 24 })
    assert.deepStrictEqual(
      groups(0).map((it) => it.load),
      [2, 14]
    )
  })

  it("isn't possible where nobody can live, nor on a foreign planet", () => {
    for (const target of [{ ...empty, size: 0 }, { owner: 1 }]) {
      const galaxy = galaxyOf([{ routes: { colonists: 2 } }, target], {}, [
        owning([groupOf(Tug, { at: 2, goods: "colonists", load: 5 })]),
        { peace_with: [0] }
      ])
      const { after, groups } = turnOf(galaxy)
      assert.strictEqual(after.planets[1]?.owner, target.owner)
      assert.strictEqual(groups(0)[0]?.load, 5)
    }
  })
})

describe("routes", () => {
  it("fill ships with colonists first, then capital, then materials, and send the rest empty", () => {
    const goods = { colonists: 15, capital: 15, materials: 15 }
    const routes = { empty: 5, materials: 4, capital: 3, colonists: 2 }
    const far = { x: 50, ...empty }
    const research = { kind: "research", technology: "drive" } as const
    // Each kind fills one ship of those in one group.
    const leaving = (ships: number): ReadonlyArray<ReadonlyArray<unknown>> =>
      turnOf(
        galaxyOf([{ ...goods, production: research, routes }, far, far, far, far], {}, [
          owning([groupOf(Tug, { ships })])
        ])
      )
        .groups(0)
        .map((it) => [it.ships, it.goods, it.load, it.to])
        .toSorted((one, other) => Number(one[3]) - Number(other[3]))
    const wanted: ReadonlyArray<ReadonlyArray<unknown>> = [
      [1, "colonists", 15, 2],
      [1, "capital", 15, 3],
      [1, "materials", 15, 4],
      [1, null, 0, 5]
    ]
    for (const ships of [1, 2, 3, 4]) assert.deepStrictEqual(leaving(ships), wanted.slice(0, ships), `${ships} ships`)
  })

  it("are forgotten when their end is out of reach", () => {
    const far = galaxyOf([{ routes: { materials: 2, capital: 3 } }, { x: 41, ...empty }, { x: 40, ...empty }])
    assert.deepStrictEqual(nextGalaxy(far, nothing).galaxy.planets[0]?.routes, { capital: 3 })
  })
})

describe("groups", () => {
  it("merge when they are alike in everything, and the lower number survives", () => {
    const alike = (number: number, change: Partial<Group> = {}): Group => groupOf(Tug, { number, ...change })
    const galaxy = galaxyOf([{}, { x: 90 }], {}, [
      owning([
        alike(2),
        alike(3, { at: 2 }),
        alike(5, { techs: levels(1.01) }),
        alike(6, { goods: "materials", load: 1 }),
        alike(7, { goods: "materials", load: 2 }),
        alike(8, { goods: "capital", load: 1 }),
        alike(9, { fleet: "Convoy" }),
        alike(10, { to: 2, distance: 30 }),
        alike(11, { to: 2, distance: 31 }),
        alike(12, { ships: 4 }),
        alike(13, { to: 2, distance: 30, ships: 2 })
      ])
    ])
    assert.deepStrictEqual(
      turnOf(galaxy)
        .groups(0)
        .map((it) => [it.number, it.ships]),
      [
        [2, 5],
        [3, 1],
        [5, 1],
        [6, 1],
        [7, 1],
        [8, 1],
        [9, 1],
        [10, 3],
        [11, 1]
      ]
    )
  })

  it("built in the turn of a discovery have the technology from before it", () => {
    const galaxy = galaxyOf(
      [
        { production: { kind: "research", technology: "drive" } },
        { production: { kind: "ships", class: "Drone", banked: 0 } }
      ],
      {},
      [{ classes, techs: levels(1.254) }]
    )
    const { groups, after } = turnOf(galaxy)
    near(after.races[0]?.techs.drive, 1.454, "drive")
    assert.deepStrictEqual(
      groups(0).map((it) => [it.ships, it.techs.drive]),
      [[99, 1.25]]
    )
  })
})

describe("a flight", () => {
  it("is over only when nothing is left of the way", () => {
    const after = (x: number) =>
      turnOf(
        galaxyOf([{}, { x, y: 0, ...empty }], {}, [owning([groupOf(Drone)])]),
        ordersOf({ 0: [{ op: "send", group: 1, planet: 2 }] })
      ).groups(0)[0]
    assert.deepInclude(after(20), { at: 2, to: null, distance: 0 })
    const short = after(20.005)
    assert.deepInclude(short, { at: 1, to: 2 })
    near(short?.distance, 0.005, "distance left")
  })

  it("meets nobody in space", () => {
    const galaxy = galaxyOf([{}, { x: 40, owner: 1 }], {}, [
      owning([groupOf(Cruiser, { to: 2, distance: 20 })]),
      owning([groupOf(Drone, { at: 2, to: 1, distance: 21 })])
    ])
    const { ships, battles } = turnOf(galaxy)
    assert.deepStrictEqual([ships(0), ships(1), battles.length], [1, 1, 0])
  })
})

describe("the end", () => {
  const alone = (people: number) =>
    galaxyOf([{ ...(people === 0 ? empty : { population: people }) }, empty], {}, [
      owning([groupOf(Drone)]),
      { removed: { turn: 0, reason: "quit" }, groups: [] }
    ])

  it("comes for a race that is left alone, with people or without", () => {
    for (const people of [0, 500]) {
      const { after } = turnOf(alone(people))
      assert.deepStrictEqual([after.finished, after.winners], [true, [0]])
    }
  })

  it("of a race explains every number that goes, its yards' too", () => {
    const production = { kind: "ships" as const, class: "Cruiser", banked: 7 }
    const galaxy = galaxyOf([{ production }, { owner: 1 }, { owner: 2 }], {}, [owning([]), owning([]), owning([])])
    const { log } = nextGalaxy(galaxy, { orders: new Map(), banished: new Set([0]) })
    const gone = log.flatMap((it) => (it.kind === "change" && it.cause === "removal" ? [it] : []))
    assert.deepInclude(
      gone.find((it) => it.what === "banked"),
      { subject: "planet", number: 1, before: 7, after: 0 }
    )
  })
})
