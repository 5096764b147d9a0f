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

/** Where a request came from. */
export interface Peer {
  /** The client's address: behind a trusted proxy the one that the proxy names. */
  readonly ip: string
  /** The operator has freed its network from bounds and budgets by address. */
  readonly exempt?: boolean | undefined
  /** What is remembered of the connection, of this address; absent where the host keeps nothing. */
  readonly connection?: PeerConnection | undefined
}

/** One connection's memory. Behind a proxy that carries many clients, one for each of their addresses. */
export interface PeerConnection {
  /** When a request last passed every check of its signature, freshness and uniqueness; Unix milliseconds. */
  verifiedAt: number | undefined
}

/** The message type of every subscription. */
export const subscribeType = "gateway.subscribe"
