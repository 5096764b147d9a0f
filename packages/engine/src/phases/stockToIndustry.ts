/** Phase 14: stored capital becomes industry where there are people for it. */
import { capitalToIndustry } from "../formulas/production.ts"
import type { Phase } from "../turn/Phase.ts"

export const stockToIndustry: Phase = {
  name: "stock to industry",
  run: ({ galaxy }) => ({
    galaxy: {
      ...galaxy,
      planets: galaxy.planets.map((planet) =>
        planet.owner === null ? planet : { ...planet, ...capitalToIndustry(planet) }
      )
    },
    events: []
  })
}
