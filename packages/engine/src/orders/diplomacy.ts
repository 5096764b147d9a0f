/** Orders A and W: a race's attitude to another, one-directional; its own name means everybody. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Galaxy, raceAt, racesIn, withRace } from "../state/Galaxy.ts"
import type { Outcome } from "./Refusal.ts"
import { raceIn } from "./subjects.ts"

const others = (galaxy: Galaxy, race: number, named: number): ReadonlyArray<number> =>
  named === race ? racesIn(galaxy).filter((other) => other !== race) : [named]

export const peace = (galaxy: Galaxy, race: number, order: Order): Outcome =>
  Result.map(raceIn(galaxy, order.race), (named) => {
    const all = new Set([...raceAt(galaxy, race).peace_with, ...others(galaxy, race, named)])
    return withRace(galaxy, race, { peace_with: [...all].toSorted((a, b) => a - b) })
  })

export const war = (galaxy: Galaxy, race: number, order: Order): Outcome =>
  Result.map(raceIn(galaxy, order.race), (named) => {
    const enemies = others(galaxy, race, named)
    return withRace(galaxy, race, {
      peace_with: raceAt(galaxy, race).peace_with.filter((other) => !enemies.includes(other))
    })
  })
