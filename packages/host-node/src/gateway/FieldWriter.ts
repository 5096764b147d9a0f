/**
 * Writes fields of a protobuf message by hand, into a buffer whose size was reckoned before: for the messages that are written
 * for each call and each event. The bytes are those that protobuf's library writes; a field that is empty or 0 is left out.
 *
 * Tags take one byte, so fields have numbers below 16.
 */
const varintKind = 0
const bytesKind = 2

/** Bytes of a whole number that isn't negative. */
const sizeOfWhole = (value: number): number => {
  let size = 1
  for (let left = value; left >= 0x80; left = Math.floor(left / 0x80)) size += 1
  return size
}

/** Bytes of a field with so many bytes of text or data. */
export const sizeOfBytes = (length: number): number => (length === 0 ? 0 : 1 + sizeOfWhole(length) + length)

/** Bytes of a field with a whole number that isn't negative. */
export const sizeOfNumber = (value: number): number => (value === 0 ? 0 : 1 + sizeOfWhole(value))

/** Bytes of a field with any number of 64 bits; a negative one takes ten. */
export const sizeOfInt64 = (value: bigint): number => {
  if (value === 0n) return 0
  if (value < 0n) return 11
  let size = 2
  for (let left = value; left >= 0x80n; left >>= 7n) size += 1
  return size
}

/** Each call writes one field behind those before. */
export class FieldWriter {
  readonly #out: Buffer
  #at: number

  /** Begins at this byte of the buffer. */
  constructor(out: Buffer, at: number) {
    this.#out = out
    this.#at = at
  }

  #whole(value: number): void {
    let left = value
    for (; left >= 0x80; left = Math.floor(left / 0x80)) this.#out[this.#at++] = (left % 0x80) | 0x80
    this.#out[this.#at++] = left
  }

  /** A text of so many bytes in UTF-8. */
  text(field: number, value: string, length: number): this {
    if (length === 0) return this
    this.#whole((field << 3) | bytesKind)
    this.#whole(length)
    // As many bytes as letters: all are ASCII.
    this.#at += this.#out.write(value, this.#at, length, length === value.length ? "latin1" : "utf8")
    return this
  }

  bytes(field: number, value: Uint8Array): this {
    if (value.length === 0) return this
    this.#whole((field << 3) | bytesKind)
    this.#whole(value.length)
    this.#out.set(value, this.#at)
    this.#at += value.length
    return this
  }

  /** A whole number that isn't negative. */
  number(field: number, value: number): this {
    if (value === 0) return this
    this.#whole((field << 3) | varintKind)
    this.#whole(value)
    return this
  }

  /** Any number of 64 bits. */
  int64(field: number, value: bigint): this {
    if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return this.number(field, Number(value))
    this.#whole((field << 3) | varintKind)
    let left = BigInt.asUintN(64, value)
    for (; left >= 0x80n; left >>= 7n) this.#out[this.#at++] = Number(left & 0x7fn) | 0x80
    this.#out[this.#at++] = Number(left)
    return this
  }
}
