/** Order V: whom a race gives its votes. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import type { Draft, DraftRace } from "../state/Draft.ts"
import type { OrderResult } from "./Refusal.ts"
import { raceIn } from "./subjects.ts"

/** Names the race that gets all of this race's votes until another is named. A race may name itself. */
export const vote = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.map(raceIn(draft, order.race), (named) => {
    race.votes_for = named.index
  })
