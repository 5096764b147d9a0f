/**
 * Turn 0: the galaxy of a game, derived entirely from its seed (rules, section 4).
 *
 * Every race starts with the same worlds, kinds of planets are dealt by exact quota, and numbers are shuffled so that
 * they reveal nothing.
 */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import { Data, Result } from "effect"
import { blank } from "../bot/Memory.ts"
import * as Random from "../random/Random.ts"
import { toHundredths } from "../report/rounding.ts"
import { type Ruleset, rulesets } from "../rules/Ruleset.ts"
import type { Galaxy, Planet, Race } from "../state/Galaxy.ts"
import { freeKinds, planetsPerRace, type Range, sideFor, startingWorlds } from "./kinds.ts"
import { place, type Placed, triesPerMap } from "./placement.ts"

/** No map was found on which all planets keep their distances. */
export class NoRoom extends Data.TaggedError("NoRoom")<{ readonly races: number; readonly side: number }> {
  override get message(): string {
    return `no map of side ${this.side} for ${this.races} races was found in ${triesPerMap} tries`
  }
}

/** Two races have the same name, compared without case. */
export class SameName extends Data.TaggedError("SameName")<{ readonly name: string }> {
  override get message(): string {
    return `two races are named ${this.name}`
  }
}

/** Two races belong to the same player. */
export class SamePlayer extends Data.TaggedError("SamePlayer")<{ readonly playerId: string }> {
  override get message(): string {
    return `two races belong to player ${this.playerId}`
  }
}

type Unnumbered = Omit<Planet, "number" | "name">

const emptyStocks = { capital: 0, materials: 0, colonists: 0 }

const inhabited = (at: { readonly x: number; readonly y: number }, owner: number, size: number): Unnumbered => ({
  ...at,
  ...emptyStocks,
  size,
  resources: startingWorlds.resources,
  owner,
  population: size,
  industry: size,
  production: { kind: "capital" },
  routes: {}
})

/** A number from a range, in hundredths and at least `least`: all planets but asteroids can be settled and mined. */
const drawn = (random: Random.Random, { low, high }: Range, least: number): number =>
  high === 0 ? 0 : Math.max(least, toHundredths(random.between(low, high)))

const planetsAt = (random: Random.Random, ruleset: Ruleset, placed: Placed): ReadonlyArray<Planet> => {
  const starts = placed.starts.flatMap((worlds, owner) =>
    worlds.map((at, index) => inhabited(at, owner, startingWorlds.daughters[index - 1] ?? startingWorlds.home))
  )
  const free = freeKinds.flatMap((kind, index) =>
    (placed.free[index] ?? []).map(
      (at): Unnumbered => ({
        ...at,
        ...emptyStocks,
        size: drawn(random, kind.size.high === 0 ? { low: 0, high: ruleset.asteroidSize } : kind.size, 1),
        resources: drawn(random, kind.resources, 0.01),
        owner: null,
        population: 0,
        industry: 0,
        production: null,
        routes: {}
      })
    )
  )
  return random
    .shuffled([...starts, ...free])
    .map((planet, index) => ({ ...planet, number: index + 1, name: String(index + 1) }))
}

const startingRace = (race: InitRequest["races"][number], index: number): Race => {
  const sizes = [startingWorlds.home, ...startingWorlds.daughters]
  const population = sizes.reduce((sum, size) => sum + size, 0)
  return {
    name: race.name,
    player_id: race.player_id,
    removed: null,
    techs: { drive: 1, weapons: 1, shields: 1, cargo: 1 },
    classes: [],
    sciences: [],
    groups: [],
    votes_for: index,
    peace_with: [],
    idle_turns: 0,
    quitting: false,
    initial_planets: sizes.length,
    initial_population: population,
    max_planets: sizes.length,
    max_population: population,
    ...(race.computer === true ? { computer: { level: race.computer_level ?? "fair", memory: blank } } : {})
  }
}

const repeated = (values: ReadonlyArray<string>): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index)

const throwMap = (init: InitRequest, ruleset: Ruleset, side: number): ReadonlyArray<Planet> | undefined => {
  const races = init.races.length
  const free = planetsPerRace * races - (1 + startingWorlds.daughters.length) * races
  for (let attempt = 0; attempt < triesPerMap; attempt++) {
    const random = Random.make(init.seed, "galaxy", attempt)
    const placed = place(random, ruleset, side, races, free)
    if (placed !== undefined) return planetsAt(random, ruleset, placed)
  }
  return undefined
}

/**
 * The galaxy at turn 0; the same request always gives the same one. Fails with `SameName` or `SamePlayer` when two
 * races share one, and with `NoRoom` after `triesPerMap` maps on which a planet found no place.
 */
export const generate = (init: InitRequest): Result.Result<Galaxy, NoRoom | SameName | SamePlayer> => {
  const name = repeated(init.races.map((race) => race.name.toLowerCase()))
  if (name !== undefined) return Result.fail(new SameName({ name }))
  const playerId = repeated(init.races.map((race) => race.player_id))
  if (playerId !== undefined) return Result.fail(new SamePlayer({ playerId }))

  const ruleset = rulesets[init.options?.ruleset ?? "plus"]
  const side = sideFor(init.races.length, ruleset)
  const planets = throwMap(init, ruleset, side)
  if (planets === undefined) return Result.fail(new NoRoom({ races: init.races.length, side }))
  return Result.succeed({
    game_id: init.game_id,
    ruleset: ruleset.name,
    seed: init.seed,
    turn: 0,
    size: side,
    finished: false,
    winners: [],
    races: init.races.map(startingRace),
    planets
  })
}
