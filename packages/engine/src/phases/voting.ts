/** Phase 16: whoever gathers enough votes has won, in turns in which votes decide; a game that everybody has left is over without a winner. */
import { winnersAfter } from "../formulas/votes.ts"
import { activeRaces } from "../state/Draft.ts"
import type { Phase } from "../turn/Phase.ts"

/** Holds the election on the populations of this turn, and ends the game when it has winners or no race is left. */
export const voting: Phase = {
  name: "voting",
  run: ({ draft }) => {
    const winners = winnersAfter(draft.ruleset, draft.turn, draft)
    if (winners.length === 0 && activeRaces(draft).length > 0) return
    draft.finished = true
    draft.winners = winners
    draft.events.push({ kind: "finished", winners })
  }
}
