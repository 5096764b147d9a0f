/** Phase 11: planets make capital and materials and do research; technologies rise for the next turn. */
import { freePoints, makeCapital, makeMaterials, researched } from "../formulas/production.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import { type Galaxy, type Planet, raceAt, withRace } from "../state/Galaxy.ts"
import type { Phase } from "../turn/Phase.ts"

const stocksAfter = (ruleset: Ruleset, planet: Planet): Planet => {
  const points = freePoints(ruleset, planet)
  switch (planet.production?.kind) {
    case "capital":
      return { ...planet, ...makeCapital(ruleset, planet, planet.resources, points) }
    case "materials":
      return { ...planet, ...makeMaterials(planet, planet.resources, points) }
    case "research":
    case undefined:
      return planet
  }
}

const withResearch = (ruleset: Ruleset, galaxy: Galaxy, planet: Planet): Galaxy => {
  if (planet.owner === null || planet.production?.kind !== "research") return galaxy
  const { technology } = planet.production
  const { techs } = raceAt(galaxy, planet.owner)
  const level = techs[technology] + researched(ruleset, technology, freePoints(ruleset, planet))
  return withRace(galaxy, planet.owner, { techs: { ...techs, [technology]: level } })
}

export const industry: Phase = {
  name: "industry",
  run: ({ galaxy, ruleset }) => {
    const taught = galaxy.planets.reduce((after, planet) => withResearch(ruleset, after, planet), galaxy)
    const planets = galaxy.planets.map((planet) => stocksAfter(ruleset, planet))
    return { galaxy: { ...taught, planets }, events: [] }
  }
}
