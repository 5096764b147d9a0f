/**
 * The little of protobuf's binary form that the gateway's messages need: fields that are texts, bytes and 64-bit integers.
 *
 * A library with descriptors of all messages would weigh as much as the rest of this client. Unknown fields are skipped,
 * so that a newer gateway is understood; every length is checked before it is followed.
 */

/** How a field is written. */
export type Kind = "string" | "bytes" | "int64"

/** A message: each field's number and kind. */
export type Shape = Readonly<Record<string, readonly [number: number, kind: Kind]>>

/** The value of a message of this shape. */
export type MessageOf<S extends Shape> = {
  readonly [F in keyof S]: S[F][1] extends "string"
    ? string
    : S[F][1] extends "bytes"
      ? Uint8Array<ArrayBuffer>
      : bigint
}

/** The bytes are not a message in protobuf's binary form. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage"
}

const utf8 = new TextEncoder()
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const varint = (value: bigint): Array<number> => {
  const out: Array<number> = []
  let left = BigInt.asUintN(64, value)
  while (left > 0x7fn) {
    out.push(Number(left & 0x7fn) | 0x80)
    left >>= 7n
  }
  out.push(Number(left))
  return out
}

/** The bytes of a message. Empty fields are left out, as protobuf does. */
export const encode = <S extends Shape>(shape: S, message: MessageOf<S>): Uint8Array<ArrayBuffer> => {
  const parts: Array<ArrayLike<number>> = []
  for (const [field, [number, kind]] of Object.entries(shape)) {
    const value = message[field] as string | bigint | Uint8Array
    if (typeof value === "bigint") {
      if (value !== 0n) parts.push(varint(BigInt(number << 3)), varint(value))
      continue
    }
    const bytes = kind === "string" ? utf8.encode(value as string) : (value as Uint8Array)
    if (bytes.length > 0) parts.push(varint(BigInt((number << 3) | 2)), varint(BigInt(bytes.length)), bytes)
  }
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** A field as it stands in a message: an integer, or bytes. Numbers of fixed width are left out: no message has any. */
export type Field = readonly [number: number, value: bigint | Uint8Array<ArrayBuffer>]

/** Calls `found` for the fields of a message that it `wants`, in their order. */
const visit = (
  bytes: Uint8Array,
  wants: (number: number) => boolean,
  found: (number: number, value: Field[1]) => void
): void => {
  let at = 0
  const integer = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new MalformedMessage("the message ends within a number")
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new MalformedMessage("a number has more than 64 bits")
  }
  const skip = (size: number): number => {
    if (size > bytes.length - at) throw new MalformedMessage("the message ends within a field")
    at += size
    return at - size
  }
  while (at < bytes.length) {
    const tag = Number(integer())
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0: {
        const value = integer()
        if (wants(number)) found(number, value)
        break
      }
      case 1:
        skip(8)
        break
      case 2: {
        const size = Number(integer())
        const from = skip(size)
        if (wants(number)) found(number, new Uint8Array(bytes.subarray(from, from + size)))
        break
      }
      case 5:
        skip(4)
        break
      default:
        throw new MalformedMessage(`a field has the unknown wire type ${tag % 8}`)
    }
  }
}

/** All fields of a message in their order. */
export const fieldsOf = (bytes: Uint8Array): ReadonlyArray<Field> => {
  const fields: Array<Field> = []
  visit(
    bytes,
    () => true,
    (number, value) => fields.push([number, value])
  )
  return fields
}

const readers = {
  string: (value: Field[1] | undefined) => {
    if (typeof value === "bigint") throw new MalformedMessage("a text was sent as a number")
    try {
      return value === undefined ? "" : text.decode(value)
    } catch {
      throw new MalformedMessage("a text is not UTF-8")
    }
  },
  bytes: (value: Field[1] | undefined) => {
    if (typeof value === "bigint") throw new MalformedMessage("bytes were sent as a number")
    return value ?? new Uint8Array()
  },
  int64: (value: Field[1] | undefined) => {
    if (value !== undefined && typeof value !== "bigint") throw new MalformedMessage("a number was sent as bytes")
    return BigInt.asIntN(64, value ?? 0n)
  }
}

/** The message in these bytes; an absent field is empty. Throws `MalformedMessage`. */
export const decode = <S extends Shape>(shape: S, bytes: Uint8Array): MessageOf<S> => {
  const numbers = new Set(Object.values(shape).map(([number]) => number))
  const fields = new Map<number, Field[1]>()
  // Others are skipped before anything is made of them: they may be many, and nobody has signed for them yet.
  visit(
    bytes,
    (number) => numbers.has(number),
    (number, value) => fields.set(number, value)
  )
  return Object.fromEntries(
    Object.entries(shape).map(([field, [number, kind]]) => [field, readers[kind](fields.get(number))])
  ) as MessageOf<S>
}
