/**
 * The whole state of a game after a turn. Plain immutable data: what isn't here doesn't exist for the rules.
 *
 * Races are known by their index, planets by their number; planet n stands at index n - 1. Stocks are never negative,
 * and industry ≤ population ≤ size on every planet.
 */
import { rulesetNames } from "@galaxy/contract/engine/Admin"
import { GameId, EnginePlayerId } from "@galaxy/contract/ids/Ids"
import { Schema } from "effect"

export const technologies = ["drive", "weapons", "shields", "cargo"] as const
export type Technology = (typeof technologies)[number]

/** What a planet makes. */
export const Product = Schema.Union([
  Schema.Struct({ kind: Schema.Literals(["capital", "materials"]) }),
  Schema.Struct({ kind: Schema.Literal("research"), technology: Schema.Literals(technologies) })
])
export type Product = typeof Product.Type

const amount = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const Planet = Schema.Struct({
  number: count,
  name: Schema.String,
  x: amount,
  y: amount,
  size: amount,
  resources: amount,
  /** Index of a race; null for nobody. */
  owner: Schema.NullOr(count),
  population: amount,
  industry: amount,
  capital: amount,
  materials: amount,
  colonists: amount,
  /** Null exactly where nobody lives. */
  production: Schema.NullOr(Product)
})
export type Planet = typeof Planet.Type

export const removalReasons = ["extinct", "idle", "quit", "banished"] as const
export type RemovalReason = (typeof removalReasons)[number]

export const Race = Schema.Struct({
  name: Schema.String,
  player_id: EnginePlayerId,
  /** Set once: nobody comes back. */
  removed: Schema.NullOr(Schema.Struct({ turn: count, reason: Schema.Literals(removalReasons) })),
  techs: Schema.Struct({ drive: amount, weapons: amount, shields: amount, cargo: amount }),
  /** Index of the race it votes for, as it was ordered; `election` says whom that means. */
  votes_for: count,
  /** Indices of the races it is at peace with, ascending; war with all others. */
  peace_with: Schema.Array(count),
  /** Turns in a row without orders. */
  idle_turns: count,
  /** It has quit and not come back on it. */
  quitting: Schema.Boolean,
  initial_planets: count,
  initial_population: amount,
  max_planets: count,
  max_population: amount
})
export type Race = typeof Race.Type

export const Galaxy = Schema.Struct({
  game_id: GameId,
  ruleset: Schema.Literals(rulesetNames),
  seed: Schema.String,
  turn: count,
  /** Side of the square. */
  size: amount,
  finished: Schema.Boolean,
  /** Indices of races, ascending. */
  winners: Schema.Array(count),
  races: Schema.Array(Race),
  planets: Schema.Array(Planet)
})
export type Galaxy = typeof Galaxy.Type

/** The race at an index that is known to exist. */
export const raceAt = (galaxy: Galaxy, index: number): Race => {
  const race = galaxy.races[index]
  if (race === undefined) throw new Error(`there is no race ${index}`)
  return race
}

export const planetNumbered = (galaxy: Galaxy, number: number): Planet | undefined => galaxy.planets[number - 1]

/** Races still in, by index. */
export const racesIn = (galaxy: Galaxy): ReadonlyArray<number> =>
  galaxy.races.flatMap((race, index) => (race.removed === null ? [index] : []))

export const planetsOf = (galaxy: Galaxy, race: number): ReadonlyArray<Planet> =>
  galaxy.planets.filter((planet) => planet.owner === race)

/** The galaxy with one race changed. */
export const withRace = (galaxy: Galaxy, index: number, change: Partial<Race>): Galaxy => ({
  ...galaxy,
  races: galaxy.races.with(index, { ...raceAt(galaxy, index), ...change })
})

/** The galaxy with one planet changed, which must exist. */
export const withPlanet = (galaxy: Galaxy, planet: Planet, change: Partial<Planet>): Galaxy => ({
  ...galaxy,
  planets: galaxy.planets.with(planet.number - 1, { ...planet, ...change })
})
