/** Decisions of the rules that have another answer: each answer does what its name says. */
import { partial, shipCost } from "@galaxy/engine/formulas/upgrade"
import { place } from "@galaxy/engine/generation/placement"
import { freeKinds, sideFor } from "@galaxy/engine/generation/kinds"
import { executeAll } from "@galaxy/engine/orders/execute"
import { bombing } from "@galaxy/engine/phases/bombing"
import { departuresByRoute } from "@galaxy/engine/phases/departuresByRoute"
import * as Random from "@galaxy/engine/random/Random"
import { plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import { distance } from "@galaxy/engine/space/distance"
import { type Draft, draftOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import type { Phase } from "@galaxy/engine/turn/Phase"
import { assert, describe, it } from "@effect/vitest"
import { galaxyOf, lone } from "../support/games.ts"

const freighter = { name: "Freighter", drive: 8, armament: 0, weapons: 0, shields: 2, cargo: 10 }
const cruiser = { name: "Cruiser", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 }

const group = (change: Partial<Group>): Group => ({
  ...lone,
  class: "Freighter",
  techs: { drive: 1, weapons: 1, shields: 1, cargo: 1 },
  ...change
})

const withGroups = (galaxy: Galaxy, groups: { readonly [race: number]: ReadonlyArray<Group> }): Galaxy => ({
  ...galaxy,
  races: galaxy.races.map((race, index) => ({ ...race, classes: [freighter, cruiser], groups: groups[index] ?? [] }))
})

const draftUnder = (galaxy: Galaxy, change: Partial<Ruleset>): Draft => ({
  ...draftOf(galaxy),
  ruleset: { ...plus, ...change }
})

const run = (phase: Phase, draft: Draft): Draft => {
  phase.run({
    draft,
    techsBefore: draft.races.map((race) => race.techs),
    decisions: { orders: new Map(), banished: new Set() },
    random: Random.make("decisions")
  })
  return draft
}

it("D2: big planets keep apart from each other, or from home worlds only", () => {
  const big = freeKinds.findIndex((kind) => kind.apart === 10)
  const closest = (bigPlanetsApart: boolean): number => {
    let least = Number.POSITIVE_INFINITY
    for (let seed = 0; seed < 20; seed++) {
      const placed = place(Random.make("apart", seed), { map: "torus", bigPlanetsApart }, sideFor(10), 10, 70)
      const all = placed?.free[big] ?? []
      for (const [at, one] of all.entries()) {
        for (const other of all.slice(at + 1)) least = Math.min(least, distance("torus", sideFor(10), one, other))
      }
    }
    return least
  }
  assert.isAtLeast(closest(true), 10)
  assert.isBelow(closest(false), 10)
})

it("D15: the side of the map goes with its factor", () => {
  assert.deepStrictEqual([sideFor(4), sideFor(4, { ...plus, mapSideFactor: 40 })], [90, 80])
})

describe("D8: dismantling with colonists aboard over a stranger's planet", () => {
  const galaxy = withGroups(galaxyOf([{}, { owner: 1, materials: 0 }]), {
    0: [group({ at: 2, goods: "colonists", load: 5, ships: 2 })]
  })

  it("is refused", () => {
    const draft = draftUnder(galaxy, {})
    const [verdict] = executeAll(draft, draft.races[0]!, [{ op: "dismantle", group: 1 }])
    assert.strictEqual(verdict?.code, "foreign_planet")
    assert.strictEqual(draft.races[0]!.groups.size, 1)
  })

  it("or loses them", () => {
    const draft = draftUnder(galaxy, { dismantlingOverStrangers: "colonists_lost" })
    const [verdict] = executeAll(draft, draft.races[0]!, [{ op: "dismantle", group: 1 }])
    assert.isTrue(verdict?.accepted)
    assert.deepStrictEqual(
      [draft.planets[1]!.owner, draft.planets[1]!.colonists, draft.planets[1]!.materials],
      [1, 0, 40]
    )
  })
})

it("D19: bombs fall where defenders outlasted the fight, or don't", () => {
  const galaxy = withGroups(galaxyOf([{}, { owner: 1 }]), {
    0: [group({ class: "Cruiser", at: 2 })],
    1: [group({ class: "Cruiser", at: 2 })]
  })
  const population = (change: Partial<Ruleset>) => run(bombing, draftUnder(galaxy, change)).planets[1]!.population
  assert.isBelow(population({}), 1000)
  assert.strictEqual(population({ bombsDespiteDefenders: false }), 1000)
})

it("D20: ships that a route's cargo doesn't need stay behind, or go along", () => {
  const galaxy = withGroups(
    galaxyOf([
      { colonists: 20, routes: { colonists: 2 } },
      { owner: null, population: 0 }
    ]),
    {
      0: [group({ ships: 5 })]
    }
  )
  const ships = (change: Partial<Ruleset>) =>
    [...run(departuresByRoute, draftUnder(galaxy, change)).races[0]!.groups.values()].map((it) => [
      it.ships,
      it.load,
      it.state
    ])
  assert.deepStrictEqual(ships({}), [
    [2, 10, "launched"],
    [3, 0, "in_orbit"]
  ])
  assert.deepStrictEqual(ships({ routesSplitGroups: false }), [[5, 4, "launched"]])
})

describe("D21: too few points on a ship whose blocks have different ways to go", () => {
  const from = { drive: 1, weapons: 1, shields: 1, cargo: 0 }
  const to = { drive: 2, weapons: 1.25, shields: 1, cargo: 0 }

  it("raise each block by the same part of its way", () => {
    const cost = shipCost(plus, cruiser, from, to)
    assert.strictEqual(cost, 75 + 30)
    assert.deepStrictEqual(partial(plus, cruiser, from, to, cost / 2), { ...to, drive: 1.5, weapons: 1.125 })
  })

  it("or are spent by mass, and never beyond the aim", () => {
    const byMass = { ...plus, partialUpgrade: "by_mass" } as const
    // 30 points, a half for each of two blocks of 15: 1 - 15/150 of the new level is the old one.
    const raised = partial(byMass, cruiser, from, to, 30)
    assert.closeTo(raised.drive, 1 / 0.9, 1e-12)
    assert.closeTo(raised.weapons, 1 / 0.9, 1e-12)
    assert.strictEqual(partial(byMass, cruiser, from, to, 100).weapons, 1.25)
    assert.strictEqual(partial(byMass, cruiser, from, to, 400).drive, 2)
  })
})
