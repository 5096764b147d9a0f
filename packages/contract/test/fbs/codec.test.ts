/** The table-driven codec against the classes that flatc generates, and against buffers of strangers. */
import {
  decode,
  encode,
  type Json,
  type JsonObject,
  MalformedBuffer,
  UnencodableValue
} from "@galaxy/contract/fbs/codec"
import type { TableField, Tables } from "@galaxy/contract/fbs/descriptor"
import { tables as generated } from "@galaxy/contract/gen/fbs-tables"
import { Builder, ByteBuffer } from "flatbuffers"
import { assert, beforeAll, describe, it } from "vitest"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { object, withDefaults } from "@galaxy/testkit/tableValues"

const tables: Tables = generated
const names = Object.keys(tables)

// ------------------------------------------------------------------------------------- flatc's own classes

type Reader = Readonly<Record<string, (index?: number) => unknown>>
type Generated = Readonly<Record<string, (...args: ReadonlyArray<unknown>) => unknown>>

const classes = new Map<string, Generated>()

const shortName = (table: string) => table.slice(table.lastIndexOf(".") + 1)
const pascal = (field: string) => field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
const camel = (field: string) => field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

beforeAll(async () => {
  for (const name of names) {
    const [, area] = name.split(".")
    const file = shortName(name)
      .replace(/(?<!^)([A-Z])/g, "-$1")
      .toLowerCase()
    const url = new URL(`../../src/gen/fbs/galaxy/${area}/${file}.ts`, import.meta.url)
    const module = (await import(url.href)) as Readonly<Record<string, Generated>>
    classes.set(name, module[shortName(name)]!)
  }
})

const classOf = (table: string): Generated => {
  const found = classes.get(table)
  if (found === undefined) throw new Error(`flatc generated no ${table}`)
  return found
}

const call = (on: Generated, method: string, ...args: ReadonlyArray<unknown>): unknown => {
  const found = on[method]
  if (found === undefined) throw new Error(`flatc generated no ${method}`)
  return found.apply(on, [...args])
}

const offset = (on: Generated, method: string, ...args: ReadonlyArray<unknown>) => call(on, method, ...args) as number

const readField = (reader: Reader, field: TableField): Json | undefined => {
  const read = (method: string, index?: number): unknown => {
    // Where a name is a word of the language, flatc puts an underscore after it.
    const found = reader[method] ?? reader[`${method}_`]
    if (found === undefined) throw new Error(`flatc generated no ${method}`)
    return found.call(reader, index)
  }
  const type = field.type
  if (typeof type === "string") {
    const value = read(camel(field.name)) as bigint | number | boolean | string | null
    if (type === "json" && value !== null) return JSON.parse(value as string) as Json
    return value === null ? undefined : typeof value === "bigint" ? Number(value) : value
  }
  if ("table" in type) {
    const child = read(camel(field.name)) as Reader | null
    return child === null ? undefined : readAll(child, type.table)
  }
  const element = type.vector
  const length = read(`${camel(field.name)}Length`) as number
  // To flatc's reader, an absent vector is an empty one.
  if (length === 0 && field.required !== true) return undefined
  return Array.from({ length }, (_, index) =>
    typeof element === "string"
      ? (read(camel(field.name), index) as string)
      : readAll(read(camel(field.name), index) as Reader, element.table)
  )
}

const readAll = (reader: Reader, table: string): JsonObject => {
  const out: Record<string, Json> = {}
  for (const field of tables[table]?.fields ?? []) {
    const value = readField(reader, field)
    if (value !== undefined) out[field.name] = value
  }
  return out
}

/** The value as flatc's reader sees it. */
const asFlatcSees = (table: string, value: JsonObject): JsonObject => {
  const out: Record<string, Json> = {}
  for (const { name, required, type } of tables[table]?.fields ?? []) {
    const own = value[name]
    if (own === undefined || (Array.isArray(own) && own.length === 0 && required !== true)) continue
    const inner = typeof type === "object" ? ("table" in type ? type : type.vector) : type
    const seen = (it: Json) => (typeof inner === "object" ? asFlatcSees(inner.table, it as JsonObject) : it)
    out[name] = Array.isArray(own) ? (own as ReadonlyArray<Json>).map(seen) : seen(own)
  }
  return out
}

