/**
 * Verdicts on orders before the turn is made, as far as their race can know.
 *
 * The orders are carried out on a copy of the galaxy in which everything that the race can't see is blank, so that a
 * verdict never reveals a secret. The turn itself may decide otherwise, since others act too.
 */
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import { type Draft, draftOf, raceOf } from "../state/Draft.ts"
import type { Galaxy, Planet, Race } from "../state/Galaxy.ts"
import { raceAt } from "../state/lookups.ts"
import { executeAll } from "./execute.ts"

const blank = (planet: Planet, seen: boolean, race: number): Planet => {
  if (planet.owner === race) return planet
  return {
    ...planet,
    name: seen ? planet.name : String(planet.number),
    size: seen ? planet.size : 0,
    resources: seen ? planet.resources : 0,
    owner: seen ? planet.owner : null,
    population: seen ? planet.population : 0,
    industry: seen ? planet.industry : 0,
    capital: seen ? planet.capital : 0,
    materials: seen ? planet.materials : 0,
    colonists: seen ? planet.colonists : 0,
    production: null,
    routes: {}
  }
}

const stranger = (race: Race, index: number): Race => ({
  ...race,
  classes: [],
  sciences: [],
  groups: [],
  votes_for: index,
  peace_with: [],
  idle_turns: 0,
  quitting: false
})

/** The galaxy as one race knows it: without the seed, other races' ships and designs, or details of unseen planets. */
export const viewOf = (galaxy: Galaxy, race: number): Galaxy => {
  const visited = new Set(raceAt(galaxy, race).groups.flatMap((group) => (group.to === null ? [group.at] : [])))
  return {
    ...galaxy,
    seed: "",
    races: galaxy.races.map((other, index) => (index === race ? other : stranger(other, index))),
    planets: galaxy.planets.map((planet) => blank(planet, visited.has(planet.number), race))
  }
}

/** Verdicts on a race's orders for the open turn, one for each order. The galaxy itself stays unchanged. */
export const forecast = (galaxy: Galaxy, race: number, orders: ReadonlyArray<Order>): ReadonlyArray<OrderVerdict> => {
  // Votes and numbers of people are public, and a draft shows nothing else of the galaxy before it.
  const draft: Draft = { ...draftOf(viewOf(galaxy, race)), before: galaxy }
  return executeAll(draft, raceOf(draft, race), orders)
}
