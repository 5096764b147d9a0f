/**
 * How a population grows in a turn, and how people are frozen for want of room (rules, section 9).
 *
 * People are frozen only on a full planet, and leave it only as cargo. So frozen people and room for them meet only on
 * a planet that was bombed in the same turn (decision 0104).
 */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Planet } from "../state/Galaxy.ts"

type People = Pick<Planet, "population" | "colonists">

/** Thaws as many frozen people as there is room for, without any growth. */
export const thaw = (ruleset: Ruleset, planet: People & Pick<Planet, "size">): People => {
  const { size, population, colonists } = planet
  const each = ruleset.peoplePerColonist
  const room = Math.max(0, size - population)
  return each * colonists > room
    ? { population: population + room, colonists: colonists - room / each }
    : { population: population + each * colonists, colonists: 0 }
}

/** Grows a population by the offspring of `parents` people, by default all of it. Those without room are frozen. */
export const grow = (ruleset: Ruleset, planet: People & Pick<Planet, "size">, parents = planet.population): People => {
  const growth = ruleset.populationGrowth * parents
  const room = planet.size - planet.population
  return growth < room
    ? { population: planet.population + growth, colonists: planet.colonists }
    : { population: planet.size, colonists: planet.colonists + (growth - room) / ruleset.peoplePerColonist }
}