const readByFlatc = (table: string, bytes: Uint8Array): JsonObject =>
  readAll(call(classOf(table), `getRootAs${shortName(table)}`, new ByteBuffer(bytes)) as Reader, table)

const childByFlatc = (builder: Builder, table: string, field: TableField, value: Json): unknown => {
  const type = field.type
  if (type === "string") return builder.createString(value as string)
  if (type === "json") return builder.createString(JSON.stringify(value))
  if (type === "long") return BigInt(value as number)
  if (typeof type === "string") return value
  if ("table" in type) return tableByFlatc(builder, type.table, value as JsonObject)
  const element = type.vector
  const offsets = (value as ReadonlyArray<Json>).map((item) =>
    typeof element === "string"
      ? builder.createString(item as string)
      : tableByFlatc(builder, element.table, item as JsonObject)
  )
  return call(classOf(table), `create${pascal(field.name)}Vector`, builder, offsets)
}

const tableByFlatc = (builder: Builder, table: string, value: JsonObject): number => {
  const own = classOf(table)
  const given = (tables[table]?.fields ?? []).flatMap((field) => {
    const item = value[field.name]
    return item === undefined ? [] : [{ field, child: childByFlatc(builder, table, field, item) }]
  })
  call(own, `start${shortName(table)}`, builder)
  for (const { field, child } of given) call(own, `add${pascal(field.name)}`, builder, child)
  return offset(own, `end${shortName(table)}`, builder)
}

const writeByFlatc = (table: string, value: JsonObject): Uint8Array => {
  const builder = new Builder()
  builder.finish(tableByFlatc(builder, table, value))
  return builder.asUint8Array()
}

// ------------------------------------------------------------------------------------------- what tests need

/** The refusal, or undefined when the buffer was read. Whatever else is thrown is a fault of the decoder. */
const refusal = (of: Tables, name: string, bytes: Uint8Array): string | undefined => {
  try {
    decode(of, name, bytes)
    return undefined
  } catch (cause) {
    if (cause instanceof MalformedBuffer) return cause.message
    throw cause
  }
}

/** A read value is one that can be written, and reads the same again. */
const decodesSafely = (name: string, bytes: Uint8Array): boolean => {
  let value: JsonObject
  try {
    value = decode(tables, name, bytes)
  } catch (cause) {
    if (cause instanceof MalformedBuffer) return false
    throw new Error(`${name} ${Buffer.from(bytes).toString("hex")}`, { cause })
  }
  // As text, since -0 becomes 0 on the way.
  assert.strictEqual(JSON.stringify(decode(tables, name, encode(tables, name, value))), JSON.stringify(value))
  return true
}

const order = (value: JsonObject = {}): JsonObject => ({ op: "war", ...value })
const orders = "galaxy.games.OrderRequest"

/** Every type there is, with and without defaults, alone and in vectors. */
const wide: Tables = {
  Wide: {
    fields: [
      { name: "bool", slot: 0, type: "bool", default: true },
      { name: "int", slot: 1, type: "int", default: -7 },
      { name: "uint", slot: 2, type: "uint", default: 4_000_000_000 },
      { name: "long", slot: 3, type: "long", default: 5 },
      { name: "ulong", slot: 4, type: "ulong" },
      { name: "double", slot: 5, type: "double", default: 0.5 },
      { name: "string", slot: 6, type: "string" },
      { name: "bytes", slot: 7, type: "bytes" },
      { name: "maybe_bool", slot: 8, type: "bool", optional: true },
      { name: "maybe_uint", slot: 9, type: "uint", optional: true },
      { name: "maybe_long", slot: 10, type: "long", optional: true },
      { name: "maybe_double", slot: 11, type: "double", optional: true },
      { name: "bools", slot: 12, type: { vector: "bool" } },
      { name: "ints", slot: 13, type: { vector: "int" } },
      { name: "uints", slot: 14, type: { vector: "uint" } },
      { name: "longs", slot: 15, type: { vector: "long" } },
      { name: "ulongs", slot: 16, type: { vector: "ulong" } },
      { name: "doubles", slot: 17, type: { vector: "double" } },
      { name: "strings", slot: 18, type: { vector: "string" } },
      { name: "blobs", slot: 19, type: { vector: "bytes" } },
      { name: "leaf", slot: 20, type: { table: "Leaf" } },
      // Slots 21 to 28 are of fields that are gone.
      { name: "json", slot: 29, type: "json" },
      { name: "leaves", slot: 30, type: { vector: { table: "Leaf" } } }
    ]
  },
  Leaf: { fields: [{ name: "names", slot: 0, type: { vector: "string" }, required: true }] }
}

