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

/** Bytes that are written one after the other. Room for each part is made before it is written. Used again and again. */
class Input {
  #bytes = new Uint8Array(usualSize)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  begin(): this {
    this.#at = 0
    return this
  }

  #grow(length: number): void {
    if (this.#at + length <= this.#bytes.length) return
    const grown = new Uint8Array((this.#at + length) * 2)
    grown.set(this.#bytes)
    this.#take(grown)
  }

  #take(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }

  /** UTF-8 behind its length in bytes, 32 bits with the highest first. */
  text(value: string): this {
    // No character takes more than three bytes.
    this.#grow(4 + value.length * 3)
    const { written } = utf8.encodeInto(value, this.#bytes.subarray(this.#at + 4))
    this.#view.setUint32(this.#at, written, false)
    this.#at += 4 + written
    return this
  }

  /** Bytes behind their length. */
  bytes(value: Uint8Array): this {
    this.#grow(4 + value.length)
    this.#view.setUint32(this.#at, value.length, false)
    this.#bytes.set(value, this.#at + 4)
    this.#at += 4 + value.length
    return this
  }

  int64(value: bigint): this {
    this.#grow(8)
    this.#view.setBigInt64(this.#at, value, false)
    this.#at += 8
    return this
  }

  done(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#at)
    if (this.#bytes.length > mostKept) this.#take(new Uint8Array(usualSize))
    return bytes
  }
}

/** One for all: an input is written without a pause. */
const input = new Input()

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
  input
    .begin()
    .text("galaxy-request-v1")
    .text(fields.protocolVersion)
    .text(fields.deviceSessionId)
    .text(fields.messageType)
    .int64(fields.timestampMs)
    .text(fields.requestId)
    .bytes(fields.payloadHash)
    .done()

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
  input
    .begin()
    .text("galaxy-response-v1")
    .text(fields.protocolVersion)
    .text(fields.requestId)
    .int64(fields.timestampMs)
    .text(fields.resultCode)
    .bytes(fields.payloadHash)
    .done()

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
  input
    .begin()
    .text("galaxy-event-v1")
    .text(fields.eventType)
    .text(fields.eventId)
    .int64(fields.timestampMs)
    .text(fields.requestId)
    .text(fields.traceId)
    .text(fields.deviceSessionId)
    .int64(fields.sequence)
    .bytes(fields.payloadHash)
    .done()

/** The bytes that the gateway signs to prove its time to a client whose request was stale (step 7). */
export const serverTime = (fields: {
  readonly requestId: string
  readonly serverTimeMs: bigint
}): Uint8Array<ArrayBuffer> =>
  input.begin().text("galaxy-time-v1").text(fields.requestId).int64(fields.serverTimeMs).done()
