/**
 * How people multiply in a turn, and are frozen for want of room (rules, section 9).
 *
 * People are frozen only on a full planet and leave it only as cargo, so none are ever left to thaw beside room for
 * them, but on a planet that was bombed in the same turn.
 */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Planet } from "../state/Galaxy.ts"

type People = Pick<Planet, "population" | "colonists">

export const grow = (ruleset: Ruleset, planet: People & Pick<Planet, "size">): People => {
  const growth = ruleset.populationGrowth * planet.population
  const room = planet.size - planet.population
  return growth < room
    ? { population: planet.population + growth, colonists: planet.colonists }
    : { population: planet.size, colonists: planet.colonists + (growth - room) / ruleset.peoplePerColonist }
}