/** Tables that hold themselves, which the contract has none of: what is bounded here is bounded there. */
const recursive: Tables = {
  Chain: { fields: [{ name: "next", slot: 0, type: { table: "Chain" } }] },
  Tree: { fields: [{ name: "children", slot: 0, type: { vector: { table: "Tree" } } }] }
}

const chainOf = (tablesInIt: number): Uint8Array => {
  const builder = new Builder()
  let next = 0
  for (let count = 0; count < tablesInIt; count++) {
    builder.startObject(1)
    builder.addFieldOffset(0, next, 0)
    next = builder.endObject()
  }
  builder.finish(next)
  return builder.asUint8Array()
}

/** Each table's vector refers `fanOut` times to the one table below it. */
const bomb = (levels: number, fanOut: number): Uint8Array => {
  const builder = new Builder()
  let below = 0
  for (let level = 0; level < levels; level++) {
    let vector = 0
    if (level > 0) {
      builder.startVector(4, fanOut, 4)
      for (let index = 0; index < fanOut; index++) builder.addOffset(below)
      vector = builder.endVector()
    }
    builder.startObject(1)
    builder.addFieldOffset(0, vector, 0)
    below = builder.endObject()
  }
  builder.finish(below)
  return builder.asUint8Array()
}

// ----------------------------------------------------------------------------------------------------- tests

describe("the codec and flatc", () => {
  it.each(names)("read each other's %s", (name) => {
    const random = new SeededRandom(1)
    for (let round = 0; round < 40; round++) {
      const value = object(random, tables, name)
      const seen = withDefaults(tables, name, value)
      assert.deepStrictEqual(readByFlatc(name, encode(tables, name, value)), asFlatcSees(name, seen))
      assert.deepStrictEqual(decode(tables, name, writeByFlatc(name, value)), seen)
    }
  })

  it("agree on an absent optional scalar and on one that is zero", () => {
    const absent = { game_id: "g", orders: [order()] }
    const zero = { game_id: "g", turn: 0, orders: [order({ planet: 0 }), order({ planet: -1, name: "жé😀" })] }
    for (const value of [absent, zero]) {
      assert.deepStrictEqual(readByFlatc(orders, encode(tables, orders, value)), value)
      assert.deepStrictEqual(decode(tables, orders, writeByFlatc(orders, value)), value)
    }
  })

  it("agree on the largest exact longs, and the codec refuses what a number can't hold", () => {
    const table = "galaxy.gateway.Gap"
    const value = { first_missing: Number.MAX_SAFE_INTEGER, last_missing: Number.MIN_SAFE_INTEGER, resumed_after: 1 }
    assert.deepStrictEqual(readByFlatc(table, encode(tables, table, value)), value)
    for (const beyond of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      const builder = new Builder()
      const own = classOf(table)
      builder.finish(offset(own, "createGap", builder, beyond, 0n, 0n))
      assert.strictEqual(refusal(tables, table, builder.asUint8Array()), "an integer is beyond 2^53")
    }
  })

  it("agree that a field which equals its default takes no place", () => {
    const table = "galaxy.gateway.SubscribeRequest"
    assert.deepStrictEqual(encode(tables, table, { resume_after: 0 }), encode(tables, table, {}))
    assert.deepStrictEqual(decode(tables, table, encode(tables, table, {})), { resume_after: 0 })
  })
})

