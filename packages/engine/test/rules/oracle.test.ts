/** Recorded and published cases of the rules, against the phases and formulas that exist. */
import { readFileSync } from "node:fs"
import { freePoints, makeCapital } from "@galaxy/engine/formulas/production"
import { elect } from "@galaxy/engine/formulas/votes"
import { ngConstants, plus } from "@galaxy/engine/rules/Ruleset"
import { distance } from "@galaxy/engine/space/distance"
import type { Galaxy, Product } from "@galaxy/engine/state/Galaxy"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, nothing } from "../support/games.ts"

const read = <A, I>(name: string, one: Schema.Codec<A, I>): ReadonlyArray<A> => {
  const text = readFileSync(new URL(`../oracle/${name}.json`, import.meta.url), "utf8")
  return Schema.decodeUnknownSync(Schema.Struct({ cases: Schema.Array(one) }))(JSON.parse(text)).cases
}

const isNear = (actual: number | undefined, wanted: number | undefined): boolean =>
  actual !== undefined && wanted !== undefined && Math.abs(actual - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))

const near = (actual: number | undefined, wanted: number | undefined, what: string): void =>
  assert.isTrue(isNear(actual, wanted), `${what} is ${actual} instead of ${wanted}`)

const Numbers = Schema.Record(Schema.String, Schema.Unknown)

const ProductionCase = Schema.Struct({
  id: Schema.String,
  input: Schema.Struct({
    size: Schema.Finite,
    resources: Schema.Finite,
    population: Schema.Finite,
    industry: Schema.Finite,
    cap_stock: Schema.Finite,
    mat_stock: Schema.Finite,
    col_stock: Schema.Finite,
    producing: Schema.Literals(["CAP", "MAT", "DRIVE", "WEAPONS", "SHIELDS", "CARGO"]),
    production_points: Schema.optionalKey(Schema.Finite),
    points_already_spent_on_upgrades: Schema.optionalKey(Schema.Finite)
  }),
  expected: Schema.optionalKey(Numbers),
  expected_plus_only: Schema.optionalKey(Numbers),
  expected_ng_only: Schema.optionalKey(Numbers),
  expected_trace: Schema.optionalKey(
    Schema.Array(
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
type ProductionCase = typeof ProductionCase.Type

const products: { readonly [Name in ProductionCase["input"]["producing"]]: Product } = {
  CAP: { kind: "capital" },
  MAT: { kind: "materials" },
  DRIVE: { kind: "research", technology: "drive" },
  WEAPONS: { kind: "research", technology: "weapons" },
  SHIELDS: { kind: "research", technology: "shields" },
  CARGO: { kind: "research", technology: "cargo" }
}

const planetOf = (input: ProductionCase["input"], ruleset: Galaxy["ruleset"] = "plus"): Galaxy =>
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
    { ruleset }
  )

/** What of the expected numbers isn't so, one line each. */
const departures = (galaxy: Galaxy, expected: typeof Numbers.Type = {}): ReadonlyArray<string> => {
  const planet = galaxy.planets[0]!
  const { techs } = galaxy.races[0]!
  const actual: Readonly<Record<string, number>> = {
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
  const wanted = Object.entries(expected).flatMap(([name, value]) =>
    typeof value === "number" ? [{ name, value }] : []
  )
  if (wanted.length === 0) return ["nothing is expected"]
  return wanted.flatMap(({ name, value }) =>
    isNear(actual[name], value) ? [] : [`${name} is ${actual[name]} instead of ${value}`]
  )
}

const nextTurn = (galaxy: Galaxy): Galaxy => makeTurn(galaxy, nothing).galaxy

describe("planet-production.json", () => {
  const cases = read("planet-production", ProductionCase)
  const named = (pick: (one: ProductionCase) => boolean) => cases.filter(pick).map((one) => [one.id, one] as const)
  const spent = named((one) => one.input.points_already_spent_on_upgrades !== undefined)
  const traced = named((one) => one.expected_trace !== undefined)
  const differing = named((one) => one.expected_plus_only !== undefined)
  const plain = named((one) => one.input.production_points !== undefined && one.expected !== undefined)

  it("is covered whole", () => {
    assert.strictEqual(cases.length, 31)
    assert.strictEqual(spent.length + traced.length + differing.length + plain.length, 31)
  })

  it.each(plain)("%s", (_, { input, expected }) => {
    near(freePoints(plus, input), input.production_points, "production points")
    assert.deepStrictEqual(departures(nextTurn(planetOf(input)), expected), [])
  })

  it.each(differing)("%s, by both rulesets", (_, one) => {
    assert.deepStrictEqual(departures(nextTurn(planetOf(one.input)), one.expected_plus_only), [])
    assert.deepStrictEqual(departures(nextTurn(planetOf(one.input, "ng-constants")), one.expected_ng_only), [])
  })

  it.each(spent)("%s", (_, { input, expected }) => {
    const points = freePoints(plus, input, input.points_already_spent_on_upgrades)
    const { capital } = makeCapital(plus, { capital: 0, materials: 0 }, input.resources, points)
    assert.isTrue(isNear(capital, Number(expected?.["cap_stock"])), `capital is ${capital}`)
  })

  it.each(traced)("%s", (_, { input, expected_trace = [] }) => {
    let galaxy = planetOf(input)
    for (const { pop, ind, cap, mat, col } of expected_trace) {
      // A race that gives no orders would be gone before the end.
      galaxy = nextTurn({ ...galaxy, races: galaxy.races.map((race) => ({ ...race, idle_turns: 0 })) })
      assert.deepStrictEqual(
        departures(galaxy, { population: pop, industry: ind, cap_stock: cap, mat_stock: mat, col_stock: col }),
        []
      )
    }
    assert.strictEqual(galaxy.turn, 12)
  })
})

const ByRace = Schema.Record(Schema.String, Schema.Finite)

const VotesCase = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literal("votes"),
  input: Schema.Struct({ population: ByRace, votes_for: Schema.Record(Schema.String, Schema.String) }),
  expected: Schema.Struct({
    total: Schema.Finite,
    own: ByRace,
    received: ByRace,
    alliances: Schema.Array(Schema.Struct({ members: Schema.Array(Schema.String), votes: Schema.Finite })),
    winners: Schema.Array(Schema.String)
  })
})

const Coordinates = Schema.Tuple([Schema.Finite, Schema.Finite])

const DistanceCase = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals(["flight_range", "detection"]),
  input: Schema.Struct({
    galaxy_size: Schema.Finite,
    own_planets: Schema.Array(Coordinates),
    destination: Schema.optionalKey(Coordinates),
    foreign_group_in_space: Schema.optionalKey(Coordinates)
  }),
  expected: Schema.Struct({ nearest_distance: Schema.Finite })
})

