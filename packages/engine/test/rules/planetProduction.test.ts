/** Recorded turns of a single planet: production, growth, and capital that becomes industry. */
import { freePoints } from "@galaxy/engine/formulas/production"
import { growth } from "@galaxy/engine/phases/growth"
import { industry } from "@galaxy/engine/phases/industry"
import { stockToIndustry } from "@galaxy/engine/phases/stockToIndustry"
import { make } from "@galaxy/engine/random/Random"
import { ngConstants, plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import { draftOf, galaxyOf as galaxyOfDraft, planetOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Product } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, levels, nothing } from "../support/games.ts"
import { departures, eachCase, near } from "./oracle.ts"

const Expected = Schema.Record(Schema.String, Schema.Union([Schema.Finite, Schema.String]))

const ProductionCase = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literals(["common", "differs"]),
  input: Schema.Struct({
    size: Schema.Finite,
    resources: Schema.Finite,
    population: Schema.Finite,
    industry: Schema.Finite,
    cap_stock: Schema.Finite,
    mat_stock: Schema.Finite,
    col_stock: Schema.Finite,
    producing: Schema.Literals(["CAP", "MAT", "DRIVE", "WEAPONS", "SHIELDS", "CARGO"]),
    tech_all: Schema.optionalKey(Schema.Finite),
    production_points: Schema.optionalKey(Schema.Finite),
    points_already_spent_on_upgrades: Schema.optionalKey(Schema.Finite),
    turns: Schema.optionalKey(Schema.Int)
  }),
  expected: Schema.optionalKey(Expected),
  expected_plus_only: Schema.optionalKey(Expected),
  expected_ng_only: Schema.optionalKey(Expected),
  expected_trace: Schema.optionalKey(
    Schema.NonEmptyArray(
      Schema.Struct({
        pop: Schema.Finite,
        ind: Schema.Finite,
        cap: Schema.Finite,
        mat: Schema.Finite,
        col: Schema.Finite
      })
    )
  )
})
type Input = (typeof ProductionCase.Type)["input"]

const products: { readonly [Name in Input["producing"]]: Product } = {
  CAP: { kind: "capital" },
  MAT: { kind: "materials" },
  DRIVE: { kind: "research", technology: "drive" },
  WEAPONS: { kind: "research", technology: "weapons" },
  SHIELDS: { kind: "research", technology: "shields" },
  CARGO: { kind: "research", technology: "cargo" }
}

const galaxyFrom = (input: Input): Galaxy =>
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
        production: products[input.producing]
      }
    ],
    {},
    [{ techs: levels(input.tech_all ?? 1) }]
  )

const shown = (galaxy: Galaxy): Readonly<Record<string, number>> => {
  const planet = galaxy.planets[0] ?? assert.fail("no planet")
  const { techs } = galaxy.races[0] ?? assert.fail("no race")
  return {
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
}

/** Nobody gives orders here, and nobody leaves for it. */
const withPatience = (ruleset: Ruleset): Ruleset => ({ ...ruleset, idleTurns: [] })

/** The turn's phases of a planet, of whose points some are spent. */
const nextWith = (galaxy: Galaxy, ruleset: Ruleset, spent: number): Galaxy => {
  const draft = draftOf(galaxy, ruleset)
  planetOf(draft, 1).spent = spent
  for (const phase of [industry, growth, stockToIndustry]) {
    phase.run({ draft, techsBefore: galaxy.races.map((it) => it.techs), decisions: nothing, random: make("none") })
  }
  return galaxyOfDraft(galaxy, draft)
}

const check = (input: Input, ruleset: Ruleset, expected: typeof Expected.Type | undefined): void => {
  if (expected === undefined) return
  const before = galaxyFrom(input)
  const spent = input.points_already_spent_on_upgrades
  const after =
    spent === undefined
      ? nextGalaxy(before, nothing, withPatience(ruleset)).galaxy
      : nextWith(before, withPatience(ruleset), spent)
  const { how: _, ...numbers } = expected
  assert.isNotEmpty(Object.keys(numbers))
  assert.deepStrictEqual(departures(shown(after), numbers), [])
}

eachCase("planet-production", ProductionCase, (one) => () => {
  const { input, expected_trace: trace } = one
  if (input.production_points !== undefined) near(freePoints(plus, input), input.production_points, "production points")
  assert.isTrue(Object.keys(one).some((key) => key.startsWith("expected")))
  check(input, plus, one.expected)
  // Common numbers speak of no cargo technology: its price is what differs.
  if (input.producing !== "CARGO") check(input, ngConstants, one.expected)
  check(input, plus, one.expected_plus_only)
  check(input, ngConstants, one.expected_ng_only)
  let galaxy = galaxyFrom(input)
  for (const [at, { pop, ind, cap, mat, col }] of (trace ?? []).entries()) {
    // The only race has won at once, and the planet goes on.
    galaxy = nextGalaxy({ ...galaxy, finished: false }, nothing, withPatience(plus)).galaxy
    const wanted = { population: pop, industry: ind, cap_stock: cap, mat_stock: mat, col_stock: col }
    assert.deepStrictEqual(departures(shown(galaxy), wanted), [], `after turn ${at + 1}`)
  }
})
