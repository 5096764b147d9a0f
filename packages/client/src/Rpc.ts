/**
 * The two calls of a gateway's edge, as a port: `fetchRpc` makes them with `fetch`. A Connect client of `EdgeGateway`, on
 * any transport, fits too.
 */

/** A signed request of either call. Its fields are those of `ExecuteCommandRequest` in the wire contract. */
export interface SignedRequest {
  readonly protocolVersion: string
  readonly deviceSessionId: string
  readonly messageType: string
  /** Unix milliseconds. */
  readonly timestampMs: bigint
  readonly requestId: string
  readonly payloadBytes: Uint8Array<ArrayBuffer>
  readonly payloadHash: Uint8Array<ArrayBuffer>
  readonly signature: Uint8Array<ArrayBuffer>
  readonly traceId: string
}

/** A gateway's answer, not yet verified. Its fields are those of `ExecuteCommandResponse`. */
export interface SignedAnswer {
  readonly protocolVersion: string
  readonly requestId: string
  /** Unix milliseconds. */
  readonly timestampMs: bigint
  readonly resultCode: string
  readonly payloadBytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly signature: Uint8Array
}

/** A frame of an event stream, not yet verified. Its fields are those of `GatewayEvent`. */
export interface SignedEvent {
  readonly eventType: string
  readonly eventId: string
  /** Unix milliseconds. */
  readonly timestampMs: bigint
  readonly payloadBytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly signature: Uint8Array
  readonly requestId: string
  readonly traceId: string
  /** 0 for the gateway's own. */
  readonly sequence: bigint
}

/** How requests reach a gateway. Either call fails with an `RpcError`, or with anything else that it throws. */
export interface Rpc {
  readonly executeCommand: (
    request: SignedRequest,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number }
  ) => Promise<SignedAnswer>
  /** Nothing is sent before the first read. The connection is closed when `signal` aborts or the reader returns. */
  readonly subscribeEvents: (
    request: SignedRequest,
    options: { readonly signal: AbortSignal }
  ) => AsyncIterable<SignedEvent>
}

/** A detail of a refusal: a message of this full name, in protobuf's binary form. */
export interface RpcDetail {
  readonly type: string
  readonly value: Uint8Array
}

/** A call that has failed: what the gateway said of it, or why it could not be reached. */
export class RpcError extends Error {
  readonly rawMessage: string
  readonly details: ReadonlyArray<RpcDetail>

  constructor(rawMessage: string, details: ReadonlyArray<RpcDetail> = []) {
    super(rawMessage)
    this.name = "RpcError"
    this.rawMessage = rawMessage
    this.details = details
  }
}
