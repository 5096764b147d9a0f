/** Orders of a race carried out on a galaxy, with their gifts delivered, without a turn being made. */
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import { executeAll } from "@galaxy/engine/orders/execute"
import { deliverGifts } from "@galaxy/engine/orders/gifts"
import { type Ruleset, rulesets } from "@galaxy/engine/rules/Ruleset"
import { type Draft, draftOf, galaxyOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"

export interface CarriedOut {
  readonly draft: Draft
  /** As the orders left it; the turn's number stays. */
  readonly galaxy: Galaxy
  readonly verdicts: ReadonlyArray<OrderVerdict>
}

export const carryOut = (
  galaxy: Galaxy,
  race: number,
  orders: ReadonlyArray<Order>,
  change: Partial<Ruleset> = {}
): CarriedOut => {
  const draft: Draft = { ...draftOf(galaxy), ruleset: { ...rulesets[galaxy.ruleset], ...change } }
  const verdicts = executeAll(draft, raceOf(draft, race), orders)
  deliverGifts(draft)
  return { draft, galaxy: { ...galaxyOf(galaxy, draft), turn: galaxy.turn }, verdicts }
}
