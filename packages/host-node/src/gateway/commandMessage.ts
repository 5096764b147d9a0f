/**
 * The two messages of a command in protobuf's binary form, read and written by hand in the way in which nearly all come.
 *
 * Whatever is unusual, though it may be right, is left to the library: unknown fields, texts beyond ASCII, numbers that are
 * negative or written longer than they need. What is read here, the library reads the very same way.
 */
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Envelope } from "@galaxy/edge/Envelope"
import { FieldWriter, sizeOfBytes, sizeOfNumber } from "./FieldWriter.ts"

const texts = { 1: "protocolVersion", 2: "deviceSessionId", 3: "messageType", 5: "requestId", 9: "traceId" } as const
const bytes = { 6: "payloadBytes", 7: "payloadHash", 8: "signature" } as const
const timestampField = 4

const varintType = 0
const lengthType = 2

/** An envelope as it is put together. */
type Open = { -readonly [F in keyof Envelope]: Envelope[F] }

const empty = new Uint8Array()

/** Reads a message from its beginning to its end, or gives up. */
class Reader {
  readonly #message: Buffer
  #at = 0
  constructor(message: Buffer) {
    this.#message = message
  }

  get isDone(): boolean {
    return this.#at === this.#message.length
  }

  /** A whole number of at most seven bytes, which a number of JavaScript holds; -1 for anything else. */
  integer(): number {
    let value = 0
    let scale = 1
    for (let count = 0; count < 7; count++) {
      const byte = this.#message[this.#at++]
      if (byte === undefined) return -1
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return count > 0 && byte === 0 ? -1 : value
      scale *= 128
    }
    return -1
  }

  /** Where the bytes of this length end that begin here; -1 where the message ends before. */
  #endOf(length: number): number {
    const end = this.#at + length
    return length < 0 || end > this.#message.length ? -1 : end
  }

  /** Bytes of their own: those of the message would keep the whole body. */
  bytes(): Uint8Array | undefined {
    const end = this.#endOf(this.integer())
    if (end < 0) return undefined
    const found = new Uint8Array(end - this.#at)
    this.#message.copy(found, 0, this.#at, end)
    this.#at = end
    return found
  }

  /** A text in ASCII. */
  text(): string | undefined {
    const end = this.#endOf(this.integer())
    if (end < 0) return undefined
    for (let at = this.#at; at < end; at++) if ((this.#message[at] ?? 0x80) >= 0x80) return undefined
    const found = this.#message.toString("latin1", this.#at, end)
    this.#at = end
    return found
  }
}

/** The envelope of a message, with bytes of its own; undefined where the library has to look at it. */
export const readCommand = (message: Buffer): Envelope | undefined => {
  const envelope: Open = {
    protocolVersion: "",
    deviceSessionId: "",
    messageType: "",
    timestampMs: 0n,
    requestId: "",
    payloadBytes: empty,
    payloadHash: empty,
    signature: empty,
    traceId: ""
  }
  const reader = new Reader(message)
  while (!reader.isDone) {
    const tag = reader.integer()
    const field = tag >>> 3
    if ((tag & 7) === varintType && field === timestampField && tag < 0x80) {
      const value = reader.integer()
      if (value < 0) return undefined
      envelope.timestampMs = BigInt(value)
    } else if ((tag & 7) === lengthType && tag > 0 && tag < 0x80) {
      if (field in texts) {
        const value = reader.text()
        if (value === undefined) return undefined
        envelope[texts[field as keyof typeof texts]] = value
      } else if (field in bytes) {
        const value = reader.bytes()
        if (value === undefined) return undefined
        envelope[bytes[field as keyof typeof bytes]] = value
      } else return undefined
    } else return undefined
  }
  return envelope
}

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) return false
  return true
}

const largest = 2 ** 49

/**
 * The message of an answer behind `room` bytes that are still to be written; undefined where the library has to write it.
 */
export const writeAnswer = (answer: SignedAnswer, room: number): Buffer | undefined => {
  const { payloadBytes, payloadHash, protocolVersion, requestId, resultCode, signature } = answer
  const timestampMs = Number(answer.timestampMs)
  if (!isAscii(protocolVersion) || !isAscii(requestId) || !isAscii(resultCode)) return undefined
  if (timestampMs < 0 || timestampMs >= largest) return undefined
  const size =
    sizeOfBytes(protocolVersion.length) +
    sizeOfBytes(requestId.length) +
    sizeOfNumber(timestampMs) +
    sizeOfBytes(resultCode.length) +
    sizeOfBytes(payloadBytes.length) +
    sizeOfBytes(payloadHash.length) +
    sizeOfBytes(signature.length)
  const out = Buffer.allocUnsafe(room + size)
  new FieldWriter(out, room)
    .text(1, protocolVersion, protocolVersion.length)
    .text(2, requestId, requestId.length)
    .number(3, timestampMs)
    .text(4, resultCode, resultCode.length)
    .bytes(5, payloadBytes)
    .bytes(6, payloadHash)
    .bytes(7, signature)
  return out
}
