/**
 * Canonical signing inputs of the wire contract, section 1.
 *
 * Bytes here are what both sides sign and verify; a change is a new protocol version, never an edit.
 */

/** Protocol versions that this code speaks. */
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

/** What a device key signs for one request. */
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

export interface ResponseFields {
  readonly protocolVersion: string
  readonly requestId: string
  readonly timestampMs: bigint
  readonly resultCode: string
  readonly payloadHash: Uint8Array
}

/** What the gateway signs for one response. */
export const response = (fields: ResponseFields): Uint8Array<ArrayBuffer> =>
  concat(
    text("galaxy-response-v1"),
    text(fields.protocolVersion),
    text(fields.requestId),
    int64(fields.timestampMs),
    text(fields.resultCode),
    lengthPrefixed(fields.payloadHash)
  )

export interface EventFields {
  readonly eventType: string
  readonly eventId: string
  readonly timestampMs: bigint
  readonly requestId: string
  readonly traceId: string
  /** The session whose stream carries the event. */
  readonly deviceSessionId: string
  readonly sequence: bigint
  readonly payloadHash: Uint8Array
}

/** What the gateway signs for one event on one session's stream. */
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

/** What the gateway signs to prove its clock to a client whose request was stale. */
export const serverTime = (fields: {
  readonly requestId: string
  readonly serverTimeMs: bigint
}): Uint8Array<ArrayBuffer> => concat(text("galaxy-time-v1"), text(fields.requestId), int64(fields.serverTimeMs))
