/**
 * JSON ↔ FlatBuffers by table descriptor: one encoder and one verifying decoder for every message.
 *
 * The decoder reads untrusted bytes: every offset is checked against the buffer before it is followed, nesting is
 * bounded, total work is bounded by the buffer's size, and anything malformed is a `MalformedBuffer`, never a wrong
 * value. Field names are the same on both sides; an absent field is an absent key.
 */
import { Data, Result } from "effect"
import { Base64 } from "effect/encoding"
import { Builder } from "flatbuffers"
import type { TableField, FieldType, Scalar, Table, Tables } from "./descriptor.ts"

/**
 * The bytes are not a valid buffer of the table: an offset outside, a missing required field, or an integer beyond
 * 2^53. `decode` throws it.
 */
export class MalformedBuffer extends Data.TaggedError("MalformedBuffer")<{ readonly message: string }> {}

/** A JSON value doesn't fit the table: wrong type, missing required field, number out of range. `encode` throws it. */
export class UnencodableValue extends Data.TaggedError("UnencodableValue")<{ readonly message: string }> {}

/**
 * Any JSON value. In a table, `null` counts as absent, 64-bit integers are numbers within 2^53, and bytes are standard
 * base64.
 */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
/** A table's fields by name. */
export interface JsonObject {
  readonly [key: string]: Json
}

const maxDepth = 32
const sizeOf = { bool: 1, int: 4, uint: 4, long: 8, ulong: 8, double: 8, string: 4, bytes: 4, json: 4 } as const

/** Types that a table refers to by an offset, so that they may be absent. */
const isOffset = (type: Scalar): boolean => type === "string" || type === "bytes" || type === "json"

const tableOf = (tables: Tables, name: string): Table => {
  const table = tables[name]
  if (table === undefined) throw new Error(`no FlatBuffers table ${name}`)
  return table
}

// ---------------------------------------------------------------------------------------------- decoding

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #tables: Tables
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  /** Bytes that may still be visited. Offsets may alias, so a small buffer could otherwise cause much work. */
  #budget: number

  constructor(tables: Tables, bytes: Uint8Array) {
    this.#tables = tables
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#budget = 1024 + 4 * bytes.length
  }

  #within(at: number, size: number): void {
    if (at < 0 || size < 0 || at + size > this.#bytes.length) {
      throw new MalformedBuffer({ message: `offset ${at} (+${size}) lies outside the buffer` })
    }
  }

  #visit(at: number, size: number): void {
    this.#within(at, size)
    this.#budget -= size
    if (this.#budget < 0) throw new MalformedBuffer({ message: "the buffer refers to the same data too often" })
  }

  #follow(at: number): number {
    this.#visit(at, 4)
    return at + this.#view.getUint32(at, true)
  }

  root(name: string): JsonObject {
    return this.#table(this.#follow(0), tableOf(this.#tables, name), 0)
  }

  #table(at: number, table: Table, depth: number): JsonObject {
    if (depth > maxDepth) throw new MalformedBuffer({ message: "tables are nested too deeply" })
    this.#visit(at, 4)
    const vtable = at - this.#view.getInt32(at, true)
    this.#within(vtable, 4)
    const vtableSize = this.#view.getUint16(vtable, true)
    const tableSize = this.#view.getUint16(vtable + 2, true)
    if (vtableSize < 4 || vtableSize % 2 !== 0) throw new MalformedBuffer({ message: "a vtable has a wrong size" })
    this.#within(vtable, vtableSize)
    this.#visit(at, tableSize)
    const out: Record<string, Json> = {}
    for (const field of table.fields) {
      const entry = 4 + 2 * field.slot
      const offset = entry + 2 <= vtableSize ? this.#view.getUint16(vtable + entry, true) : 0
      if (offset === 0) {
        if (field.required) throw new MalformedBuffer({ message: `field ${field.name} is missing` })
        const fallback = defaultOf(field)
        if (fallback !== undefined) out[field.name] = fallback
        continue
      }
      const size = typeof field.type === "string" ? sizeOf[field.type] : 4
      if (offset < 4 || offset + size > tableSize) {
        throw new MalformedBuffer({ message: `field ${field.name} lies outside its table` })
      }
      out[field.name] = this.#value(at + offset, field.type, depth)
    }
    return out
  }

  #value(at: number, type: FieldType, depth: number): Json {
    if (typeof type === "string") return this.#scalar(at, type)
    if ("table" in type) return this.#table(this.#follow(at), tableOf(this.#tables, type.table), depth + 1)
    const vector = this.#follow(at)
    this.#visit(vector, 4)
    const length = this.#view.getUint32(vector, true)
    const element = type.vector
    const size = typeof element === "string" ? sizeOf[element] : 4
    this.#visit(vector + 4, length * size)
    const out: Array<Json> = []
    for (let index = 0; index < length; index++) {
      const place = vector + 4 + index * size
      out.push(
        typeof element === "string"
          ? this.#scalar(place, element)
          : this.#table(this.#follow(place), tableOf(this.#tables, element.table), depth + 1)
      )
    }
    return out
  }

  #scalar(at: number, type: Scalar): Json {
    this.#within(at, sizeOf[type])
    switch (type) {
      case "bool":
        return this.#view.getUint8(at) !== 0
      case "int":
        return this.#view.getInt32(at, true)
      case "uint":
        return this.#view.getUint32(at, true)
      case "long":
        return safe(this.#view.getBigInt64(at, true))
      case "ulong":
        return safe(this.#view.getBigUint64(at, true))
      case "double": {
        const value = this.#view.getFloat64(at, true)
        if (!Number.isFinite(value)) throw new MalformedBuffer({ message: "a number is not finite" })
        return value
      }
      case "string":
        return this.#text(at)
      case "json":
        return objectOf(this.#text(at))
      case "bytes":
        return Base64.encode(this.#blob(at))
    }
  }

  #text(at: number): string {
    try {
      return this.#utf8.decode(this.#blob(at))
    } catch (cause) {
      if (cause instanceof MalformedBuffer) throw cause
      throw new MalformedBuffer({ message: "a string is not UTF-8" })
    }
  }

  #blob(at: number): Uint8Array {
    const start = this.#follow(at)
    this.#visit(start, 4)
    const length = this.#view.getUint32(start, true)
    this.#visit(start + 4, length)
    return this.#bytes.subarray(start + 4, start + 4 + length)
  }
}

