/** Phase 17: each race's best results are kept, and states of groups that last for one turn end. */
import { activeRaces } from "../state/Draft.ts"
import { holdings } from "../state/holdings.ts"
import type { Phase } from "../turn/Phase.ts"

/** Raises `max_planets` and `max_population` where this turn is better, and returns groups at planets to `in_orbit`. */
export const end: Phase = {
  name: "end",
  run: ({ draft }) => {
    const held = holdings(draft)
    for (const race of activeRaces(draft)) {
      const { planets, population } = held[race.index] ?? { planets: 0, population: 0 }
      race.max_planets = Math.max(race.max_planets, planets)
      race.max_population = Math.max(race.max_population, population)
      for (const group of race.groups.values()) if (group.to === null) group.state = "in_orbit"
    }
  }
}
