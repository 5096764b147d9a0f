/** A signed request as it came in, decoded and not yet believed. */

export interface Envelope {
  readonly protocolVersion: string
  readonly deviceSessionId: string
  readonly messageType: string
  /** The client's clock, Unix milliseconds. */
  readonly timestampMs: bigint
  readonly requestId: string
  readonly payloadBytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly signature: Uint8Array
  /** W3C `traceparent`, for logs only. */
  readonly traceId: string
}

/** The connection that it came over. */
export interface Peer {
  readonly ip: string
}

/** The message type of every subscription. */
export const subscribeType = "gateway.subscribe"
