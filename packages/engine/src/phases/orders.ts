/** Phase 1: all lists are replayed, races in a random order, each list in its own (rules, section 5 and D1). */
import { deliverGifts } from "../orders/gifts.ts"
import { executeAll } from "../orders/execute.ts"
import { activeRaces } from "../state/Draft.ts"
import type { Phase } from "../turn/Phase.ts"

/** Carries out the orders of the races still in the game, logs each with its verdict, and then delivers gifts. */
export const orders: Phase = {
  name: "orders",
  run: ({ draft, decisions, random }) => {
    for (const race of random.shuffled(activeRaces(draft))) {
      const list = decisions.orders.get(race.index) ?? []
      const verdicts = executeAll(draft, race, list)
      for (const [position, order] of list.entries()) {
        const verdict = verdicts[position]
        if (verdict !== undefined)
          draft.events.push({ kind: "order", race: race.index, outcome: { ...verdict, order } })
      }
    }
    deliverGifts(draft)
  }
}
