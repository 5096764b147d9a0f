/** One check of an envelope; stages run in the order of the wire contract and stop at the first that fails. */
import type { Effect } from "effect"
import type { SessionIdentity } from "../BackendClient.ts"
import type { Envelope, Peer } from "../Envelope.ts"
import type { Refusal } from "../Refusal.ts"

/** What is known of a request; `session` is set by the stage that finds it. */
export interface Examined {
  readonly envelope: Envelope
  readonly peer: Peer
  /** The rpc that it came by: the route check is for commands, the fixed type for subscriptions. */
  readonly rpc: "command" | "subscribe"
  readonly session: SessionIdentity | undefined
}

/** A request that has passed everything. */
export interface Verified extends Examined {
  readonly session: SessionIdentity
}

export type Stage = (examined: Examined) => Effect.Effect<Examined, Refusal>
