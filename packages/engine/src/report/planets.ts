/** Sections "my planets" and "unknown planets". */
import type { OwnPlanet, UnknownPlanet } from "@galaxy/contract/engine/Report"
import { freePoints } from "../formulas/production.ts"
import { productName } from "../orders/produce.ts"
import { rulesets } from "../rules/Ruleset.ts"
import { type Galaxy, planetsOf } from "../state/Galaxy.ts"
import { toHundredths } from "./rounding.ts"

export const ownPlanets = (galaxy: Galaxy, race: number): ReadonlyArray<OwnPlanet> =>
  planetsOf(galaxy, race).map((planet) => ({
    number: planet.number,
    name: planet.name,
    x: toHundredths(planet.x),
    y: toHundredths(planet.y),
    size: toHundredths(planet.size),
    population: toHundredths(planet.population),
    industry: toHundredths(planet.industry),
    resources: toHundredths(planet.resources),
    production: planet.production === null ? "-" : productName(planet.production),
    capital: toHundredths(planet.capital),
    materials: toHundredths(planet.materials),
    colonists: toHundredths(planet.colonists),
    free_points: toHundredths(freePoints(rulesets[galaxy.ruleset], planet))
  }))

/** A planet is unknown to a race that doesn't own it, for want of a ship that could look. */
export const unknownPlanets = (galaxy: Galaxy, race: number): ReadonlyArray<UnknownPlanet> =>
  galaxy.planets
    .filter((planet) => planet.owner !== race)
    .map(({ number, x, y }) => ({ number, x: toHundredths(x), y: toHundredths(y) }))
