/** Step 9: address, session, user and message type are within their budgets. */
import { network } from "../address.ts"
import type { Budgets } from "../Budgets.ts"
import type { Stage } from "./Stage.ts"

/**
 * Takes one token of each kind and refuses with `RateLimited` at the first that is used up; tokens taken before are not
 * given back.
 */
export const budget =
  (budgets: Pick<Budgets["Service"], "take">): Stage =>
  ({ envelope, peer, session }) =>
    (peer.exempt === true ? undefined : budgets.take("ip", network(peer.ip))) ??
    budgets.take("session", envelope.deviceSessionId) ??
    budgets.take("user", session?.userId ?? "") ??
    budgets.take("messageType", `${envelope.deviceSessionId}/${envelope.messageType}`, envelope.messageType)
