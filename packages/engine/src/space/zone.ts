/** How far a race's ships may be sent: within a zone around its own planets (rules, section 14). */
import { distance } from "./distance.ts"
import { type Draft, type DraftRace, planetsOf } from "../state/Draft.ts"
import type { Coordinates } from "./distance.ts"

/** Whether a place lies in the race's flight zone. A race without planets has none. */
export const inFlightZone = (draft: Draft, race: DraftRace, place: Coordinates): boolean => {
  const { flightZoneFactor, map, epsilon } = draft.ruleset
  const own = planetsOf(draft, race.index)
  if (own.length === 0) return false
  if (flightZoneFactor === null) return true
  const reach = flightZoneFactor * race.techs.drive + epsilon
  return own.some((planet) => distance(map, draft.size, planet, place) <= reach)
}
