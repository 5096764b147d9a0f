/** Writes protobuf messages into one growing buffer, for what is too much for an encoder that makes arrays of each field. */

const varintKind = 0
const fixed64Kind = 1
const bytesKind = 2

/** Most bytes of a character in UTF-8, per unit of a JavaScript string. */
const bytesPerUnit = 3

/** Fields are written in the order of the calls. `finish` returns all of it, and the writer is done. */
export class WireWriter {
  #bytes: Buffer
  #at = 0

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafe(size)
  }

  #room(size: number): void {
    if (this.#at + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + size))
    this.#bytes.copy(larger, 0, 0, this.#at)
    this.#bytes = larger
  }

  #number(value: number): void {
    let left = value
    while (left > 127) {
      this.#bytes[this.#at++] = (left % 128) | 128
      left = Math.floor(left / 128)
    }
    this.#bytes[this.#at++] = left
  }

  #tag(field: number, kind: number): void {
    this.#number(field * 8 + kind)
  }

  /** A whole number up to 2^53 in size; a negative one takes ten bytes, as the format has it. */
  varint(field: number, value: number): void {
    this.#room(16)
    this.#tag(field, varintKind)
    if (value >= 0) this.#number(value)
    else this.#large(BigInt.asUintN(64, BigInt(value)))
  }

  /** The same for any 64-bit number. */
  varint64(field: number, value: bigint): void {
    this.#room(16)
    this.#tag(field, varintKind)
    this.#large(BigInt.asUintN(64, value))
  }

  #large(value: bigint): void {
    let left = value
    while (left > 127n) {
      this.#bytes[this.#at++] = Number(left & 127n) | 128
      left >>= 7n
    }
    this.#bytes[this.#at++] = Number(left)
  }

  fixed64(field: number, value: bigint): void {
    this.#room(16)
    this.#tag(field, fixed64Kind)
    this.#at = this.#bytes.writeBigUInt64LE(value, this.#at)
  }

  double(field: number, value: number): void {
    this.#room(16)
    this.#tag(field, fixed64Kind)
    this.#at = this.#bytes.writeDoubleLE(value, this.#at)
  }

  text(field: number, value: string): void {
    this.#room(value.length * bytesPerUnit + 16)
    this.#tag(field, bytesKind)
    const begin = this.#at++
    this.#at += this.#bytes.write(value, this.#at, "utf8")
    this.#putLength(begin)
  }

  /** Whole fields, as they were written before. */
  raw(bytes: Buffer): void {
    this.#room(bytes.length)
    this.#at += bytes.copy(this.#bytes, this.#at)
  }

  /** Bytes that are given as hexadecimal digits. */
  hex(field: number, value: string): void {
    this.#room(value.length + 16)
    this.#tag(field, bytesKind)
    this.#number(value.length / 2)
    this.#at += this.#bytes.write(value, this.#at, "hex")
  }

  /** A message within this one; `write` writes its fields. */
  message(field: number, write: () => void): void {
    this.#room(16)
    this.#tag(field, bytesKind)
    const begin = this.#at++
    write()
    this.#putLength(begin)
  }

  /** Most lengths take the one byte that was left for them; what has a longer one is moved once it is written. */
  #putLength(begin: number): void {
    const length = this.#at - begin - 1
    let size = 1
    for (let left = length; left > 127; left = Math.floor(left / 128)) size++
    if (size > 1) {
      this.#room(size)
      this.#bytes.copyWithin(begin + size, begin + 1, this.#at)
    }
    this.#at = begin
    this.#number(length)
    this.#at += length
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }
}
