/** How far a race's ships may be sent: within a zone around its own planets (rules, section 14). */
import { distance } from "./distance.ts"
import type { Draft, DraftPlanet, DraftRace } from "../state/Draft.ts"
import type { Place } from "./distance.ts"

/** Own planets of every race, by race index. */
export const planetsByOwner = (draft: Pick<Draft, "races" | "planets">): ReadonlyArray<ReadonlyArray<DraftPlanet>> => {
  const owned = draft.races.map((): Array<DraftPlanet> => [])
  for (const planet of draft.planets) if (planet.owner !== null) owned[planet.owner]?.push(planet)
  return owned
}

/** Whether a place lies in the race's flight zone. A race without planets has none. */
export const inFlightZone = (draft: Draft, race: DraftRace, own: ReadonlyArray<DraftPlanet>, place: Place): boolean => {
  const { flightZoneFactor, map, epsilon } = draft.ruleset
  if (own.length === 0) return false
  if (flightZoneFactor === null) return true
  const reach = flightZoneFactor * race.techs.drive + epsilon
  return own.some((planet) => distance(map, draft.size, planet, place) <= reach)
}
