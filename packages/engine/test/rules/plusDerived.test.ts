/** Published numbers of the game, and numbers derived from its rules: each through the part of the engine that it is about. */
import type { Order } from "@galaxy/contract/engine/Order"
import { attackOf, defenceOf, emptyMass, fullMass, holdOf, speedOf } from "@galaxy/engine/formulas/ships"
import { killChance } from "@galaxy/engine/formulas/shot"
import { election } from "@galaxy/engine/formulas/votes"
import { build } from "@galaxy/engine/formulas/yard"
import { freePoints } from "@galaxy/engine/formulas/production"
import { executeAll } from "@galaxy/engine/orders/execute"
import { arrivalsByRoute } from "@galaxy/engine/phases/arrivalsByRoute"
import { make } from "@galaxy/engine/random/Random"
import { reportsOf } from "@galaxy/engine/report/reports"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { distance } from "@galaxy/engine/space/distance"
import { draftOf, galaxyOf as galaxyOfDraft, planetOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Planet, ShipClass } from "@galaxy/engine/state/Galaxy"
import { technologies } from "@galaxy/engine/state/technologies"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { classOf, galaxyOf, groupOf, levels, nothing } from "../support/games.ts"
import { design, eachCase, isNear, shipClass } from "./oracle.ts"

const common = { id: Schema.String, tolerance: Schema.optionalKey(Schema.Finite) }
const ByRace = Schema.Record(Schema.String, Schema.Finite)
const Place = Schema.Tuple([Schema.Finite, Schema.Finite])
const Places = Schema.Array(Place)
/** No distance where there is no planet. */
const MaybeNumber = Schema.NullOr(Schema.Finite)
const Four = Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite, Schema.Finite])

const Capacity = Schema.Struct({
  ...common,
  kind: Schema.Literal("cargo_capacity"),
  input: Schema.Struct({ C: Schema.Finite, cargo_tech: Schema.Finite }),
  expected: Schema.Struct({ capacity: Schema.Finite })
})

const OneShip = Schema.Struct({
  ...common,
  kind: Schema.Literals(["speed", "mass", "mass_full", "attack_defence"]),
  input: Schema.Struct({
    ...design,
    drive_tech: Schema.optionalKey(Schema.Finite),
    weapons_tech: Schema.optionalKey(Schema.Finite),
    shields_tech: Schema.optionalKey(Schema.Finite),
    cargo_tech: Schema.optionalKey(Schema.Finite),
    load: Schema.optionalKey(Schema.Union([Schema.Finite, Schema.Literal("full")]))
  }),
  expected: ByRace
})

const Comparison = Schema.Struct({
  ...common,
  kind: Schema.Literal("attack_defence"),
  input: Schema.Struct({ compare: Schema.Tuple([Schema.String, Schema.String]) }),
  expected: Schema.Struct({ defence_ratio: Schema.Finite })
})

const MassPerTurn = Schema.Struct({
  ...common,
  kind: Schema.Literal("ship_mass_per_turn"),
  input: Schema.Struct({
    industry: Schema.Finite,
    population: Schema.Finite,
    resources: Schema.Finite,
    mat: Schema.Finite
  }),
  expected: Schema.Struct({ mass_units: Schema.Finite })
})

const Science = Schema.Struct({
  ...common,
  kind: Schema.Literal("science"),
  input: Schema.Struct({
    parts: Schema.Struct({
      drive: Schema.Finite,
      weapons: Schema.Finite,
      shields: Schema.Finite,
      cargo: Schema.Finite
    }),
    points: Schema.optionalKey(Schema.Finite),
    tech_before: Schema.optionalKey(Four)
  }),
  expected: Schema.Struct({
    percent_rounded: Schema.optionalKey(ByRace),
    fractions: Schema.optionalKey(Four),
    tech_after: Schema.optionalKey(Four)
  })
})

