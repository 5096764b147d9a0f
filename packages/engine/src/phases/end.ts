/** Phase 17: the turn is counted, and each race's best is kept. */
import { planetsOf, racesIn, raceAt, withRace } from "../state/Galaxy.ts"
import type { Phase } from "../turn/Phase.ts"

export const end: Phase = {
  name: "end",
  run: ({ galaxy, turn }) => {
    const counted = racesIn(galaxy).reduce((after, race) => {
      const planets = planetsOf(after, race)
      const population = planets.reduce((sum, planet) => sum + planet.population, 0)
      const { max_planets, max_population } = raceAt(after, race)
      return withRace(after, race, {
        max_planets: Math.max(max_planets, planets.length),
        max_population: Math.max(max_population, population)
      })
    }, galaxy)
    return { galaxy: { ...counted, turn }, events: [] }
  }
}
