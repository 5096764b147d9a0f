/** Sections of planets: own, foreign, uninhabited and unknown ones, yards and routes. */
import type {
  CargoRoutes,
  ForeignPlanet,
  OwnPlanet,
  UninhabitedPlanet,
  UnknownPlanet,
  Yard
} from "@galaxy/contract/engine/Report"
import { freePoints } from "../formulas/production.ts"
import { emptyMass } from "../formulas/ships.ts"
import { keyOf } from "../orders/keyOf.ts"
import { productName } from "../orders/products.ts"
import type { Galaxy, Planet } from "../state/Galaxy.ts"
import { raceAt } from "../state/lookups.ts"
import type { Facts } from "./Facts.ts"
import { toHundredths } from "./rounding.ts"
import type { Sight } from "./sight.ts"

/** What a planet makes, written as its owner would order it; `-` when nobody owns it. */
const productionOn = (galaxy: Galaxy, { production, owner }: Planet): string => {
  if (production === null || owner === null) return "-"
  const sciences = production.kind === "ships" ? raceAt(galaxy, owner).sciences : []
  return productName(production, new Set(sciences.map((it) => keyOf(it.name))))
}

const everything = ({ galaxy, ruleset }: Facts, planet: Planet): OwnPlanet => ({
  number: planet.number,
  name: planet.name,
  x: toHundredths(planet.x),
  y: toHundredths(planet.y),
  size: toHundredths(planet.size),
  population: toHundredths(planet.population),
  industry: toHundredths(planet.industry),
  resources: toHundredths(planet.resources),
  production: productionOn(galaxy, planet),
  capital: toHundredths(planet.capital),
  materials: toHundredths(planet.materials),
  colonists: toHundredths(planet.colonists),
  free_points: toHundredths(freePoints(ruleset, planet))
})

/** The race's planets by number, with everything about them. Free points are those of the coming turn. */
export const ownPlanets = (facts: Facts, race: number): ReadonlyArray<OwnPlanet> =>
  (facts.planetsOf[race] ?? []).map((planet) => everything(facts, planet))

/** The race's planets that build ships. The price is in points for one ship, without missing materials. */
export const yards = (facts: Facts, race: number): ReadonlyArray<Yard> =>
  (facts.planetsOf[race] ?? []).flatMap((planet) => {
    const { production } = planet
    if (production?.kind !== "ships") return []
    const design = raceAt(facts.galaxy, race).classes.find((it) => it.name === production.class)
    return [
      {
        planet: planet.number,
        name: planet.name,
        class: production.class,
        price: design === undefined ? 0 : toHundredths(facts.ruleset.pointsPerMass * emptyMass(design)),
        banked: toHundredths(production.banked),
        free_points: toHundredths(freePoints(facts.ruleset, planet))
      }
    ]
  })

/** In the order in which reports have them. */
const routeKinds = ["capital", "materials", "colonists", "empty"] as const

/** The race's planets from which routes start, with the numbers of the planets where they end. */
export const routes = (facts: Facts, race: number): ReadonlyArray<CargoRoutes> =>
  (facts.planetsOf[race] ?? []).flatMap(({ number, name, routes }) => {
    const set = routeKinds.filter((kind) => routes[kind] !== undefined)
    if (set.length === 0) return []
    return [{ planet: number, name, ...Object.fromEntries(set.map((kind) => [kind, routes[kind]])) }]
  })

const byNumber = (facts: Facts, sight: Sight): ReadonlyArray<Planet> =>
  [...sight.visited].toSorted((a, b) => a - b).flatMap((number) => facts.galaxy.planets[number - 1] ?? [])

/** Planets of others where the race has a ship: it sees everything that the owner sees (rules, section 18). */
export const foreignPlanets = (facts: Facts, race: number, sight: Sight): ReadonlyArray<ForeignPlanet> =>
  byNumber(facts, sight).flatMap((planet) =>
    planet.owner === null || planet.owner === race
      ? []
      : [{ owner: raceAt(facts.galaxy, planet.owner).name, ...everything(facts, planet) }]
  )

/** Planets without an owner where the race has a ship, by number. */
export const uninhabitedPlanets = (facts: Facts, sight: Sight): ReadonlyArray<UninhabitedPlanet> =>
  byNumber(facts, sight).flatMap((planet) =>
    planet.owner === null
      ? [
          {
            number: planet.number,
            name: planet.name,
            x: toHundredths(planet.x),
            y: toHundredths(planet.y),
            size: toHundredths(planet.size),
            resources: toHundredths(planet.resources),
            capital: toHundredths(planet.capital),
            materials: toHundredths(planet.materials)
          }
        ]
      : []
  )

/** Planets that are neither the race's own nor visited: number and coordinates only. */
export const unknownPlanets = (facts: Facts, race: number, sight: Sight): ReadonlyArray<UnknownPlanet> =>
  facts.unknown.filter((planet, at) => facts.galaxy.planets[at]?.owner !== race && !sight.visited.has(planet.number))
