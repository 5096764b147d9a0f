/** Order V: whom a race gives its votes. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Galaxy, withRace } from "../state/Galaxy.ts"
import type { Outcome } from "./Refusal.ts"
import { raceIn } from "./subjects.ts"

export const vote = (galaxy: Galaxy, race: number, order: Order): Outcome =>
  Result.map(raceIn(galaxy, order.race), (votes_for) => withRace(galaxy, race, { votes_for }))
