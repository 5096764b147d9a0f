/**
 * What orders look like from where their race stands: verdicts before the turn is made.
 *
 * They are carried out on a copy of the galaxy in which everything that the race can't see is blank, so that a verdict
 * never tells a secret. The turn itself may judge otherwise, since others act too.
 */
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import type { Galaxy } from "../state/Galaxy.ts"
import { executeAll } from "./execute.ts"

/** The galaxy as one race knows it. */
export const viewOf = (galaxy: Galaxy, race: number): Galaxy => ({
  ...galaxy,
  seed: "",
  races: galaxy.races.map((other, index) =>
    index === race ? other : { ...other, votes_for: index, peace_with: [], idle_turns: 0, quitting: false }
  ),
  planets: galaxy.planets.map((planet) =>
    planet.owner === race
      ? planet
      : {
          number: planet.number,
          name: String(planet.number),
          x: planet.x,
          y: planet.y,
          size: 0,
          resources: 0,
          owner: null,
          population: 0,
          industry: 0,
          capital: 0,
          materials: 0,
          colonists: 0,
          production: null
        }
  )
})

export const forecast = (galaxy: Galaxy, race: number, orders: ReadonlyArray<Order>): ReadonlyArray<OrderVerdict> =>
  executeAll(viewOf(galaxy, race), race, orders).verdicts
