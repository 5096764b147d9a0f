/** Phase 1: all lists are replayed, races in a random order, each list in its own (rules, section 5 and D1). */
import { executeAll } from "../orders/execute.ts"
import { racesIn } from "../state/Galaxy.ts"
import type { Phase } from "../turn/Phase.ts"
import type { TurnEvent } from "../turn/TurnEvent.ts"

export const orders: Phase = {
  name: "orders",
  run: (turn) => {
    const events: Array<TurnEvent> = []
    let galaxy = turn.galaxy
    for (const race of turn.random.shuffled(racesIn(galaxy))) {
      const list = turn.decisions.orders.get(race) ?? []
      const executed = executeAll(galaxy, race, list)
      galaxy = executed.galaxy
      for (const [position, order] of list.entries()) {
        const verdict = executed.verdicts[position]
        if (verdict !== undefined) events.push({ kind: "order", race, outcome: { ...verdict, order } })
      }
    }
    return { galaxy, events }
  }
}
