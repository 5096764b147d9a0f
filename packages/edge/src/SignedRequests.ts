/**
 * Bounds on requests that are signed right but are stale or repeated, and on the ids that a session reserves.
 *
 * Each stale request is answered with a signature, and each id takes memory until its reservation expires, both before the
 * budgets of step 9. Honest clients come nowhere near these bounds.
 */
import { Effect } from "effect"
import { network } from "./address.ts"
import type { Budgets } from "./Budgets.ts"
import type { Reason } from "./Refusal.ts"
import type { Examined, Stage } from "./stages/Stage.ts"

/** Stages and counts around steps 7 and 8. */
export interface SignedRequests {
  /** Before step 7: fails while the session has sent too many stale or repeated requests from this network. */
  readonly mayAsk: Stage
  /** Before step 8: fails while the session has too many live reservations. */
  readonly mayReserve: Stage
  /** After step 8: counts the reservation. */
  readonly reserved: Stage
  /** Counts a refusal if it is one of these. */
  readonly refused: (examined: Examined, reason: Reason) => Effect.Effect<void>
}

/** Counts in the budgets `repeats` and `reservations`. */
export const make = (budgets: Budgets["Service"]): SignedRequests => {
  // By network too: whoever repeats what they overheard elsewhere doesn't spend the session's own.
  const keyOf = ({ envelope, peer }: Examined) => `${envelope.deviceSessionId}/${network(peer.ip)}`
  return {
    mayAsk: (examined) => Effect.as(budgets.check("repeats", keyOf(examined)), examined),
    mayReserve: (examined) => Effect.as(budgets.check("reservations", examined.envelope.deviceSessionId), examined),
    reserved: (examined) =>
      Effect.as(Effect.ignore(budgets.take("reservations", examined.envelope.deviceSessionId)), examined),
    refused: (examined, reason) =>
      reason === "stale_request" || reason === "replayed_request"
        ? Effect.ignore(budgets.take("repeats", keyOf(examined)))
        : Effect.void
  }
}
