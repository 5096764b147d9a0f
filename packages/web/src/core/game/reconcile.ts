/** What is to become of two lists of orders: the one on this device, and the one that the server has. */
import type { Order } from "@galaxy/contract/engine/Order"
import { sameOrders } from "./draftLines.ts"

/**
 * `adopt`: the server's list is taken. `keep`: this device's goes on, and is sent once the turn takes orders; where both
 * have changed, the player is asked then. `ask`: both have changed, and the player
 * says what counts. `append`: what was written before the server's list was known comes after it.
 */
export type Reconciled = "adopt" | "keep" | "ask" | "append"

/** What both sides have, and what this device had heard before. */
export interface Lists {
  readonly mine: ReadonlyArray<Order>
  readonly theirs: ReadonlyArray<Order>
  /** What the server had when it was last heard. */
  readonly known: ReadonlyArray<Order>
  /** Whether this device had heard the server's list before it was edited. */
  readonly knew: boolean
  readonly closed: boolean
}

export const reconcile = ({ mine, theirs, known, knew, closed }: Lists): Reconciled => {
  if (sameOrders(mine, known) || sameOrders(mine, theirs)) return "adopt"
  // Whoever wrote meanwhile has left what this device had heard: it replaces nothing that the player hasn't seen.
  if (sameOrders(theirs, known)) return "keep"
  if (!knew) return "append"
  return closed ? "keep" : "ask"
}
