/** Orders A and W: a race's attitude to another, one-directional; its own name means everybody. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { activeRaces, type Draft, type DraftRace } from "../state/Draft.ts"
import { done, type OrderResult, refuse } from "./Refusal.ts"
import { raceIn } from "./subjects.ts"

const others = (draft: Draft, race: DraftRace, named: DraftRace): ReadonlyArray<number> =>
  named === race ? activeRaces(draft).flatMap((it) => (it === race ? [] : [it.index])) : [named.index]

/** Order A: makes peace from this race's side, which takes effect at once. The other race may still be at war. */
export const peace = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.map(raceIn(draft, order.race), (named) => {
    const all = new Set([...race.peace_with, ...others(draft, race, named)])
    race.peace_with = [...all].toSorted((a, b) => a - b)
  })

/** Order W: declares war at once; refused with `forced_peace` in the ruleset's first, peaceful turns. */
export const war = (draft: Draft, race: DraftRace, order: Order): OrderResult => {
  const named = raceIn(draft, order.race)
  if (Result.isFailure(named)) return Result.fail(named.failure)
  if (draft.turn <= draft.ruleset.forcedPeaceTurns) {
    return refuse("forced_peace", `every race is at peace up to turn ${draft.ruleset.forcedPeaceTurns}`)
  }
  const enemies = new Set(others(draft, race, named.success))
  race.peace_with = race.peace_with.filter((other) => !enemies.has(other))
  return done
}
