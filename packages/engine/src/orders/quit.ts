/** Order Q: a race begins to leave; a few turns remain in which any other order takes it back. */
import type { Order } from "@galaxy/contract/engine/Order"
import { idleLimit } from "../rules/Ruleset.ts"
import type { Draft, DraftRace } from "../state/Draft.ts"
import { done, type OrderResult, refuse } from "./Refusal.ts"
import { raceTyped } from "./subjects.ts"

/** Order Q, with the race's own name: raises its count of idle turns, so that at most `turnsAfterQuit` turns remain. */
export const quit = (draft: Draft, race: DraftRace, order: Order): OrderResult => {
  const named = order.race === undefined ? undefined : raceTyped(draft, order.race)
  if (named === undefined) return refuse("unknown_race", `to quit, name your own race: ${race.name}`)
  if (named !== race.index) return refuse("not_owner", `to quit, name your own race: ${race.name}`)
  // Repeating it doesn't postpone the end.
  if (race.quitting) return done
  race.quitting = true
  race.idle_turns = Math.max(race.idle_turns, idleLimit(draft.ruleset, draft.turn) - draft.ruleset.turnsAfterQuit)
  return done
}
