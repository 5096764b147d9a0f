/** One check of an envelope; stages run in the order of the wire contract and stop at the first that refuses. */
import { type Awaitable, isPromise } from "../Awaitable.ts"
import type { SessionIdentity } from "../BackendClient.ts"
import type { Envelope, Peer } from "../Envelope.ts"
import type { RateLimited, Refusal } from "../Refusal.ts"

/** A request on its way through the stages. */
export interface Call {
  readonly envelope: Envelope
  readonly peer: Peer
  /** The rpc of the request: a command needs a route, a subscription the fixed message type. */
  readonly rpc: "command" | "subscribe"
  /** Aborted when the client has gone or its deadline has passed. */
  readonly signal: AbortSignal | undefined
  /** Set by the stage that finds it. */
  session: SessionIdentity | undefined
  /** Set where its budgets were counted with its reservation: the refusal of a later step. */
  overBudget?: RateLimited | undefined
}

/** A request that has passed everything. */
export interface Verified extends Call {
  readonly session: SessionIdentity
}

/** Returns the refusal of its step, or nothing where the request passes. */
export type Stage = (call: Call) => Awaitable<Refusal | undefined>

/**
 * All of them, one after the other until one refuses. Nothing is waited for that is there already. A call that was given up
 * while a stage waited goes no further: it is thrown out with the signal's reason.
 */
export const inOrder = (stages: ReadonlyArray<Stage>): Stage => {
  const from = (first: number, call: Call): Awaitable<Refusal | undefined> => {
    for (let at = first; at < stages.length; at++) {
      const refusal = stages[at]?.(call)
      if (isPromise(refusal)) return later(refusal, at + 1, call)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }
  const later = async (waited: Promise<Refusal | undefined>, next: number, call: Call) => {
    const refusal = await waited
    call.signal?.throwIfAborted()
    return refusal ?? from(next, call)
  }
  return (call) => from(0, call)
}
