/** Checks that a schema can't express: that everything a galaxy refers to exists. */
import { keyOf } from "../orders/keyOf.ts"
import type { Galaxy, Planet, Race } from "./Galaxy.ts"

const keysOf = (items: ReadonlyArray<{ readonly name: string }>): ReadonlySet<string> =>
  new Set(items.map((it) => keyOf(it.name)))

const raceProblem = (galaxy: Galaxy, race: Race): string | undefined => {
  const isRace = (index: number): boolean => index < galaxy.races.length
  const isPlanet = (number: number): boolean => number >= 1 && number <= galaxy.planets.length
  const classes = keysOf(race.classes)
  if (!isRace(race.votes_for) || !race.peace_with.every(isRace))
    return `${race.name} refers to a race that does not exist`
  if (classes.size !== race.classes.length) return `two ship classes of ${race.name} have the same name`
  if (keysOf(race.sciences).size !== race.sciences.length) return `two sciences of ${race.name} have the same name`
  let last = 0
  for (const { number, class: name, ships, at, to, goods, load } of race.groups) {
    const what = `group ${number} of ${race.name}`
    if (number <= last) return `${what} is out of order`
    if (!classes.has(keyOf(name))) return `${what} is of class ${name}, which does not exist`
    if (ships === 0) return `${what} has no ships`
    if (!isPlanet(at) || (to !== null && !isPlanet(to))) return `${what} is at a planet that does not exist`
    if ((goods === null) !== (load === 0))
      return `${what} carries cargo without naming it, or names cargo without carrying any`
    last = number
  }
  return undefined
}

const planetProblem = (galaxy: Galaxy, planet: Planet, index: number): string | undefined => {
  const { number, owner, production, population, industry, size, routes } = planet
  const what = `planet ${number}`
  if (number !== index + 1) return `${what} is number ${index + 1} in the list of planets`
  if (industry > population || population > size)
    return `${what} has more industry than people, or more people than room`
  if ((owner === null) !== (production === null))
    return `${what} produces without an owner, or has an owner and produces nothing`
  if (Object.values(routes).some((to) => to < 1 || to > galaxy.planets.length)) {
    return `a route of ${what} leads to a planet that does not exist`
  }
  if (owner === null || production === null) return undefined
  const race = galaxy.races[owner]
  if (race === undefined) return `${what} belongs to a race that does not exist`
  const made =
    production.kind === "ships"
      ? keysOf(race.classes).has(keyOf(production.class))
      : production.kind === "science"
        ? keysOf(race.sciences).has(keyOf(production.science))
        : true
  return made ? undefined : `${what} produces something that does not exist`
}

/** What is wrong first in a galaxy; undefined when it is consistent. */
export const problemOf = (galaxy: Galaxy): string | undefined => {
  for (const race of galaxy.races) {
    const problem = raceProblem(galaxy, race)
    if (problem !== undefined) return problem
  }
  for (const [index, planet] of galaxy.planets.entries()) {
    const problem = planetProblem(galaxy, planet, index)
    if (problem !== undefined) return problem
  }
  return undefined
}
