/**
 * Carries out orders, one after another: the one place that knows which operation does what.
 *
 * A refused order changes nothing but that its race was there.
 */
import type { Order, OrderOp, OrderVerdict } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Galaxy, withRace } from "../state/Galaxy.ts"
import { peace, war } from "./diplomacy.ts"
import { produce } from "./produce.ts"
import { quit } from "./quit.ts"
import { renamePlanet } from "./renamePlanet.ts"
import type { Outcome } from "./Refusal.ts"
import { vote } from "./vote.ts"

const operations: { readonly [Op in OrderOp]: (galaxy: Galaxy, race: number, order: Order) => Outcome } = {
  produce,
  rename_planet: renamePlanet,
  peace,
  war,
  vote,
  quit
}

/** What an order makes of the galaxy. */
const execute = (galaxy: Galaxy, race: number, order: Order): Outcome => operations[order.op](galaxy, race, order)

/** Any order but quitting shows that the race plays on, even a refused one. */
const present = (galaxy: Galaxy, race: number, order: Order): Galaxy =>
  order.op === "quit" || (galaxy.races[race]?.idle_turns === 0 && !galaxy.races[race].quitting)
    ? galaxy
    : withRace(galaxy, race, { idle_turns: 0, quitting: false })

/** A race's orders in their sequence, each on what the ones before it left. */
export const executeAll = (
  start: Galaxy,
  race: number,
  orders: ReadonlyArray<Order>
): { readonly galaxy: Galaxy; readonly verdicts: ReadonlyArray<OrderVerdict> } => {
  let galaxy = start
  const verdicts = orders.map((order, position): OrderVerdict => {
    galaxy = present(galaxy, race, order)
    const outcome = execute(galaxy, race, order)
    if (Result.isFailure(outcome)) {
      const { code, message } = outcome.failure
      return { position, accepted: false, code, message }
    }
    galaxy = outcome.success
    return { position, accepted: true }
  })
  return { galaxy, verdicts }
}
