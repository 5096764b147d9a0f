/**
 * Bounds on requests that are signed right but are stale or repeated, and on the ids that a session reserves.
 *
 * Each stale request is answered with a signature, and each id takes memory until its reservation expires, both before the
 * budgets of step 9. Honest clients come nowhere near these bounds.
 */
import { network } from "./address.ts"
import type { Budgets } from "./Budgets.ts"
import type { Reason } from "./Refusal.ts"
import type { Call, Stage } from "./stages/Stage.ts"

/** Stages and counts around steps 7 and 8. */
export interface SignedRequests {
  /** Before step 7: refuses while the session has sent too many stale or repeated requests from this network. */
  readonly mayAsk: Stage
  /** Before step 8: refuses while the session has too many live reservations. */
  readonly mayReserve: Stage
  /** After step 8: counts the reservation. */
  readonly reserved: Stage
  /** Counts a refusal if it is one of these. */
  readonly refused: (call: Call, reason: Reason) => void
}

/** Counts in the budgets `repeats` and `reservations`. */
export const make = (budgets: Budgets["Service"]): SignedRequests => {
  // By network too: whoever repeats what they overheard elsewhere doesn't spend the session's own.
  const keyOf = ({ envelope, peer }: Call) => `${envelope.deviceSessionId}/${network(peer.ip)}`
  return {
    mayAsk: (call) => budgets.check("repeats", keyOf(call)),
    mayReserve: ({ envelope }) => budgets.check("reservations", envelope.deviceSessionId),
    reserved: ({ envelope }) => {
      budgets.take("reservations", envelope.deviceSessionId)
      return undefined
    },
    refused: (call, reason) => {
      if (reason === "stale_request" || reason === "replayed_request") budgets.take("repeats", keyOf(call))
    }
  }
}
