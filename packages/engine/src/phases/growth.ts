/** Phase 12: people multiply and are frozen on every inhabited planet. */
import { grow } from "../formulas/growth.ts"
import type { Phase } from "../turn/Phase.ts"

export const growth: Phase = {
  name: "growth",
  run: ({ galaxy, ruleset }) => ({
    galaxy: {
      ...galaxy,
      planets: galaxy.planets.map((planet) =>
        planet.owner === null ? planet : { ...planet, ...grow(ruleset, planet) }
      )
    },
    events: []
  })
}