const safe = (value: bigint): number => {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new MalformedBuffer({ message: "an integer is beyond 2^53" })
  }
  return Number(value)
}

/** The object whose JSON text it is. */
const objectOf = (text: string): JsonObject => {
  try {
    const value = JSON.parse(text) as Json
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Malformed like any other value.
  }
  throw new MalformedBuffer({ message: "a string is not the JSON of an object" })
}

/** FlatBuffers leaves out a scalar that equals its default, so the reader puts it back. */
const defaultOf = (field: TableField): Json | undefined => {
  if (field.optional || typeof field.type !== "string" || isOffset(field.type)) return undefined
  return field.default ?? (field.type === "bool" ? false : 0)
}

/**
 * Reads a buffer as the named table; an empty buffer is the table without any field. Fields that the table doesn't have
 * are skipped. Throws `MalformedBuffer`.
 */
export const decode = (tables: Tables, name: string, bytes: Uint8Array): JsonObject => {
  if (bytes.length > 0) return new Reader(tables, bytes).root(name)
  const out: Record<string, Json> = {}
  for (const field of tableOf(tables, name).fields) {
    if (field.required) throw new MalformedBuffer({ message: `field ${field.name} is missing` })
    const fallback = defaultOf(field)
    if (fallback !== undefined) out[field.name] = fallback
  }
  return out
}

// ---------------------------------------------------------------------------------------------- encoding

const wrong = (field: string, wanted: string): never => {
  throw new UnencodableValue({ message: `${field}: expected ${wanted}` })
}

const asObject = (value: Json, where: string): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : wrong(where, "an object")

const asInteger = (value: Json, where: string, low: number, high: number): number =>
  typeof value === "number" && Number.isInteger(value) && value >= low && value <= high
    ? value
    : wrong(where, `a whole number from ${low} to ${high}`)

const asNumber = (value: Json, where: string): number =>
  typeof value === "number" && Number.isFinite(value) ? value : wrong(where, "a number")

const asString = (value: Json, where: string): string => (typeof value === "string" ? value : wrong(where, "a string"))

const asBytes = (value: Json, where: string): Uint8Array =>
  Result.getOrElse(Base64.decode(asString(value, where)), () => wrong(where, "base64"))

const asBoolean = (value: Json, where: string): boolean =>
  typeof value === "boolean" ? value : wrong(where, "true or false")

const longest = Number.MAX_SAFE_INTEGER

const utf8 = new TextEncoder()
/** Where short texts become bytes, before they are copied. */
const scratch = new Uint8Array(1_536)
/** No character takes more bytes. */
const mostBytesOfCharacter = 3

/** What an unusually large buffer needed isn't kept. */
const mostKept = 65_536

/** A builder is used again and again, since a new one takes longer than a small table. */
let kept = new Builder(1_024)

class Writer {
  readonly builder: Builder
  readonly #tables: Tables

  constructor(tables: Tables) {
    this.#tables = tables
    this.builder = kept
    this.builder.clear()
  }

  /** All that was written, in bytes of its own. */
  done(): Uint8Array<ArrayBuffer> {
    const bytes = this.builder.asUint8Array().slice()
    if (this.builder.dataBuffer().capacity() > mostKept) kept = new Builder(1_024)
    return bytes
  }

