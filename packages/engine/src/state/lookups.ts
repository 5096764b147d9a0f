/** Races and planets of a galaxy. Apart from its schema, so that programs that only compute don't carry that. */
import type { Galaxy, Planet, Race } from "./Galaxy.ts"

/** The race at an index that is known to exist. */
export const raceAt = (galaxy: Galaxy, index: number): Race => {
  const race = galaxy.races[index]
  if (race === undefined) throw new Error(`there is no race ${index}`)
  return race
}

/** The planet of that number; undefined when there is none. */
export const planetNumbered = (galaxy: Galaxy, number: number): Planet | undefined => galaxy.planets[number - 1]

/** Indices of the races still in the game. */
export const racesIn = (galaxy: Galaxy): ReadonlyArray<number> =>
  galaxy.races.flatMap((race, index) => (race.removed === null ? [index] : []))

/** The race's planets, by number. */
export const planetsOf = (galaxy: Galaxy, race: number): ReadonlyArray<Planet> =>
  galaxy.planets.filter((planet) => planet.owner === race)
