/** How people thaw, multiply and are frozen in a turn (rules, section 9). */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Planet } from "../state/Galaxy.ts"

type People = Pick<Planet, "population" | "colonists">

export const grow = (ruleset: Ruleset, planet: People & Pick<Planet, "size">): People => {
  const perColonist = ruleset.peoplePerColonist
  const thawed = Math.min(perColonist * planet.colonists, planet.size - planet.population)
  const colonists = Math.max(0, planet.colonists - thawed / perColonist)
  const growth = ruleset.populationGrowth * planet.population
  const population = planet.population + thawed
  const room = planet.size - population
  return growth < room
    ? { population: population + growth, colonists }
    : { population: planet.size, colonists: colonists + (growth - room) / perColonist }
}
