/** Finds the planets and races that orders speak of, or says why not. */
import { Result } from "effect"
import { type Galaxy, type Planet, planetNumbered, raceAt } from "../state/Galaxy.ts"
import { keyOf } from "./names.ts"
import { type Refusal, refuse } from "./Refusal.ts"

/** The race's own planet of that number. */
export const ownPlanet = (galaxy: Galaxy, race: number, number: number | undefined): Result.Result<Planet, Refusal> => {
  if (number === undefined) return refuse("unknown_planet", "a planet is needed")
  const planet = planetNumbered(galaxy, number)
  if (planet === undefined) return refuse("unknown_planet", `there is no planet ${number}`)
  if (planet.owner !== race) return refuse("not_owner", `planet ${number} is not yours`)
  return Result.succeed(planet)
}

/** Index of the race of that name. */
export const raceNamed = (galaxy: Galaxy, name: string): number | undefined => {
  const index = galaxy.races.findIndex((race) => keyOf(race.name) === keyOf(name))
  return index < 0 ? undefined : index
}

/** Index of the race of that name, which must still be in. */
export const raceIn = (galaxy: Galaxy, name: string | undefined): Result.Result<number, Refusal> => {
  if (name === undefined) return refuse("unknown_race", "a race is needed")
  const index = raceNamed(galaxy, name)
  if (index === undefined) return refuse("unknown_race", `there is no race ${name}`)
  const race = raceAt(galaxy, index)
  if (race.removed !== null) return refuse("race_removed", `${race.name} has left the game`)
  return Result.succeed(index)
}