/** Kinds whose rules speak of ships, sciences or landings, which are not in yet. */
const LaterCase = Schema.Struct({
  id: Schema.String,
  kind: Schema.Literals([
    "cargo_capacity",
    "speed",
    "mass",
    "mass_full",
    "ship_mass_per_turn",
    "attack_defence",
    "science",
    "colonise_contest"
  ])
})

describe("plus-derived.json", () => {
  // A case of a kind that is in none of the three fails to decode.
  const cases = read("plus-derived", Schema.Union([VotesCase, DistanceCase, LaterCase]))
  const votes = cases.flatMap((one) => (one.kind === "votes" ? [[one.id, one] as const] : []))
  const distances = cases.flatMap((one) =>
    one.kind === "flight_range" || one.kind === "detection" ? [[one.id, one] as const] : []
  )

  it("has what is looked for", () => {
    assert.deepStrictEqual([cases.length, votes.length, distances.length], [28, 6, 3])
  })

  it.each(votes)("%s", (_, { input, expected }) => {
    const names = Object.keys(input.population)
    const result = elect(
      plus,
      names.map((name) => input.population[name]! / (plus.populationPerVote ?? Number.NaN)),
      names.map((name) => names.indexOf(input.votes_for[name]!))
    )
    near(result.total, expected.total, "total")
    for (const [at, name] of names.entries()) {
      near(result.ballots[at]?.own, expected.own[name], `own votes of ${name}`)
      near(result.ballots[at]?.received, expected.received[name], `votes received by ${name}`)
    }
    const nameOf = (at: number): string => names[at]!
    assert.deepStrictEqual(
      result.alliances.map((it) => ({ members: it.members.map(nameOf), votes: it.votes })),
      expected.alliances
    )
    assert.deepStrictEqual(result.winners.map(nameOf), expected.winners)
  })

  it.each(distances)("%s, the distance", (_, { input, expected }) => {
    const [x, y] = input.destination ?? input.foreign_group_in_space ?? assert.fail("no place")
    const each = input.own_planets.map(([ownX, ownY]) =>
      distance("torus", input.galaxy_size, { x: ownX, y: ownY }, { x, y })
    )
    near(Math.min(...each), expected.nearest_distance, "distance")
  })
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