const Votes = Schema.Struct({
  ...common,
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

const FlightRange = Schema.Struct({
  ...common,
  kind: Schema.Literal("flight_range"),
  input: Schema.Struct({
    galaxy_size: Schema.Finite,
    own_planets: Places,
    destination: Place,
    drive_tech: Schema.Finite
  }),
  expected: Schema.Struct({ nearest_distance: MaybeNumber, limit: Schema.Finite, allowed: Schema.Boolean })
})

const Detection = Schema.Struct({
  ...common,
  kind: Schema.Literal("detection"),
  input: Schema.Struct({
    galaxy_size: Schema.Finite,
    own_planets: Places,
    foreign_group_in_space: Place,
    drive_tech: Schema.Finite
  }),
  expected: Schema.Struct({ nearest_distance: MaybeNumber, limit: Schema.Finite, visible: Schema.Boolean })
})

const Contest = Schema.Struct({
  ...common,
  kind: Schema.Literal("colonise_contest"),
  input: Schema.Struct({ unloadable_col_by_race_with_col_route_here: ByRace }),
  expected: Schema.Struct({ new_owner: Schema.String })
})

const ProductionPoints = Schema.Struct({
  ...common,
  kind: Schema.Literal("production_points"),
  input: Schema.Struct({
    industry: Schema.Finite,
    population: Schema.Finite,
    spent_on_upgrades: Schema.optionalKey(Schema.Finite)
  }),
  expected: ByRace
})

/** A flight from planet to planet: turns until the ship is there, or how it stands after one. */
const Arrival = Schema.Struct({
  ...common,
  kind: Schema.Literal("arrival"),
  input: Schema.Struct({ distance: Schema.Finite, speed: Schema.Finite }),
  expected: Schema.Record(Schema.String, Schema.Union([Schema.Finite, Schema.Boolean]))
})

/** The technology of ships' blocks, of that which their race had when the turn began. */
const BuiltTech = Schema.Struct({
  ...common,
  kind: Schema.Literal("built_tech"),
  input: Schema.StructWithRest(Schema.Struct({}), [
    Schema.Record(Schema.String, Schema.Union([Schema.Finite, Four, ByRace]))
  ]),
  expected: Schema.Record(Schema.String, Schema.Union([Schema.Finite, Four, ByRace]))
})

const DerivedCase = Schema.Union([
  Capacity,
  Comparison,
  OneShip,
  MassPerTurn,
  Science,
  Votes,
  FlightRange,
  Detection,
  Contest,
  ProductionPoints,
  Arrival,
  BuiltTech
])
type Derived = typeof DerivedCase.Type

/** A tolerance that a case names is absolute; without one, numbers are the same up to rounding. */
const same = (actual: number | undefined, wanted: number | undefined, tolerance: number | undefined, what: string) =>
  assert.isTrue(
    tolerance === undefined
      ? isNear(actual, wanted)
      : actual !== undefined && wanted !== undefined && Math.abs(actual - wanted) <= tolerance,
    `${what} is ${actual} instead of ${wanted}`
  )

const oneShip = ({ input, expected, tolerance }: typeof OneShip.Type): void => {
  const ship = shipClass("Ship", input)
  const techs = levels(input.drive_tech ?? 1, input.weapons_tech ?? 1, input.shields_tech ?? 1, input.cargo_tech ?? 1)
  const load = input.load === "full" ? holdOf(plus, ship, techs) : (input.load ?? 0)
  const mass = fullMass(emptyMass(ship), load, techs)
  const attack = attackOf(ship, techs)
  const defence = defenceOf(plus, ship, techs, mass)
  const actual: Readonly<Record<string, number>> = {
    mass: emptyMass(ship),
    load,
    full_mass: mass,
    speed: speedOf(plus, ship, techs, mass),
    attack,
    defence,
    defence_before_normalising: defence / plus.shieldNormaliser,
    kill_chance_same_ship: killChance(plus, attack, defence)
  }
  for (const [what, value] of Object.entries(expected)) same(actual[what], value, tolerance, what)
}

const comparison = ({ input, expected, tolerance }: typeof Comparison.Type): void => {
  const [one, other] = input.compare.map((numbers) => {
    const ship = classOf("Ship", numbers)
    return defenceOf(plus, ship, levels(1), emptyMass(ship))
  })
  assert(one !== undefined && other !== undefined)
  same(one / other, expected.defence_ratio, tolerance, "ratio")
}

/** As much as can be built of ships that weigh next to nothing. */
const massPerTurn = ({ input, expected, tolerance }: typeof MassPerTurn.Type): void => {
  const grain = 1e-7
  const { ships } = build(plus, grain, input.resources, input.mat, freePoints(plus, input))
  same(ships * grain, expected.mass_units, tolerance ?? 1e-5, "mass")
}

const science = ({ input, expected, tolerance }: typeof Science.Type): void => {
  const points = input.points ?? 0
  const techs = levels(...(input.tech_before ?? [1, 1, 1, 1]))
  const galaxy = galaxyOf([{ size: 10 * points + 1, population: points, industry: points }], {}, [{ techs }])
  const orders: ReadonlyArray<Order> = [
    { op: "create_science", name: "Mix", ...input.parts },
    { op: "produce", planet: 1, product: "Mix" }
  ]
  const { galaxy: after, log } = nextGalaxy(galaxy, { orders: new Map([[0, orders]]), banished: new Set() })
  for (const event of log) if (event.kind === "order") assert.isTrue(event.outcome.accepted, event.outcome.message)
  const [race] = after.races
  const shares = race?.sciences[0] ?? assert.fail("no science")
  for (const [at, technology] of technologies.entries()) {
    const percent = expected.percent_rounded?.[technology]
    if (percent !== undefined) assert.strictEqual(Math.round(100 * shares[technology]), percent)
    if (expected.fractions) same(shares[technology], expected.fractions[at], tolerance, technology)
    if (expected.tech_after) same(race?.techs[technology], expected.tech_after[at], tolerance, technology)
  }
}

const votes = ({ input, expected, tolerance }: typeof Votes.Type): void => {
  const names = Object.keys(input.population)
  const galaxy = galaxyOf(
    names.map((name, owner) => {
      const population = input.population[name] ?? 0
      return { owner, size: population, population, industry: 0 }
    }),
    {},
    names.map((name) => ({ name, votes_for: names.indexOf(input.votes_for[name] ?? name) }))
  )
  const result = election(plus, galaxy)
  same(result.total, expected.total, tolerance, "total")
  for (const [at, name] of names.entries()) {
    same(result.ballots[at]?.own, expected.own[name], tolerance, `own votes of ${name}`)
    same(result.ballots[at]?.received, expected.received[name], tolerance, `votes received by ${name}`)
  }
  const nameOf = (at: number): string => names[at] ?? "?"
  assert.deepStrictEqual(
    result.alliances.map((it) => it.members.map(nameOf)),
    expected.alliances.map((it) => it.members)
  )
  for (const [at, { votes }] of expected.alliances.entries())
    same(result.alliances[at]?.votes, votes, tolerance, "ring")
  assert.deepStrictEqual(result.winners.map(nameOf).toSorted(), expected.winners.toSorted())
}

const Drone: ShipClass = classOf("Drone", "1 0 0 0 0")

const ownPlanets = (places: ReadonlyArray<typeof Place.Type>): ReadonlyArray<Partial<Planet>> =>
  places.map(([x, y]) => ({ x, y, owner: 0 }))

const nearest = (galaxy_size: number, places: ReadonlyArray<typeof Place.Type>, [x, y]: typeof Place.Type): number =>
  Math.min(...places.map(([fromX, fromY]) => distance("torus", galaxy_size, { x: fromX, y: fromY }, { x, y })))

const flightRange = ({ input, expected, tolerance }: typeof FlightRange.Type): void => {
  const { galaxy_size: size, own_planets: own, destination, drive_tech } = input
  same(nearest(size, own, destination), expected.nearest_distance ?? Number.POSITIVE_INFINITY, tolerance, "distance")
  same((plus.flightZoneFactor ?? 0) * drive_tech, expected.limit, tolerance, "limit")
  const [x, y] = destination
  const [target, start] = [own.length + 1, own.length + 2]
  // The ship starts from nobody's planet: where it stands doesn't count, and there may be no planet of its own.
  const galaxy = galaxyOf([...ownPlanets(own), { x, y, owner: null }, { x, y, owner: null }], { size }, [
    { techs: levels(drive_tech), classes: [Drone], groups: [groupOf(Drone, { at: start })] }
  ])
  const draft = draftOf(galaxy)
  const [verdict] = executeAll(draft, raceOf(draft, 0), [{ op: "send", group: 1, planet: target }])
  assert.strictEqual(verdict?.accepted, expected.allowed)
  assert.strictEqual(verdict?.code, expected.allowed ? undefined : "out_of_range")
}

const detection = ({ input, expected, tolerance }: typeof Detection.Type): void => {
  const { galaxy_size: size, own_planets: own, foreign_group_in_space: place, drive_tech } = input
  same(nearest(size, own, place), expected.nearest_distance ?? Number.POSITIVE_INFINITY, tolerance, "distance")
  same((plus.detectionZoneFactor ?? 0) * drive_tech, expected.limit, tolerance, "limit")
  // A group that has just left a planet there, for another planet of nobody.
  const [x, y] = place
  const away = { x: (x + 2) % size, y }
  const galaxy = galaxyOf([...ownPlanets(own), { x, y, owner: null }, { ...away, owner: null }], { size }, [
    { techs: levels(drive_tech) },
    { classes: [Drone], groups: [groupOf(Drone, { at: own.length + 1, to: own.length + 2, distance: 2 })] }
  ])
  const [report] = reportsOf(galaxy, [])
  assert.strictEqual(report?.unidentified_groups.length, expected.visible ? 1 : 0)
}

const contest = ({ input, expected }: typeof Contest.Type): void => {
  const bringers = Object.entries(input.unloadable_col_by_race_with_col_route_here)
  const target = bringers.length + 1
  const Tug = classOf("Tug", "100 0 0 0 1000")
  const galaxy: Galaxy = galaxyOf(
    [
      ...bringers.map((_, owner) => ({ owner, routes: { colonists: target } })),
      { owner: null, population: 0, industry: 0 }
    ],
    {},
    bringers.map(([name, load]) => ({
      name,
      classes: [Tug],
      groups: load > 0 ? [groupOf(Tug, { at: target, goods: "colonists", load })] : []
    }))
  )
  const owners = new Set<string>()
  for (let trial = 0; trial < 64; trial++) {
    const draft = draftOf(galaxy)
    arrivalsByRoute.run({ draft, techsBefore: [], decisions: nothing, random: make("contest", trial) })
    const { owner } = planetOf(draft, target)
    owners.add(owner === null ? "none" : raceOf(draft, owner).name)
    // The others keep theirs aboard.
    const after = galaxyOfDraft(galaxy, draft)
    const aboard = after.races.flatMap((race, at) => (at === owner ? [] : race.groups.map((it) => it.load)))
    assert.deepStrictEqual(
      aboard,
      bringers.flatMap(([, load], at) => (at === owner || load === 0 ? [] : [load]))
    )
  }
  const named = expected.new_owner.replace(/^random /u, "").split(" or ")
  assert.deepStrictEqual([...owners].toSorted(), named.toSorted())
}

const productionPoints = ({ input, expected, tolerance }: typeof ProductionPoints.Type): void => {
  const points = freePoints(plus, input, input.spent_on_upgrades)
  for (const [what, value] of Object.entries(expected)) same(points, value, tolerance, what)
}

/** A ship of drives alone makes 20 light years a turn for each level of its drive. */
const arrival = ({ input, expected, tolerance }: typeof Arrival.Type): void => {
  const group = groupOf(Drone, { techs: levels(input.speed / 20), to: 2, distance: input.distance })
  const nobody = { owner: null, population: 0, industry: 0 }
  let galaxy = galaxyOf([{}, { x: 30, ...nobody }], {}, [{ classes: [Drone], groups: [group] }])
  const flown = () => galaxy.races[0]?.groups[0] ?? assert.fail("the ship is gone")
  const next = () => {
    galaxy = nextGalaxy({ ...galaxy, finished: false }, nothing).galaxy
  }
  next()
  const { to, distance: left } = flown()
  let turns = 1
  for (; flown().to !== null && turns < 1_000; turns++) next()
  for (const [what, value] of Object.entries(expected)) {
    if (typeof value === "boolean") assert.strictEqual(to === null, value, what)
    else same(/turn/u.test(what) ? turns : left, value, tolerance, what)
  }
}

/** Levels by technology, from four numbers in their order, from numbers by name, or from one for all. */
const levelsIn = (
  values: Readonly<Record<string, number | typeof Four.Type | Readonly<Record<string, number>>>>
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): ReadonlyArray<readonly [string, number]> => {
      if (Array.isArray(value)) return technologies.map((it, at) => [it, (value as typeof Four.Type)[at] ?? 0])
      if (typeof value === "object") return Object.entries(value as Readonly<Record<string, number>>)
      const named = technologies.find((it) => name.includes(it))
      return named === undefined ? technologies.map((it) => [it, value]) : [[named, value]]
    })
  )

