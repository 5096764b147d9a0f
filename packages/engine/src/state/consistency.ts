/** What a schema can't say of a galaxy: that everything it speaks of exists. */
import { keyOf } from "../orders/keyOf.ts"
import type { Galaxy, Planet, Race } from "./Galaxy.ts"

const keysOf = (items: ReadonlyArray<{ readonly name: string }>): ReadonlySet<string> =>
  new Set(items.map((it) => keyOf(it.name)))

const raceProblem = (galaxy: Galaxy, race: Race): string | undefined => {
  const isRace = (index: number): boolean => index < galaxy.races.length
  const isPlanet = (number: number): boolean => number >= 1 && number <= galaxy.planets.length
  const classes = keysOf(race.classes)
  if (!isRace(race.votes_for) || !race.peace_with.every(isRace)) return `${race.name} speaks of a race that isn't there`
  if (classes.size !== race.classes.length) return `two ship classes of ${race.name} have one name`
  if (keysOf(race.sciences).size !== race.sciences.length) return `two sciences of ${race.name} have one name`
  let last = 0
  for (const { number, class: name, ships, at, to, goods, load } of race.groups) {
    const what = `group ${number} of ${race.name}`
    if (number <= last) return `${what} is out of order`
    if (!classes.has(keyOf(name))) return `${what} is of class ${name}, which isn't there`
    if (ships === 0) return `${what} has no ships`
    if (!isPlanet(at) || (to !== null && !isPlanet(to))) return `${what} is at a planet that isn't there`
    if ((goods === null) !== (load === 0)) return `${what} carries something without a name, or nothing with one`
    last = number
  }
  return undefined
}

const planetProblem = (galaxy: Galaxy, planet: Planet, index: number): string | undefined => {
  const { number, owner, production, population, industry, size, routes } = planet
  const what = `planet ${number}`
  if (number !== index + 1) return `${what} stands at place ${index + 1}`
  if (industry > population || population > size) return `${what} has more than it has room for`
  if ((owner === null) !== (production === null)) return `${what} produces without an owner, or nothing with one`
  if (Object.values(routes).some((to) => to < 1 || to > galaxy.planets.length)) {
    return `a route of ${what} leads to a planet that isn't there`
  }
  if (owner === null || production === null) return undefined
  const race = galaxy.races[owner]
  if (race === undefined) return `${what} belongs to a race that isn't there`
  const made =
    production.kind === "ships"
      ? keysOf(race.classes).has(keyOf(production.class))
      : production.kind === "science"
        ? keysOf(race.sciences).has(keyOf(production.science))
        : true
  return made ? undefined : `${what} makes something that isn't there`
}

/** The first thing of a galaxy that can't be; undefined when all is well. */
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
