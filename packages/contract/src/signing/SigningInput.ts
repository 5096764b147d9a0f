/**
 * Canonical signing inputs of the wire contract, section 1.
 *
 * Both sides sign and verify exactly these bytes, so a change needs a new protocol version.
 */

/** The protocol version that this code speaks; others are refused as `unsupported_protocol_version` (step 2). */
export const protocolVersion = "v1"

const utf8 = new TextEncoder()

const usualSize = 512
/** What was needed for an unusually long input isn't kept. */
const mostKept = 65_536

let written = new Uint8Array(usualSize)
let view = new DataView(written.buffer)
let at = 0

const use = (bytes: Uint8Array<ArrayBuffer>): void => {
  written = bytes
  view = new DataView(bytes.buffer)
}

/** Room for so many bytes more. */
const grow = (length: number): void => {
  if (at + length <= written.length) return
  const grown = new Uint8Array((at + length) * 2)
  grown.set(written)
  use(grown)
}

/**
 * The parts one after the other: texts in UTF-8 and bytes behind their length, 32 bits with the highest first, and numbers in
 * 64. One buffer serves all, since an input is written without a pause.
 */
const input = (...parts: ReadonlyArray<string | bigint | Uint8Array>): Uint8Array<ArrayBuffer> => {
  at = 0
  for (const part of parts) {
    if (typeof part === "bigint") {
      grow(8)
      view.setBigInt64(at, part, false)
      at += 8
      continue
    }
    // No character takes more than three bytes.
    grow(4 + part.length * 3)
    let size = part.length
    if (typeof part === "string") size = utf8.encodeInto(part, written.subarray(at + 4)).written
    else written.set(part, at + 4)
    view.setUint32(at, size, false)
    at += 4 + size
  }
  const bytes = written.slice(0, at)
  if (written.length > mostKept) use(new Uint8Array(usualSize))
  return bytes
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
  input(
    "galaxy-request-v1",
    fields.protocolVersion,
    fields.deviceSessionId,
    fields.messageType,
    fields.timestampMs,
    fields.requestId,
    fields.payloadHash
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
  input(
    "galaxy-response-v1",
    fields.protocolVersion,
    fields.requestId,
    fields.timestampMs,
    fields.resultCode,
    fields.payloadHash
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
  input(
    "galaxy-event-v1",
    fields.eventType,
    fields.eventId,
    fields.timestampMs,
    fields.requestId,
    fields.traceId,
    fields.deviceSessionId,
    fields.sequence,
    fields.payloadHash
  )

/** The bytes that the gateway signs to prove its time to a client whose request was stale (step 7). */
export const serverTime = (fields: {
  readonly requestId: string
  readonly serverTimeMs: bigint
}): Uint8Array<ArrayBuffer> => input("galaxy-time-v1", fields.requestId, fields.serverTimeMs)
