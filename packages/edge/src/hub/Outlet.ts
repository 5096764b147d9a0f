/** How a stream reaches its client: the two ends of what carries it. */
import type { RefusedAt, Refusal } from "../Refusal.ts"
import type { SignedEvent } from "./signing.ts"

/** What a stream ended with: a refusal, or a defect, which has been logged. */
export type StreamEnd = Refusal | "defect"

/** Where the events of one stream go. */
export interface Outlet {
  /**
   * Sends one event. False when the client takes them more slowly: no other is sent until `goOn` of the stream is called.
   */
  readonly write: (event: SignedEvent) => boolean
  /**
   * The stream has ended; nothing follows. `place` is where a refusal counts: at the request before the first event, at the
   * stream after it. A defect has been logged.
   */
  readonly end: (ending: StreamEnd, place: RefusedAt) => void
}

/** A stream that was asked for, in the hands of whoever carries it to its client. */
export interface OpenStream {
  /** The outlet takes events again. */
  readonly goOn: () => void
  /** The client is gone. The outlet is called no more. */
  readonly close: () => void
}
