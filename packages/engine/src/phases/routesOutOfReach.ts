/** Phase 15: routes that end outside of their race's flight zone are deleted. */
import { inFlightZone } from "../space/zone.ts"
import { planetOf, raceOf } from "../state/Draft.ts"
import type { Phase } from "../turn/Phase.ts"

const kinds = ["colonists", "capital", "materials", "empty"] as const

/** Checks all routes against flight zones as the turn has left them, with lost planets and new technology. */
export const routesOutOfReach: Phase = {
  name: "routes out of reach",
  run: ({ draft }) => {
    for (const planet of draft.planets) {
      if (planet.owner === null) continue
      for (const kind of kinds) {
        const to = planet.routes[kind]
        if (to === undefined) continue
        const reached = inFlightZone(draft, raceOf(draft, planet.owner), planetOf(draft, to))
        if (!reached) delete planet.routes[kind]
      }
    }
  }
}
