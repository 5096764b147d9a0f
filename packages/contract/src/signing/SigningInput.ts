/**
 * Canonical signing inputs of the wire contract, section 1.
 *
 * Both sides sign and verify exactly these bytes, so a change needs a new protocol version.
 */

/** The protocol version that this code speaks; others are refused as `unsupported_protocol_version` (step 2). */
export const protocolVersion = "v1"

const utf8 = new TextEncoder()

const lengthPrefixed = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(4 + bytes.length)
  new DataView(out.buffer).setUint32(0, bytes.length, false)
  out.set(bytes, 4)
  return out
}

const text = (value: string): Uint8Array => lengthPrefixed(utf8.encode(value))

const int64 = (value: bigint): Uint8Array => {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setBigInt64(0, value, false)
  return out
}

const concat = (...parts: ReadonlyArray<Uint8Array>): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** The signed fields of a request. `trace_id` is not among them, so it carries no authority. */
export interface RequestFields {
  readonly protocolVersion: string
  readonly deviceSessionId: string
  readonly messageType: string
  /** Unix milliseconds. */
  readonly timestampMs: bigint
  readonly requestId: string
  /** SHA-256 of the payload, 32 bytes. */
  readonly payloadHash: Uint8Array
}

/** The bytes that a device key signs for one request. */
export const request = (fields: RequestFields): Uint8Array<ArrayBuffer> =>
  concat(
    text("galaxy-request-v1"),
    text(fields.protocolVersion),
    text(fields.deviceSessionId),
    text(fields.messageType),
    int64(fields.timestampMs),
    text(fields.requestId),
    lengthPrefixed(fields.payloadHash)
  )

/** The signed fields of a response. The request id binds the response to the request that it answers. */
export interface ResponseFields {
  readonly protocolVersion: string
  readonly requestId: string
  /** Unix milliseconds. */
  readonly timestampMs: bigint
  /** `ok`, or the backend's error code. */
  readonly resultCode: string
  /** SHA-256 of the payload, 32 bytes. */
  readonly payloadHash: Uint8Array
}

/** The bytes that the gateway signs for one response. */
export const response = (fields: ResponseFields): Uint8Array<ArrayBuffer> =>
  concat(
    text("galaxy-response-v1"),
    text(fields.protocolVersion),
    text(fields.requestId),
    int64(fields.timestampMs),
    text(fields.resultCode),
    lengthPrefixed(fields.payloadHash)
  )

/**
 * The signed fields of an event. The session id is signed though it isn't sent, so an event from one stream doesn't
 * verify on another.
 */
export interface EventFields {
  readonly eventType: string
  readonly eventId: string
  /** Unix milliseconds. */
  readonly timestampMs: bigint
  readonly requestId: string
  readonly traceId: string
  /** The session whose stream carries the event. */
  readonly deviceSessionId: string
  /** The user's number of the event; 0 for the gateway's own. */
  readonly sequence: bigint
  /** SHA-256 of the payload, 32 bytes. */
  readonly payloadHash: Uint8Array
}

/** The bytes that the gateway signs for one event on one session's stream. */
export const event = (fields: EventFields): Uint8Array<ArrayBuffer> =>
  concat(
    text("galaxy-event-v1"),
    text(fields.eventType),
    text(fields.eventId),
    int64(fields.timestampMs),
    text(fields.requestId),
    text(fields.traceId),
    text(fields.deviceSessionId),
    int64(fields.sequence),
    lengthPrefixed(fields.payloadHash)
  )

/** The bytes that the gateway signs to prove its time to a client whose request was stale (step 7). */
export const serverTime = (fields: {
  readonly requestId: string
  readonly serverTimeMs: bigint
}): Uint8Array<ArrayBuffer> => concat(text("galaxy-time-v1"), text(fields.requestId), int64(fields.serverTimeMs))
