/** What the platform is told of a game: the galaxy in numbers that aren't rounded. */
import type { EnginePlayer, EngineStatus } from "@galaxy/contract/engine/Admin"
import { type Galaxy, planetsOf, raceAt } from "./Galaxy.ts"

const noOne: ReadonlySet<number> = new Set()

/** The status; races in `leaving` count as gone already. */
export const statusOf = (galaxy: Galaxy, leaving = noOne): EngineStatus => ({
  game_id: galaxy.game_id,
  turn: galaxy.turn,
  finished: galaxy.finished,
  winners: galaxy.winners.map((winner) => raceAt(galaxy, winner).name),
  players: galaxy.races.map((race, index): EnginePlayer => {
    const planets = leaving.has(index) ? [] : planetsOf(galaxy, index)
    return {
      player_id: race.player_id,
      race: race.name,
      planets: planets.length,
      population: planets.reduce((sum, planet) => sum + planet.population, 0),
      industry: planets.reduce((sum, planet) => sum + planet.industry, 0),
      eliminated: race.removed !== null || leaving.has(index),
      max_planets: race.max_planets,
      max_population: race.max_population,
      initial_planets: race.initial_planets,
      initial_population: race.initial_population
    }
  })
})