describe("a value", () => {
  it.each(names)("of %s comes back as it was, with defaults put in", (name) => {
    const random = new SeededRandom(2)
    for (let round = 0; round < 200; round++) {
      const value = object(random, tables, name)
      assert.deepStrictEqual(decode(tables, name, encode(tables, name, value)), withDefaults(tables, name, value))
    }
  })

  it("of every type and every default comes back", () => {
    const random = new SeededRandom(3)
    for (let round = 0; round < 2_000; round++) {
      const value = object(random, wide, "Wide")
      assert.deepStrictEqual(decode(wide, "Wide", encode(wide, "Wide", value)), withDefaults(wide, "Wide", value))
    }
  })

  it("keeps a byte order mark in text", () => {
    const value = { game_id: "\u{FEFF}g" }
    assert.deepStrictEqual(
      decode(tables, "galaxy.lobby.GameRequest", encode(tables, "galaxy.lobby.GameRequest", value)),
      value
    )
  })

  it("is the same bytes whatever was written before it, and also if that couldn't be written", () => {
    const request = "galaxy.lobby.GameRequest"
    const bytes = encode(tables, request, { game_id: "g" })
    for (const before of ["x".repeat(400), "ü".repeat(700), "x".repeat(100_000)]) {
      encode(tables, request, { game_id: before })
      assert.throws(() => encode(tables, "galaxy.common.Error", { code: before, message: 1 }))
      assert.deepStrictEqual(encode(tables, request, { game_id: "g" }), bytes)
    }
    assert.deepStrictEqual(decode(tables, request, bytes), { game_id: "g" })
  })

  it("is read out of the middle of a larger array", () => {
    const bytes = encode(tables, orders, { game_id: "g", orders: [order()] })
    const larger = new Uint8Array(bytes.length + 20).fill(0xff)
    larger.set(bytes, 7)
    assert.deepStrictEqual(decode(tables, orders, larger.subarray(7, 7 + bytes.length)), {
      game_id: "g",
      orders: [order()]
    })
  })

  it("leaves out keys that the table doesn't have, and takes null for absent", () => {
    const bytes = encode(tables, orders, { game_id: "g", turn: null, other: 1, orders: [order({ name: null })] })
    assert.deepStrictEqual(decode(tables, orders, bytes), { game_id: "g", orders: [order()] })
  })

  it("has its new fields skipped by an older reader, and its absent ones missed by a newer", () => {
    const older: Tables = { T: { fields: [{ name: "a", slot: 0, type: "int" }] } }
    const newer: Tables = {
      T: {
        fields: [
          { name: "a", slot: 0, type: "int" },
          { name: "b", slot: 1, type: "string" },
          { name: "c", slot: 2, type: "int", default: 9 }
        ]
      }
    }
    assert.deepStrictEqual(decode(older, "T", encode(newer, "T", { a: 1, b: "x", c: 2 })), { a: 1 })
    assert.deepStrictEqual(decode(newer, "T", encode(older, "T", { a: 1 })), { a: 1, c: 9 })
  })

  it.each<[string, JsonObject, Tables, string]>([
    ["a missing required field", { orders: [] }, tables, orders],
    ["a missing required vector", { game_id: "g" }, tables, orders],
    ["a missing required field of a nested table", { game_id: "g", orders: [{}] }, tables, orders],
    ["a number for text", { game_id: 1, orders: [] }, tables, orders],
    ["text for a list", { game_id: "g", orders: "x" }, tables, orders],
    ["a list for a table", { game_id: "g", orders: [[]] }, tables, orders],
    ["null in a list", { game_id: "g", orders: [null] }, tables, orders],
    ["a fraction for an int", { game_id: "g", turn: 1.5, orders: [] }, tables, orders],
    ["an int out of range", { game_id: "g", turn: 2 ** 31, orders: [] }, tables, orders],
    ["a negative uint", { uint: -1 }, wide, "Wide"],
    ["a long beyond 2^53", { long: 2 ** 53 }, wide, "Wide"],
    ["a negative ulong", { ulong: -1 }, wide, "Wide"],
    ["a number that isn't finite", { double: Number.POSITIVE_INFINITY }, wide, "Wide"],
    ["NaN in a list", { doubles: [Number.NaN] }, wide, "Wide"],
    ["text for a flag", { bool: "true" }, wide, "Wide"],
    ["a flag for a number", { int: true }, wide, "Wide"],
    ["text for an object", { json: "{}" }, wide, "Wide"],
    ["a list for an object", { json: [] }, wide, "Wide"],
    ["bytes that are no base64", { bytes: "***" }, wide, "Wide"]
  ])("with %s isn't written", (_, value, of, name) => {
    assert.throws(() => encode(of, name, value), UnencodableValue)
  })
})

