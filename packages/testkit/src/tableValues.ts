/** Values for table descriptors, drawn from a seeded random: every type, every bound, every kind of text. */
import type { Json, JsonObject } from "@galaxy/contract/fbs/codec"
import type { FieldType, Scalar, Tables } from "@galaxy/contract/fbs/descriptor"
import type { SeededRandom } from "./SeededRandom.ts"

const letters = ["a", "Z", "0", " ", "\u0000", "é", "ж", "中", "😀", "\u{10FFFF}", "\n", "%2e", "/"]

const scalar = (random: SeededRandom, type: Scalar): Json => {
  switch (type) {
    case "bool":
      return random.below(2) === 1
    case "int":
      return random.pick([0, 1, -1, 0x7fffffff, -0x80000000, random.below(1_000_000)])
    case "uint":
      return random.pick([0, 1, 0xffffffff, 0x80000000, random.below(1_000_000)])
    case "long":
      return random.pick([0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1_767_225_600_000])
    case "ulong":
      return random.pick([0, 1, Number.MAX_SAFE_INTEGER, 2 ** 33 + 1])
    case "double":
      return random.pick([0, 0.1, -1.5, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53 + 2, random.next()])
    case "string":
      return Array.from({ length: random.below(9) }, () => random.pick(letters)).join("")
    case "json":
      return { [random.pick(["a", "b c", "é"])]: random.pick([null, 1.5, "x", [true], { deep: {} }]) }
    case "bytes":
      return Buffer.from(random.bytes(random.below(9))).toString("base64")
  }
}

const value = (random: SeededRandom, tables: Tables, type: FieldType, depth: number): Json => {
  if (typeof type === "string") return scalar(random, type)
  if ("table" in type) return object(random, tables, type.table, depth + 1)
  const element = type.vector
  return Array.from({ length: random.below(4) }, () => value(random, tables, element, depth))
}

/** A random value of the table; fields that aren't required are sometimes left out. */
export const object = (random: SeededRandom, tables: Tables, name: string, depth = 0): JsonObject => {
  const out: Record<string, Json> = {}
  for (const field of tables[name]?.fields ?? []) {
    if (!field.required && random.below(3) === 0) continue
    out[field.name] = value(random, tables, field.type, depth)
  }
  return out
}

/** The value as a reader sees it: an absent scalar has its default. */
export const withDefaults = (tables: Tables, name: string, given: JsonObject): JsonObject => {
  const out: Record<string, Json> = {}
  for (const field of tables[name]?.fields ?? []) {
    const type = field.type
    const own = given[field.name]
    if (own === undefined) {
      const isScalar = typeof type === "string" && !["string", "bytes", "json"].includes(type)
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
