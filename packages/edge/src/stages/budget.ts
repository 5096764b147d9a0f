/** Step 9: address, session, user and message type are within their budgets. */
import { network } from "../address.ts"
import type { BudgetKind, Budgets } from "../Budgets.ts"
import type { SharedTake } from "../ReplayStore.ts"
import type { Call, Stage } from "./Stage.ts"

type Each = readonly [kind: BudgetKind, key: string, messageType?: string]

/** What a call is counted against, in order. */
const eachOf = ({ envelope, peer, session }: Call): ReadonlyArray<Each> => {
  const { deviceSessionId, messageType } = envelope
  const rest: ReadonlyArray<Each> = [
    ["session", deviceSessionId],
    ["user", session?.userId ?? ""],
    ["messageType", `${deviceSessionId}/${messageType}`, messageType]
  ]
  return peer.exempt === true ? rest : [["ip", network(peer.ip)], ...rest]
}

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

/** The tokens that `budget` would take, for a store in which all gateways count them. */
export const sharedTakes =
  (budgets: Pick<Budgets["Service"], "rate">) =>
  (call: Call): ReadonlyArray<SharedTake> =>
    eachOf(call).map(([kind, key, messageType]) => ({ kind, key, rate: budgets.rate(kind, messageType) }))

/** Refuses what was over budget when its id was reserved. */
export const countedBudget: Stage = ({ overBudget }) => overBudget