  #text(text: string): number {
    if (text.length * mostBytesOfCharacter > scratch.length) return this.builder.createString(text)
    const { written } = utf8.encodeInto(text, scratch)
    return this.builder.createString(scratch.subarray(0, written))
  }

  table(name: string, value: JsonObject): number {
    const fields = tableOf(this.#tables, name).fields
    // FlatBuffers writes children before their parent.
    const children = new Map<string, number>()
    for (const field of fields) {
      const given = value[field.name]
      const where = `${name}.${field.name}`
      if (given === undefined || given === null) {
        if (field.required) wrong(where, "a value")
        continue
      }
      const child = this.#child(field.type, given, where)
      if (child !== undefined) children.set(field.name, child)
    }
    this.builder.startObject(fields.reduce((count, field) => Math.max(count, field.slot + 1), 0))
    for (const field of fields) {
      const given = value[field.name]
      if (given === undefined || given === null) continue
      const child = children.get(field.name)
      if (child !== undefined) this.builder.addFieldOffset(field.slot, child, 0)
      else if (typeof field.type === "string") this.#field(field, field.type, given, `${name}.${field.name}`)
    }
    return this.builder.endObject()
  }

  #child(type: FieldType, value: Json, where: string): number | undefined {
    if (type === "string") return this.#text(asString(value, where))
    if (type === "bytes") return this.builder.createString(asBytes(value, where))
    if (type === "json") return this.builder.createString(JSON.stringify(asObject(value, where)))
    if (typeof type === "string") return undefined
    if ("table" in type) return this.table(type.table, asObject(value, where))
    if (!Array.isArray(value)) return wrong(where, "a list")
    return this.#vector(type.vector, value as ReadonlyArray<Json>, where)
  }

  #vector(element: Scalar | { readonly table: string }, items: ReadonlyArray<Json>, where: string): number {
    const offsets =
      typeof element !== "string" || isOffset(element)
        ? items.map((item) => this.#child(element, item, where) ?? wrong(where, "a value"))
        : undefined
    const size = typeof element === "string" ? sizeOf[element] : 4
    this.builder.startVector(size, items.length, size)
    for (let index = items.length - 1; index >= 0; index--) {
      const offset = offsets?.[index]
      if (offset !== undefined) this.builder.addOffset(offset)
      else this.#element(element as Scalar, items[index] as Json, where)
    }
    return this.builder.endVector()
  }

  #element(type: Scalar, value: Json, where: string): void {
    switch (type) {
      case "bool":
        return this.builder.addInt8(Number(asBoolean(value, where)))
      case "int":
        return this.builder.addInt32(asInteger(value, where, -0x80000000, 0x7fffffff))
      case "uint":
        return this.builder.addInt32(asInteger(value, where, 0, 0xffffffff) | 0)
      case "long":
        return this.builder.addInt64(BigInt(asInteger(value, where, -longest, longest)))
      case "ulong":
        return this.builder.addInt64(BigInt(asInteger(value, where, 0, longest)))
      case "double":
        return this.builder.addFloat64(asNumber(value, where))
      case "string":
      case "bytes":
      case "json":
        return wrong(where, "an offset")
    }
  }

  #field(field: TableField, type: Scalar, value: Json, where: string): void {
    const fallback = field.optional ? null : (field.default ?? 0)
    switch (type) {
      case "bool":
        return this.builder.addFieldInt8(
          field.slot,
          Number(asBoolean(value, where)),
          fallback === null ? null : Number(fallback)
        )
      case "int":
        return this.builder.addFieldInt32(
          field.slot,
          asInteger(value, where, -0x80000000, 0x7fffffff),
          fallback === null ? null : Number(fallback)
        )
      case "uint":
        return this.builder.addFieldInt32(
          field.slot,
          asInteger(value, where, 0, 0xffffffff) | 0,
          fallback === null ? null : Number(fallback)
        )
      case "long":
      case "ulong":
        return this.builder.addFieldInt64(
          field.slot,
          BigInt(asInteger(value, where, type === "long" ? -longest : 0, longest)),
          fallback === null ? null : BigInt(fallback)
        )
      case "double":
        return this.builder.addFieldFloat64(
          field.slot,
          asNumber(value, where),
          fallback === null ? null : Number(fallback)
        )
      case "string":
      case "bytes":
      case "json":
        return wrong(where, "an offset")
    }
  }
}

/**
 * Writes a JSON object as the named table. Keys that the table doesn't have are left out. Throws `UnencodableValue`.
 */
export const encode = (tables: Tables, name: string, value: JsonObject): Uint8Array<ArrayBuffer> => {
  const writer = new Writer(tables)
  writer.builder.finish(writer.table(name, value))
  return writer.done()
}
