/** Phase 16: whoever gathers enough votes has won; a game that everybody has left is over without a winner. */
import { election } from "../formulas/votes.ts"
import { racesIn } from "../state/Galaxy.ts"
import type { Phase } from "../turn/Phase.ts"

export const voting: Phase = {
  name: "voting",
  run: ({ galaxy }) => {
    const { winners } = election(galaxy)
    return winners.length > 0 || racesIn(galaxy).length === 0
      ? { galaxy: { ...galaxy, finished: true, winners }, events: [{ kind: "finished", winners }] }
      : { galaxy, events: [] }
  }
}
