/** Recorded yards: ships that are finished turn by turn, and what a hull that is given up leaves. */
import { executeAll } from "@galaxy/engine/orders/execute"
import { commonProducts } from "@galaxy/engine/orders/products"
import { ngConstants, plus, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import { draftOf, planetOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { classOf, galaxyOf, nothing } from "../support/games.ts"
import { departures, design, eachCase, near, type Plan, shipClass } from "./oracle.ts"

const Trace = Schema.NonEmptyArray(
  Schema.Struct({
    ships_in_orbit: Schema.Int,
    progress_points: Schema.Finite,
    mat_stock: Schema.Finite,
    population: Schema.optionalKey(Schema.Finite),
    industry: Schema.optionalKey(Schema.Finite),
    col_stock: Schema.optionalKey(Schema.Finite)
  })
)

const Dropped = Schema.Struct({
  mat_stock: Schema.Finite,
  progress_points: Schema.Finite,
  how: Schema.optionalKey(Schema.String)
})

const yard = {
  type: Schema.String,
  ...design,
  mass: Schema.Finite,
  resources: Schema.Finite,
  mat_stock: Schema.Finite
}

const Built = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literals(["common", "ng", "ng-constants", "plus", "differs"]),
  input: Schema.Struct({
    ...yard,
    size: Schema.Finite,
    population: Schema.Finite,
    industry: Schema.Finite,
    cap_stock: Schema.optionalKey(Schema.Finite),
    col_stock: Schema.optionalKey(Schema.Finite)
  }),
  expected_trace: Schema.optionalKey(Trace),
  expected_trace_ng_only: Schema.optionalKey(Trace),
  expected_trace_plus_only: Schema.optionalKey(Trace)
})

const Switched = Schema.Struct({
  id: Schema.String,
  ruleset: Schema.Literals(["common", "ng", "plus", "differs"]),
  input: Schema.Struct({ ...yard, progress_points: Schema.Finite, switch_to: Schema.String }),
  expected: Schema.optionalKey(Dropped),
  expected_ng_only: Schema.optionalKey(Dropped),
  expected_plus_only: Schema.optionalKey(Dropped)
})

const BuildingCase = Schema.Union([Switched, Built])

/** The other engine gives back ore that came from stock, too. */
const ng: Ruleset = { ...ngConstants, oreReturned: "all", idleTurns: [] }
const ours: Ruleset = { ...plus, idleTurns: [] }

const checkTrace = (input: (typeof Built.Type)["input"], ruleset: Ruleset, trace: typeof Trace.Type): void => {
  let galaxy: Galaxy = galaxyOf(
    [
      {
        size: input.size,
        resources: input.resources,
        population: input.population,
        industry: input.industry,
        capital: input.cap_stock ?? 0,
        materials: input.mat_stock,
        colonists: input.col_stock ?? 0,
        production: { kind: "ships", class: input.type, banked: 0 }
      }
    ],
    {},
    [{ classes: [shipClass(input.type, input)] }]
  )
  for (const [at, { ships_in_orbit, ...numbers }] of trace.entries()) {
    // The only race has won at once, and the yard goes on.
    galaxy = nextGalaxy({ ...galaxy, finished: false }, nothing, ruleset).galaxy
    const planet = galaxy.planets[0] ?? assert.fail("no planet")
    const groups = galaxy.races[0]?.groups ?? []
    assert.strictEqual(
      groups.reduce((sum, it) => sum + it.ships, 0),
      ships_in_orbit,
      `ships after turn ${at + 1}`
    )
    assert.isAtMost(groups.length, 1, "ships alike are one group")
    const actual = {
      progress_points: planet.production?.kind === "ships" ? planet.production.banked : undefined,
      mat_stock: planet.materials,
      population: planet.population,
      industry: planet.industry,
      col_stock: planet.colonists
    }
    assert.deepStrictEqual(departures(actual, numbers, 1e-7), [], `after turn ${at + 1}`)
  }
}

const checkSwitch = (
  input: (typeof Switched.Type)["input"],
  ruleset: Ruleset,
  { mat_stock, progress_points }: typeof Dropped.Type
): void => {
  const known = commonProducts.has(input.switch_to.toUpperCase())
  const galaxy = galaxyOf(
    [
      {
        resources: input.resources,
        materials: input.mat_stock,
        production: { kind: "ships", class: input.type, banked: input.progress_points }
      }
    ],
    {},
    [
      {
        classes: [
          shipClass(input.type, input),
          ...(known || input.switch_to === input.type ? [] : [classOf(input.switch_to, "1 0 0 0 0")])
        ]
      }
    ]
  )
  const draft = draftOf(galaxy, ruleset)
  const [verdict] = executeAll(draft, raceOf(draft, 0), [{ op: "produce", planet: 1, product: input.switch_to }])
  assert.isTrue(verdict?.accepted)
  const { materials, production } = planetOf(draft, 1)
  near(materials, mat_stock, "stock of materials", 1e-7)
  near(production?.kind === "ships" ? production.banked : 0, progress_points, "points kept", 1e-7)
}

const plan = (one: typeof BuildingCase.Type): Plan => {
  const { ruleset } = one
  return () => {
    assert.isTrue(Object.keys(one).some((key) => key.startsWith("expected")))
    assert.strictEqual(ruleset === "common", "expected_trace" in one || "expected" in one)
    if ("switch_to" in one.input) {
      const { expected, expected_ng_only, expected_plus_only } = one as typeof Switched.Type
      if (expected !== undefined) checkSwitch(one.input, ours, expected)
      if (expected !== undefined) checkSwitch(one.input, ng, expected)
      if (expected_ng_only !== undefined) checkSwitch(one.input, ng, expected_ng_only)
      if (expected_plus_only !== undefined) checkSwitch(one.input, ours, expected_plus_only)
    } else {
      const { input, expected_trace, expected_trace_ng_only, expected_trace_plus_only } = one as typeof Built.Type
      if (expected_trace !== undefined) checkTrace(input, ours, expected_trace)
      if (expected_trace !== undefined) checkTrace(input, ng, expected_trace)
      if (expected_trace_ng_only !== undefined) checkTrace(input, ng, expected_trace_ng_only)
      if (expected_trace_plus_only !== undefined) checkTrace(input, ours, expected_trace_plus_only)
    }
  }
}

eachCase<typeof BuildingCase.Type, typeof BuildingCase.Encoded>("ship-building", BuildingCase, plan)
