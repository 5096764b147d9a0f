/** What a race sees after a turn (rules, section 18): the one place that decides it. */
import type { Facts, Flight, Ships } from "./Facts.ts"

/** What a race sees of other races' ships, and where it looks, after a turn. */
export interface Sight {
  /** Numbers of the planets where the race has a ship. */
  readonly visited: ReadonlySet<number>
  /** Groups of others at its own planets and at those visited, by planet. */
  readonly foreignShips: ReadonlyArray<Ships>
  /** Groups of others in space within the detection zone. */
  readonly flights: ReadonlyArray<Flight>
}

/** A race's sight by the ruleset's detection zone. Without planets of its own a race sees nothing in space. */
export const sightOf = (facts: Facts, race: number): Sight => {
  const own = facts.planetsOf[race] ?? []
  const visited = new Set((facts.shipsOf[race] ?? []).flatMap(({ group }) => (group.to === null ? [group.at] : [])))
  const seen = new Set([...own.map((it) => it.number), ...visited])
  const foreignShips: Array<Ships> = []
  for (const number of [...seen].toSorted((a, b) => a - b)) {
    for (const ships of facts.shipsAt.get(number) ?? []) if (ships.race !== race) foreignShips.push(ships)
  }
  const { detectionZoneFactor, epsilon } = facts.ruleset
  const drive = facts.galaxy.races[race]?.techs.drive ?? 0
  const radius = detectionZoneFactor === null ? Number.POSITIVE_INFINITY : detectionZoneFactor * drive + epsilon
  return {
    visited,
    foreignShips,
    flights: own.length === 0 ? [] : facts.flights.within(own, radius).filter((flight) => flight.race !== race)
  }
}
