/** Chance from a seed, and values of table descriptors drawn from it: a failure is repeated by its seed. */
import type { Json, JsonObject } from "@galaxy/contract/fbs/codec"
import type { FieldType, Scalar, Tables } from "@galaxy/contract/fbs/descriptor"

/** Mulberry32: numbers from 0 to below 1. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  pick<A>(of: ReadonlyArray<A>): A {
    return of[this.below(of.length)] as A
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256))
  }
}

const letters = ["a", "Z", "0", " ", "\u0000", "é", "ж", "中", "😀", "\u{10FFFF}", "\n", "%2e", "/"]

const scalar = (chance: Chance, type: Scalar): Json => {
  switch (type) {
    case "bool":
      return chance.below(2) === 1
    case "int":
      return chance.pick([0, 1, -1, 0x7fffffff, -0x80000000, chance.below(1_000_000)])
    case "uint":
      return chance.pick([0, 1, 0xffffffff, 0x80000000, chance.below(1_000_000)])
    case "long":
      return chance.pick([0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1_767_225_600_000])
    case "ulong":
      return chance.pick([0, 1, Number.MAX_SAFE_INTEGER, 2 ** 33 + 1])
    case "double":
      return chance.pick([0, 0.1, -1.5, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53 + 2, chance.next()])
    case "string":
      return Array.from({ length: chance.below(9) }, () => chance.pick(letters)).join("")
    case "bytes":
      return Buffer.from(chance.bytes(chance.below(9))).toString("base64")
  }
}

const value = (chance: Chance, tables: Tables, type: FieldType, depth: number): Json => {
  if (typeof type === "string") return scalar(chance, type)
  if ("table" in type) return object(chance, tables, type.table, depth + 1)
  const element = type.vector
  return Array.from({ length: chance.below(4) }, () => value(chance, tables, element, depth))
}

/** A value of the table: what may be absent sometimes is. */
export const object = (chance: Chance, tables: Tables, name: string, depth = 0): JsonObject => {
  const out: Record<string, Json> = {}
  for (const field of tables[name]?.fields ?? []) {
    if (!field.required && chance.below(3) === 0) continue
    out[field.name] = value(chance, tables, field.type, depth)
  }
  return out
}

/** What a reader of the value sees: an absent scalar is its default. */
export const withDefaults = (tables: Tables, name: string, given: JsonObject): JsonObject => {
  const out: Record<string, Json> = {}
  for (const field of tables[name]?.fields ?? []) {
    const type = field.type
    const own = given[field.name]
    if (own === undefined) {
      const isScalar = typeof type === "string" && type !== "string" && type !== "bytes"
      if (isScalar && !field.optional) out[field.name] = field.default ?? (type === "bool" ? false : 0)
    } else if (typeof type === "string") {
      out[field.name] = own
    } else if ("table" in type) {
      out[field.name] = withDefaults(tables, type.table, own as JsonObject)
    } else {
      const element = type.vector
      out[field.name] =
        typeof element === "string"
          ? own
          : (own as ReadonlyArray<JsonObject>).map((item) => withDefaults(tables, element.table, item))
    }
  }
  return out
}