const builtTech = ({ input, expected, tolerance }: typeof BuiltTech.Type): void => {
  const whole = classOf("Whole", "1 1 1 1 1")
  const { drive = 1, weapons = 1, shields = 1, cargo = 1 } = levelsIn(input)
  const galaxy = galaxyOf([{ production: { kind: "ships", class: "Whole", banked: 0 } }], {}, [
    { classes: [whole], techs: levels(drive, weapons, shields, cargo) }
  ])
  const [built] = nextGalaxy(galaxy, nothing).galaxy.races[0]?.groups ?? []
  const techs: Readonly<Record<string, number>> = { ...(built?.techs ?? assert.fail("no ship is built")) }
  for (const [what, value] of Object.entries(levelsIn(expected))) same(techs[what], value, tolerance, what)
}

const run = (one: Derived): void => {
  switch (one.kind) {
    case "production_points":
      return productionPoints(one)
    case "arrival":
      return arrival(one)
    case "built_tech":
      return builtTech(one)
    case "cargo_capacity": {
      const hold = holdOf(plus, { cargo: one.input.C }, { cargo: one.input.cargo_tech })
      return same(hold, one.expected.capacity, one.tolerance, "hold")
    }
    case "ship_mass_per_turn":
      return massPerTurn(one)
    case "science":
      return science(one)
    case "votes":
      return votes(one)
    case "flight_range":
      return flightRange(one)
    case "detection":
      return detection(one)
    case "colonise_contest":
      return contest(one)
    default:
      return "compare" in one.input ? comparison(one as typeof Comparison.Type) : oneShip(one as typeof OneShip.Type)
  }
}

eachCase<Derived, typeof DerivedCase.Encoded>("plus-derived", DerivedCase, (one) => () => run(one))

/** One case each, by hand from the rules, of the kinds that only larger recordings have. */
const byHand: ReadonlyArray<typeof DerivedCase.Encoded> = [
  {
    id: "points of industry and people",
    kind: "production_points",
    input: { industry: 400, population: 1000 },
    expected: { points: 550 }
  },
  {
    id: "there when nothing is left",
    kind: "arrival",
    input: { distance: 60, speed: 30 },
    expected: { turns: 2, remaining: 30, arrived: false }
  },
  {
    id: "not there with a little left",
    kind: "arrival",
    input: { distance: 30.005, speed: 30 },
    expected: { turns: 2, remaining: 0.005, arrived: false }
  },
  {
    id: "two decimals",
    kind: "built_tech",
    input: { tech: [1.254, 1.256, 2, 1.5] },
    expected: { drive: 1.25, weapons: 1.26, shields: 2, cargo: 1.5 }
  }
]
eachCase<Derived, typeof DerivedCase.Encoded>("plus-derived", DerivedCase, (one) => () => run(one), byHand)
