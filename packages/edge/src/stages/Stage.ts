/** One check of an envelope; stages run in the order of the wire contract and stop at the first that fails. */
import type { Effect } from "effect"
import type { SessionIdentity } from "../BackendClient.ts"
import type { Envelope, Peer } from "../Envelope.ts"
import type { Refusal } from "../Refusal.ts"

/** What is known about a request; `session` is set by the stage that finds it. */
export interface Examined {
  readonly envelope: Envelope
  readonly peer: Peer
  /** The rpc of the request: a command needs a route, a subscription the fixed message type. */
  readonly rpc: "command" | "subscribe"
  readonly session: SessionIdentity | undefined
}

/** A request that has passed everything. */
export interface Verified extends Examined {
  readonly session: SessionIdentity
}

/** Passes the request on, perhaps with more known about it, or fails with the refusal of its step. */
export type Stage = (examined: Examined) => Effect.Effect<Examined, Refusal>
