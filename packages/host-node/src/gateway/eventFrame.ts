/**
 * Events as frames on the wire, which gRPC and Connect have in common: a `GatewayEvent` in protobuf behind a flag and its length.
 *
 * Written by hand because each event is written once for each stream. The bytes are those that protobuf's library writes.
 */
import type { SignedEvent } from "@galaxy/edge/hub/signing"

const frameHead = 5

/** Bytes of a whole number that isn't negative. */
const sizeOfWhole = (value: number): number => {
  let size = 1
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) size += 1
  return size
}

/** Tags of these fields take one byte. Empty fields are left out. */
const sizeOfField = (length: number): number => (length === 0 ? 0 : 1 + sizeOfWhole(length) + length)

/** 64 bits take no more than two numbers; a negative one has ten bytes. */
const sizeOfInt64 = (value: bigint): number => {
  if (value === 0n) return 0
  if (value < 0n) return 11
  let size = 2
  for (let left = value; left >= 0x80n; left >>= 7n) size += 1
  return size
}

class Frame {
  readonly bytes: Buffer
  #at = frameHead

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafe(frameHead + length)
    this.bytes.writeUInt8(0, 0)
    this.bytes.writeUInt32BE(length, 1)
  }

  #whole(value: number): void {
    let left = value
    while (left >= 0x80) {
      this.bytes[this.#at++] = (left % 0x80) | 0x80
      left = Math.floor(left / 0x80)
    }
    this.bytes[this.#at++] = left
  }

  text(field: number, value: string, length: number): this {
    if (length === 0) return this
    this.#whole((field << 3) | 2)
    this.#whole(length)
    this.#at += this.bytes.write(value, this.#at, length, "utf8")
    return this
  }

  data(field: number, value: Uint8Array): this {
    if (value.length === 0) return this
    this.#whole((field << 3) | 2)
    this.#whole(value.length)
    this.bytes.set(value, this.#at)
    this.#at += value.length
    return this
  }

  int64(field: number, value: bigint): this {
    if (value === 0n) return this
    this.#whole(field << 3)
    if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) {
      this.#whole(Number(value))
      return this
    }
    let left = BigInt.asUintN(64, value)
    for (; left >= 0x80n; left >>= 7n) this.bytes[this.#at++] = Number(left & 0x7fn) | 0x80
    this.bytes[this.#at++] = Number(left)
    return this
  }
}

/** The frame of an event. */
export const frameOf = (event: SignedEvent): Buffer => {
  const { eventId, eventType, payloadBytes, payloadHash, requestId, sequence, signature, timestampMs, traceId } = event
  const [type, id, request, trace] = [eventType, eventId, requestId, traceId].map((it) => Buffer.byteLength(it)) as [
    number,
    number,
    number,
    number
  ]
  const length =
    sizeOfField(type) +
    sizeOfField(id) +
    sizeOfInt64(timestampMs) +
    sizeOfField(payloadBytes.length) +
    sizeOfField(payloadHash.length) +
    sizeOfField(signature.length) +
    sizeOfField(request) +
    sizeOfField(trace) +
    sizeOfInt64(sequence)
  return new Frame(length)
    .text(1, eventType, type)
    .text(2, eventId, id)
    .int64(3, timestampMs)
    .data(4, payloadBytes)
    .data(5, payloadHash)
    .data(6, signature)
    .text(7, requestId, request)
    .text(8, traceId, trace)
    .int64(9, sequence).bytes
}
