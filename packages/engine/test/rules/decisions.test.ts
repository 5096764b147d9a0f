/**
 * Where the rules leave a choice, the ruleset holds it: what is chosen, and what would be otherwise, in whole turns.
 * Choices of single orders, of routes and of the map are under `../decisions`.
 */
import { oreReturned } from "@galaxy/engine/formulas/yard"
import { plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { Galaxy, Group, Planet, Race } from "@galaxy/engine/state/Galaxy"
import { reportsOf } from "@galaxy/engine/report/reports"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import type { Decisions } from "@galaxy/engine/turn/Phase"
import { assert, describe, it } from "@effect/vitest"
import { classOf, galaxyOf, groupOf, levels, nothing, ordersOf } from "../support/games.ts"
import { near } from "./oracle.ts"

const Drone = classOf("Drone", "1 0 0 0 0")
const Cruiser = classOf("Cruiser", "15 1 15 15 0")
const Tug = classOf("Tug", "8 0 0 2 10")
const classes = [Drone, Cruiser, Tug]

/** What a cruiser drops. */
const bombs = (Math.sqrt(15) / 10 + 1) * 15

const withIt = (change: Partial<Ruleset>, galaxy: Galaxy, decisions: Decisions = nothing) => {
  const made = nextGalaxy(galaxy, decisions, { ...plus, ...change })
  return {
    ...made,
    planet: (number: number): Planet => made.galaxy.planets[number - 1] ?? assert.fail(`no planet ${number}`),
    race: (index: number): Race => made.galaxy.races[index] ?? assert.fail(`no race ${index}`),
    ships: (index: number): number => (made.galaxy.races[index]?.groups ?? []).reduce((sum, it) => sum + it.ships, 0),
    codes: made.log.flatMap((it) => (it.kind === "order" ? [it.outcome.code ?? "accepted"] : [])),
    battles: made.log.flatMap((it) => (it.kind === "battle" ? [it] : []))
  }
}

const empty = { owner: null, population: 0, industry: 0 }

describe("whether ships that were told to leave fight before they go (D4)", () => {
  // A cruiser over its own planet, and a foreign drone that is about to leave it.
  const galaxy = galaxyOf([{}, { owner: 1 }], {}, [
    { classes, groups: [groupOf(Cruiser)] },
    { classes, groups: [groupOf(Drone)] }
  ])
  const leave = ordersOf({ 1: [{ op: "send", group: 1, planet: 2 }] })

  it("such ships do", () => assert.strictEqual(withIt({}, galaxy, leave).ships(1), 0))
  it("or they don't", () => {
    const { race } = withIt({ launchedFight: false }, galaxy, leave)
    assert.deepStrictEqual(
      race(1).groups.map((it) => [it.ships, it.at]),
      [[1, 2]]
    )
  })
})

describe("whether ships that are being upgraded fight (D5)", () => {
  // Two drones at home under a foreign cruiser; one of them is upgraded.
  const galaxy = galaxyOf([{ production: { kind: "research", technology: "cargo" } }, { owner: 1 }], {}, [
    { techs: levels(2), classes, groups: [groupOf(Drone, { ships: 2 })] },
    { classes, groups: [groupOf(Cruiser)] }
  ])
  const upgrade = ordersOf({ 0: [{ op: "upgrade", group: 1, block: "DRIVE", ships: 1 }] })

  it("such ships stay out of it, before the flight and after", () => {
    const { race, battles } = withIt({}, galaxy, upgrade)
    assert.deepStrictEqual(
      race(0).groups.map((it) => [it.ships, it.techs.drive]),
      [[1, 2]]
    )
    assert.deepStrictEqual(
      battles[0]?.groups.map((it) => [it.class, it.ships, it.left, it.fights]),
      [
        ["Drone", 1, 0, true],
        ["Cruiser", 1, 1, true],
        ["Drone", 1, 1, false]
      ]
    )
  })
  it("or are hit as others", () => assert.strictEqual(withIt({ upgradingFight: true }, galaxy, upgrade).ships(0), 0))
})

describe("whether ships that are being upgraded stay where they are", () => {
  const galaxy = galaxyOf([{ routes: { empty: 2 } }, empty], {}, [
    { techs: levels(2), classes, groups: [groupOf(Tug)] }
  ])
  const upgrade = ordersOf({ 0: [{ op: "upgrade", group: 1, block: "SHIELDS" }] })
  const at = (change: Partial<Ruleset>) =>
    withIt(change, galaxy, upgrade)
      .race(0)
      .groups.map((it) => it.at)

  it("such ships follow no route", () => assert.deepStrictEqual(at({}), [1]))
  it("or go on", () => assert.deepStrictEqual(at({ upgradingBinds: false }), [2]))
})

describe("when colonists refill a bombed planet (D6)", () => {
  const galaxy = galaxyOf([{ colonists: 50, production: { kind: "research", technology: "drive" } }], {}, [
    {},
    { classes, groups: [groupOf(Cruiser)] }
  ])
  const left = 1000 - bombs
  const frozen = 50 - bombs - bombs / 8

  it("with the growth, when the work is done and of which they have no part", () => {
    const { planet, race } = withIt({}, galaxy)
    near(race(0).techs.drive, 1 + left / 5000, "drive")
    near(planet(1).population, 1000, "population")
    near(planet(1).colonists, frozen + (0.08 * left) / 8, "colonists")
  })
  it("or at once, so that they work and multiply", () => {
    const { planet, race } = withIt({ thaw: "after_bombing" }, galaxy)
    near(race(0).techs.drive, 1 + (0.75 * left + 0.25 * 1000) / 5000, "drive")
    near(planet(1).population, 1000, "population")
    near(planet(1).colonists, frozen + 10, "colonists")
  })
})

describe("which ore comes back from a hull that is given up (D7)", () => {
  const hull = classOf("Hull", "45 0 0 0 0")
  const galaxy = galaxyOf(
    [
      {
        resources: 2,
        materials: 20,
        population: 0,
        industry: 0,
        production: { kind: "ships", class: "Hull", banked: 300 }
      }
    ],
    {},
    [{ classes: [hull] }]
  )
  const switched = ordersOf({ 0: [{ op: "produce", planet: 1, product: "DRIVE" }] })
  const share = 300 / (450 + 25 / 2)

  it("what was mined for it", () => near(withIt({}, galaxy, switched).planet(1).materials, 20 + 25 * share, "ore"))
  it("or its part of all", () =>
    near(withIt({ oreReturned: "all" }, galaxy, switched).planet(1).materials, 20 + 45 * share, "ore"))
  it("and points above the price count as the others do", () =>
    near(oreReturned(plus, 10, 0.01, 9, 500), 500 / (100 + 1 / 0.01), "ore"))
})

describe("whether routes empty ships of a fleet (D9)", () => {
  const stranded: Partial<Group> = { at: 2, goods: "materials", load: 7, fleet: "Convoy" }
  const galaxy = galaxyOf([{ routes: { materials: 2 } }, empty], {}, [{ classes, groups: [groupOf(Tug, stranded)] }])
  const unloaded = (change: Partial<Ruleset>): number => withIt(change, galaxy).planet(2).materials

  it("routes leave them alone", () => assert.strictEqual(unloaded({}), 0))
  it("or they do", () => assert.strictEqual(unloaded({ routesUnloadFleets: true }), 7))
})

describe("what becomes of colonists in stock when all people die (D10)", () => {
  const galaxy = galaxyOf([{ population: 5, industry: 5, colonists: 50 }, {}], {}, [
    {},
    { classes, groups: [groupOf(Cruiser)] }
  ])

  it("colonists are lost with them", () => {
    const { planet } = withIt({}, galaxy)
    assert.deepInclude(planet(1), { owner: null, population: 0, industry: 0, colonists: 0, production: null })
    assert.strictEqual(planet(1).materials, 5)
  })
  it("or those that weren't hit stay frozen", () => {
    const { planet } = withIt({ colonistsOutlastWipe: true }, galaxy)
    assert.strictEqual(planet(1).owner, null)
    near(planet(1).colonists, 50 - bombs, "colonists")
  })
})

/** A race for each number of people on its one full planet, and whom it votes for. */
const voters = (...people: ReadonlyArray<readonly [number, number]>): Galaxy =>
  galaxyOf(
    people.map(([population], owner) => ({ owner, population, industry: 0, size: population })),
    {},
    people.map(([, votes_for]) => ({ votes_for }))
  )

describe("from which turn votes decide (D25)", () => {
  // One vote of three equal races is two thirds for the race it names.
  const galaxy = voters([1000, 0], [1000, 0], [1000, 2])
  const after = (turn: number, change: Partial<Ruleset> = {}) => withIt(change, { ...galaxy, turn: turn - 1 }).galaxy

  it("nobody loses before turn 10", () => {
    for (let turn = 1; turn < 10; turn++) assert.isFalse(after(turn).finished, `turn ${turn}`)
    assert.deepStrictEqual(after(10).winners, [0])
    assert.deepStrictEqual(after(11).winners, [0])
  })
  it("or from the first turn on", () => assert.deepStrictEqual(after(1, { votesFromTurn: 0 }).winners, [0]))
  it("an alliance must wait too", () => {
    const allied = voters([1000, 1], [1000, 0], [1000, 2])
    assert.deepStrictEqual(withIt({}, { ...allied, turn: 8 }).galaxy.winners, [])
    assert.deepStrictEqual(withIt({}, { ...allied, turn: 9 }).galaxy.winners, [0, 1])
  })
  it("and the last race left has won at any time", () => {
    const { galaxy: end } = withIt({}, galaxyOf([{}, { owner: 1 }]), { orders: new Map(), banished: new Set([1]) })
    assert.deepStrictEqual([end.turn, end.winners], [1, [0]])
  })
})

describe("whether a winner must vote for itself (D11)", () => {
  const galaxy = { ...voters([100, 2], [900, 0], [100, 2]), turn: 20 }

  it("no winner votes for another", () => assert.isFalse(withIt({}, galaxy).galaxy.finished))
  it("or needn't", () => assert.deepStrictEqual(withIt({ winnerNamesItself: false }, galaxy).galaxy.winners, [0]))
})

describe("whether the winning share itself wins (D13)", () => {
  const galaxy = { ...voters([2000, 0], [1000, 1]), turn: 20 }

  it("just as much wins", () => assert.deepStrictEqual(withIt({}, galaxy).galaxy.winners, [0]))
  it("or only more does", () => assert.isFalse(withIt({ shareReachedWins: false }, galaxy).galaxy.finished))
})

describe("whether parts of a vote count (D14)", () => {
  const galaxy = { ...voters([2900, 0], [1500, 1]), turn: 20 }

  it("parts do", () => assert.isFalse(withIt({}, galaxy).galaxy.finished))
  it("or whole thousands only", () =>
    assert.deepStrictEqual(withIt({ fractionalVotes: false }, galaxy).galaxy.winners, [0]))
})

describe("whether the owner of a planet sees a battle there without ships (D17)", () => {
  const galaxy = galaxyOf([{}, { owner: 1 }, { owner: 2 }], {}, [
    {},
    { classes, groups: [groupOf(Cruiser)], peace_with: [0] },
    { classes, groups: [groupOf(Drone)], peace_with: [0] }
  ])
  const seen = (change: Partial<Ruleset>): ReadonlyArray<number> => {
    const { galaxy: after, log } = withIt(change, galaxy)
    return reportsOf(after, log).map((it) => it.battles.length)
  }

  it("the owner does", () => assert.deepStrictEqual(seen({}), [1, 1, 1]))
  it("or only those do who have ships there", () => assert.deepStrictEqual(seen({ ownerSeesBattle: false }), [0, 1, 1]))
})

describe("peace in the first turns", () => {
  const galaxy = galaxyOf([{}, { owner: 1 }], {}, [
    { classes, groups: [groupOf(Cruiser)] },
    { classes, groups: [groupOf(Drone)], peace_with: [0] }
  ])
  const declare = ordersOf({ 1: [{ op: "war", race: galaxy.races[0]?.name ?? "" }] })

  it("is nobody's unless the game says so", () => {
    const { ships, codes } = withIt({}, galaxy, declare)
    assert.deepStrictEqual([ships(1), codes], [0, ["accepted"]])
  })
  it("can be forced: nobody fights and nobody declares war", () => {
    const { ships, codes, race } = withIt({ forcedPeaceTurns: 1 }, galaxy, declare)
    assert.deepStrictEqual([ships(1), codes], [1, ["forced_peace"]])
    assert.deepStrictEqual(race(1).peace_with, [0])
  })
  it("and is over after them", () => {
    const { ships, codes } = withIt({ forcedPeaceTurns: 1 }, { ...galaxy, turn: 1 }, declare)
    assert.deepStrictEqual([ships(1), codes], [0, ["accepted"]])
  })
})
