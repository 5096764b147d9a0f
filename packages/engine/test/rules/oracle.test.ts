import { readFileSync } from "node:fs"
import { elect } from "@galaxy/engine/formulas/votes"
import { freePoints, makeCapital } from "@galaxy/engine/formulas/production"
import { ngConstants, plus } from "@galaxy/engine/rules/Ruleset"
import { distance } from "@galaxy/engine/space/distance"
import type { Galaxy, Product } from "@galaxy/engine/state/Galaxy"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { galaxyOf, nothing } from "../support/games.ts"

interface Case {
  readonly id: string
  readonly kind?: string
  readonly input: any
  readonly expected?: any
  readonly expected_trace?: ReadonlyArray<any>
  readonly expected_ng_only?: any
  readonly expected_plus_only?: any
}

const casesOf = (name: string): ReadonlyArray<Case> =>
  JSON.parse(readFileSync(new URL(`../oracle/${name}.json`, import.meta.url), "utf8")).cases

const near = (actual: number, wanted: number, what: string): void =>
  assert.isAtMost(Math.abs(actual - wanted), 1e-9 * Math.max(1, Math.abs(wanted)), `${what}: ${actual}, not ${wanted}`)

const products: Record<string, Product> = {
  CAP: { kind: "capital" },
  MAT: { kind: "materials" },
  DRIVE: { kind: "research", technology: "drive" },
  WEAPONS: { kind: "research", technology: "weapons" },
  SHIELDS: { kind: "research", technology: "shields" },
  CARGO: { kind: "research", technology: "cargo" }
}

const planetOf = (input: any, ruleset: Galaxy["ruleset"] = "plus"): Galaxy =>
  galaxyOf(
    [
      {
        size: input.size,
        resources: input.resources,
        population: input.population,
        industry: input.industry,
        capital: input.cap_stock,
        materials: input.mat_stock,
        colonists: input.col_stock,
        production: products[input.producing] ?? assert.fail(`product ${input.producing}`)
      }
    ],
    { ruleset }
  )

const holds = (galaxy: Galaxy, expected: any): void => {
  const planet = galaxy.planets[0]!
  const { techs } = galaxy.races[0]!
  const actual: Record<string, number> = {
    population: planet.population,
    industry: planet.industry,
    cap_stock: planet.capital,
    mat_stock: planet.materials,
    col_stock: planet.colonists,
    tech_drive: techs.drive,
    tech_weapons: techs.weapons,
    tech_shields: techs.shields,
    tech_cargo: techs.cargo
  }
  for (const [name, wanted] of Object.entries(expected)) {
    if (typeof wanted === "number") near(actual[name] ?? Number.NaN, wanted, name)
  }
}

describe("planet-production.json", () => {
  const cases = casesOf("planet-production")

  it("is complete", () => assert.strictEqual(cases.length, 31))

  for (const one of cases) {
    if (one.input.points_already_spent_on_upgrades !== undefined) {
      it(one.id, () => {
        const spent = one.input.points_already_spent_on_upgrades
        const points = freePoints(plus, one.input, spent)
        const { capital } = makeCapital(plus, { capital: 0, materials: 0 }, one.input.resources, points)
        near(capital, one.expected.cap_stock, "cap_stock")
      })
    } else if (one.expected_trace !== undefined) {
      it(one.id, () => {
        let galaxy = planetOf(one.input)
        for (const wanted of one.expected_trace ?? []) {
          galaxy = makeTurn(
            { ...galaxy, turn: 0, races: galaxy.races.map((it) => ({ ...it, idle_turns: 0 })) },
            nothing
          ).galaxy
          const { pop, ind, cap, mat, col } = wanted
          holds(galaxy, { population: pop, industry: ind, cap_stock: cap, mat_stock: mat, col_stock: col })
        }
      })
    } else if (one.expected === undefined) {
      it(`${one.id}, by both rulesets`, () => {
        holds(makeTurn(planetOf(one.input), nothing).galaxy, one.expected_plus_only)
        holds(makeTurn(planetOf(one.input, "ng-constants"), nothing).galaxy, one.expected_ng_only)
      })
    } else {
      it(one.id, () => {
        near(freePoints(plus, one.input), one.input.production_points, "production points")
        holds(makeTurn(planetOf(one.input), nothing).galaxy, one.expected)
      })
    }
  }
})

/** Kinds whose rules speak of ships, sciences or landings. */
const notYet = new Set([
  "cargo_capacity",
  "speed",
  "mass",
  "mass_full",
  "ship_mass_per_turn",
  "attack_defence",
  "science",
  "colonise_contest"
])

describe("plus-derived.json", () => {
  for (const one of casesOf("plus-derived")) {
    if (one.kind === "votes") {
      it(one.id, () => {
        const names = Object.keys(one.input.population)
        const index = (name: string): number => names.indexOf(name)
        const result = elect(
          plus,
          names.map((name) => one.input.population[name] / (plus.populationPerVote ?? Number.NaN)),
          names.map((name) => index(one.input.votes_for[name]))
        )
        near(result.total, one.expected.total, "total")
        for (const [at, name] of names.entries()) {
          near(result.ballots[at]!.own, one.expected.own[name], `own votes of ${name}`)
          near(result.ballots[at]!.received, one.expected.received[name], `votes received by ${name}`)
        }
        assert.deepStrictEqual(
          result.alliances.map((it) => ({ members: it.members.map((at) => names[at]), votes: it.votes })),
          one.expected.alliances
        )
        assert.deepStrictEqual(
          result.winners.map((at) => names[at]),
          one.expected.winners
        )
      })
    } else if (one.kind === "flight_range" || one.kind === "detection") {
      it(`${one.id}, the distance`, () => {
        const [x, y] = one.input.destination ?? one.input.foreign_group_in_space
        const own: ReadonlyArray<ReadonlyArray<number>> = one.input.own_planets
        const nearest = Math.min(
          ...own.map(([ownX = 0, ownY = 0]) => distance("torus", one.input.galaxy_size, { x: ownX, y: ownY }, { x, y }))
        )
        near(nearest, one.expected.nearest_distance, "distance")
      })
    } else {
      it(`${one.id} is of rules to come`, () => assert.isTrue(notYet.has(one.kind ?? "")))
    }
  }
})

describe("the rulesets", () => {
  it("differ where the other engine does, and nowhere else", () => {
    const differing = Object.keys(plus).filter(
      (key) =>
        JSON.stringify(plus[key as keyof typeof plus]) !== JSON.stringify(ngConstants[key as keyof typeof ngConstants])
    )
    assert.deepStrictEqual(differing.toSorted(), [
      "arrivalTolerance",
      "bombing",
      "detectionZoneFactor",
      "flightZoneFactor",
      "holdDivisor",
      "hullBilling",
      "idleTurns",
      "idleWarningOwn",
      "idleWarningPublic",
      "map",
      "name",
      "nameLength",
      "pointsPerTechLevel",
      "populationPerVote",
      "shieldNormaliser",
      "winningShare"
    ])
  })
})
