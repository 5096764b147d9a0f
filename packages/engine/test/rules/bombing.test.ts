/** Bombing in the real phase: the published formula, and the other engine's two ways. */
import { bombing } from "@galaxy/engine/phases/bombing"
import { stockToIndustry } from "@galaxy/engine/phases/stockToIndustry"
import { make } from "@galaxy/engine/random/Random"
import { ngConstants, plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import { type Draft, draftOf, planetOf, productOf } from "@galaxy/engine/state/Draft"
import type { Planet, ShipClass } from "@galaxy/engine/state/Galaxy"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { classOf, galaxyOf, groupOf, levels, nothing } from "../support/games.ts"
import { departures, design, eachCase, shipClass } from "./oracle.ts"

const stocks = {
  population: Schema.Finite,
  industry: Schema.Finite,
  cap: Schema.Finite,
  mat: Schema.Finite,
  col: Schema.Finite
}

const bombers = { type: Schema.String, ...design, weapons_tech: Schema.Finite, ships: Schema.Int }

const Published = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literal("plus"),
  input: Schema.Struct(bombers),
  expected: Schema.Struct({ power: Schema.Finite }),
  tolerance: Schema.Finite
})

const Derived = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literal("plus"),
  input: Schema.Struct({ ...bombers, ...stocks }),
  expected: Schema.Struct({
    power: Schema.Finite,
    status: Schema.Literals(["Damaged", "Wiped"]),
    ...stocks,
    owner: Schema.Literals(["unchanged", "none"])
  })
})

const Other = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literal("ng"),
  mode: Schema.Literals(["75 percent and capture", "wipe"]),
  input: Schema.Struct(stocks),
  expected_ng_only: Schema.Struct({
    owner: Schema.NullOr(Schema.String),
    ...stocks,
    producing: Schema.String
  })
})

const BombingCase = Schema.Union([Derived, Published, Other])

const ownerName = "B"
const bomberName = "A"

/** A planet of B over which ships of A stand. */
const overPlanet = (
  ruleset: Ruleset,
  ships: ShipClass,
  count: number,
  weapons: number,
  planet: Partial<Planet>
): Draft =>
  draftOf(
    galaxyOf([{ size: 5000, owner: 1, ...planet }], {}, [
      {
        name: bomberName,
        classes: [ships],
        groups: [groupOf(ships, { ships: count, techs: levels(1, weapons) })]
      },
      { name: ownerName }
    ]),
    ruleset
  )

const bomb = (draft: Draft) => {
  bombing.run({ draft, techsBefore: [], decisions: nothing, random: make("none") })
  return draft.events.find((it) => it.kind === "bombing") ?? assert.fail("nobody bombs")
}

const planetFrom = (input: {
  readonly population: number
  readonly industry: number
  readonly cap: number
  readonly mat: number
  readonly col: number
}): Partial<Planet> => ({
  population: input.population,
  industry: input.industry,
  capital: input.cap,
  materials: input.mat,
  colonists: input.col
})

const shown = (draft: Draft) => {
  const { population, industry, capital, materials, colonists, owner, production } = planetOf(draft, 1)
  const product = production === null ? undefined : productOf(production)
  return {
    population,
    industry,
    cap: capital,
    mat: materials,
    col: colonists,
    owner: owner === null ? null : draft.races[owner]?.name,
    // Nobody makes nothing; there it is remembered as capital.
    producing: product === undefined || product.kind === "capital" ? "CAP" : product.kind
  }
}

const modes: { readonly [Mode in (typeof Other.Type)["mode"]]: Ruleset["bombing"] } = {
  "75 percent and capture": "capture",
  wipe: "wipe"
}

eachCase<typeof BombingCase.Type, typeof BombingCase.Encoded>("bombing", BombingCase, (one) => () => {
  if ("mode" in one) {
    const ruleset: Ruleset = { ...ngConstants, bombing: modes[one.mode] }
    const draft = overPlanet(ruleset, classOf("Cruiser", "15 1 15 15 0"), 1, 1, {
      ...planetFrom(one.input),
      production: { kind: "materials" }
    })
    bomb(draft)
    stockToIndustry.run({ draft, techsBefore: [], decisions: nothing, random: make("none") })
    assert.deepStrictEqual(departures(shown(draft), one.expected_ng_only), [])
    return
  }
  const { input } = one
  const planet = "population" in input ? planetFrom(input) : {}
  const draft = overPlanet(plus, shipClass(input.type, input), input.ships, input.weapons_tech, planet)
  const { power, wiped } = bomb(draft)
  if ("tolerance" in one) assert.isAtMost(Math.abs(power - one.expected.power), one.tolerance, `power is ${power}`)
  else {
    const { owner } = shown(draft)
    const actual = {
      ...shown(draft),
      power,
      status: wiped ? "Wiped" : "Damaged",
      owner: owner === null ? "none" : owner === ownerName ? "unchanged" : owner
    }
    assert.deepStrictEqual(departures(actual, one.expected), [])
  }
})
