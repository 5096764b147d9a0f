/** Step 9: address, session, user and message type are within their budgets. */
import { Effect } from "effect"
import { network } from "../address.ts"
import type { Budgets } from "../Budgets.ts"
import type { Stage } from "./Stage.ts"

/**
 * Takes one token of each kind and fails with `RateLimited` at the first that is used up; tokens taken before are not
 * given back.
 */
export const budget =
  (budgets: Pick<Budgets["Service"], "take">): Stage =>
  (examined) => {
    const { envelope, peer, session } = examined
    const ofAddress = peer.exempt === true ? Effect.void : budgets.take("ip", network(peer.ip))
    return ofAddress.pipe(
      Effect.andThen(budgets.take("session", envelope.deviceSessionId)),
      Effect.andThen(budgets.take("user", session?.userId ?? "")),
      Effect.andThen(budgets.take("messageType", `${envelope.deviceSessionId}/${envelope.messageType}`)),
      Effect.as(examined)
    )
  }