describe("an empty buffer", () => {
  it.each(names)("is %s without any field, unless one is required", (name) => {
    const required = tables[name]!.fields.some((field) => field.required)
    if (required) assert.match(refusal(tables, name, new Uint8Array()) ?? "", /^field .+ is missing$/)
    else assert.deepStrictEqual(decode(tables, name, new Uint8Array()), withDefaults(tables, name, {}))
  })
})

describe("a buffer of a stranger", () => {
  it("without a required field is refused", () => {
    for (const name of names) {
      for (const field of tables[name]?.fields ?? []) {
        if (!field.required) continue
        // Written by a schema that requires nothing, without this one field.
        const lax: Tables = Object.fromEntries(
          Object.entries(tables).map(([key, table]) => [
            key,
            { fields: table.fields.map(({ name, slot, type }) => ({ name, slot, type })) }
          ])
        )
        const { [field.name]: _, ...rest } = object(new SeededRandom(4), tables, name)
        assert.strictEqual(refusal(tables, name, encode(lax, name, rest)), `field ${field.name} is missing`)
      }
    }
  })

  it("of random bytes is read or malformed, nothing else", () => {
    const random = new SeededRandom(5)
    let read = 0
    for (let round = 0; round < 30_000; round++) {
      const bytes = random.bytes(random.below(120))
      // Half of them begin with a root that lies inside.
      if (bytes.length > 8 && round % 2 === 0) new DataView(bytes.buffer).setUint32(0, random.below(bytes.length), true)
      if (decodesSafely(random.pick(names), bytes)) read++
    }
    assert.isBelow(read, 30_000)
  })

  it("that was valid and is mutated is read or malformed, nothing else", () => {
    const random = new SeededRandom(6)
    const interesting = [0, 1, 2, 4, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff]
    let read = 0
    const rounds = 40_000
    for (let round = 0; round < rounds; round++) {
      const name = random.pick(names)
      let bytes = encode(tables, name, object(random, tables, name))
      for (let count = 1 + random.below(3); count > 0; count--) {
        const view = new DataView(bytes.buffer)
        const at = random.below(Math.max(1, bytes.length - 4))
        const how = random.below(6)
        if (how === 0) bytes = bytes.slice(0, random.below(bytes.length + 1))
        else if (how === 1) bytes = Uint8Array.from([...bytes, ...random.bytes(random.below(9))])
        else if (bytes.length < 8) continue
        else if (how === 2) view.setUint8(at, view.getUint8(at) ^ (1 << random.below(8)))
        else if (how === 3) view.setUint16(at, random.pick(interesting), true)
        else if (how === 4) view.setUint32(at, random.pick(interesting), true)
        else view.setUint32(at, random.below(bytes.length * 2), true)
      }
      if (decodesSafely(name, bytes)) read++
    }
    // Neither all nor none: the mutations reach what is behind the first check.
    assert.isAbove(read, rounds / 20)
    assert.isBelow(read, rounds * 0.95)
  })

  it("that is cut off anywhere is never read as something else", () => {
    const value = object(new SeededRandom(7), tables, "galaxy.game.Report")
    const bytes = encode(tables, "galaxy.game.Report", value)
    for (let length = 1; length < bytes.length; length++) {
      const cut = bytes.slice(0, length)
      // The last bytes may be padding.
      if (refusal(tables, "galaxy.game.Report", cut) === undefined) {
        assert.deepStrictEqual(
          decode(tables, "galaxy.game.Report", cut),
          withDefaults(tables, "galaxy.game.Report", value)
        )
      }
    }
  })

  it("may share a table between two places", () => {
    assert.deepStrictEqual(decode(recursive, "Tree", bomb(2, 2)), { children: [{}, {}] })
  })

  it("whose vectors all lead to one table costs no more than its size", () => {
    let visited = 0
    const counted = {
      get Tree() {
        visited++
        return recursive["Tree"]!
      }
    }
    const bytes = bomb(8, 8)
    assert.isBelow(bytes.length, 2_000)
    assert.strictEqual(refusal(counted, "Tree", bytes), "the buffer refers to the same data too often")
    assert.isBelow(visited, bytes.length)
  })

  it("whose many orders are one long order is refused", () => {
    const builder = new Builder()
    const one = tableByFlatc(builder, "galaxy.game.Order", order({ name: "x".repeat(10_000) }))
    const gameId = builder.createString("g")
    const vector = offset(
      classOf(orders),
      "createOrdersVector",
      builder,
      Array.from({ length: 10_000 }, () => one)
    )
    builder.finish(offset(classOf(orders), "createOrderRequest", builder, gameId, null, vector, null))
    assert.strictEqual(refusal(tables, orders, builder.asUint8Array()), "the buffer refers to the same data too often")
  })

  it.each(["[]", "null", "1", "{", ""])("whose JSON is %s is refused", (text) => {
    const asText: Tables = { Wide: { fields: [{ name: "json", slot: 29, type: "string" }] } }
    assert.strictEqual(
      refusal(wide, "Wide", encode(asText, "Wide", { json: text })),
      "a string is not the JSON of an object"
    )
  })

  it("that nests too deeply is refused before the stack ends", () => {
    assert.isUndefined(refusal(recursive, "Chain", chainOf(33)))
    assert.strictEqual(refusal(recursive, "Chain", chainOf(34)), "tables are nested too deeply")
    assert.strictEqual(refusal(recursive, "Chain", chainOf(100_000)), "tables are nested too deeply")
  })

  it("that leads back into itself is refused", () => {
    // A table at 8 whose only field refers to the table itself: offsets are unsigned, so it wraps around 2^32.
    const bytes = new Uint8Array(24)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, 12, true)
    view.setUint16(4, 6, true)
    view.setUint16(6, 8, true)
    view.setUint16(8, 4, true)
    view.setInt32(12, 8, true)
    view.setUint32(16, 0xfffffffc, true)
    assert.match(refusal(recursive, "Chain", bytes) ?? "", /lies outside the buffer/)
    // And one that refers to nowhere: its own field.
    view.setUint32(16, 0, true)
    assert.isString(refusal(recursive, "Chain", bytes))
  })

  it.each([
    ["a vtable of an odd size", 4, 9],
    ["a vtable without its own head", 4, 2],
    ["a vtable longer than the buffer", 4, 0x8000],
    ["a table longer than the buffer", 6, 0x8000],
    ["a table shorter than its fields", 6, 8],
    ["a field in the table's head", 8, 2],
    ["a field past the table's end", 8, 12]
  ])("with %s is refused", (_, at, wrong) => {
    // A root, a vtable of one field, a table of 12 bytes with a long in it.
    const bytes = new Uint8Array(40)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, 12, true)
    view.setUint16(4, 6, true)
    view.setUint16(6, 12, true)
    view.setUint16(8, 4, true)
    view.setInt32(12, 8, true)
    view.setBigInt64(16, 7n, true)
    assert.deepStrictEqual(decode(tables, "galaxy.gateway.SubscribeRequest", bytes), { resume_after: 7 })
    view.setUint16(at, wrong, true)
    assert.isString(refusal(tables, "galaxy.gateway.SubscribeRequest", bytes))
  })

  it.each([
    ["overlong UTF-8", [0xc0, 0xaf]],
    ["a lone surrogate", [0xed, 0xa0, 0x80]],
    ["half a character", [0xe4, 0xb8]],
    ["no UTF-8", [0xff]]
  ])("with %s for text is refused", (_, wrong) => {
    const builder = new Builder()
    const gameId = builder.createString(Uint8Array.from(wrong))
    const own = classOf("galaxy.lobby.GameRequest")
    builder.finish(offset(own, "createGameRequest", builder, gameId))
    assert.strictEqual(refusal(tables, "galaxy.lobby.GameRequest", builder.asUint8Array()), "a string is not UTF-8")
  })

  it("with a number that isn't finite is refused", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const builder = new Builder()
      const own = classOf("galaxy.game.UnknownPlanet")
      builder.finish(offset(own, "createUnknownPlanet", builder, 1, value, 0))
      assert.strictEqual(refusal(tables, "galaxy.game.UnknownPlanet", builder.asUint8Array()), "a number is not finite")
    }
  })
})
