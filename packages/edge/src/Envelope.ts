/** Signed requests as they arrive: decoded, but not yet verified. */

/**
 * The fields that `ExecuteCommandRequest` and `SubscribeEventsRequest` share (wire.md). None of them may be trusted
 * before `Verifier` has passed the whole.
 */
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
  /** The client's address; behind a trusted proxy, the one that the proxy names. */
  readonly ip: string
  /** The operator has exempted the client's network from bounds and budgets per address. */
  readonly exempt?: boolean | undefined
  /** What is remembered about the connection for this address; absent where the host keeps nothing. */
  readonly connection?: PeerConnection | undefined
}

/** What is remembered about a connection. Behind a proxy with many clients there is one of these per client address. */
export interface PeerConnection {
  /** When a request last passed every check of its signature, freshness and uniqueness; monotonic milliseconds. */
  verifiedAt: number | undefined
  /** Whose request that was. */
  verifiedBy: string | undefined
}

/** The message type of every subscription. */
export const subscribeType = "gateway.subscribe"
