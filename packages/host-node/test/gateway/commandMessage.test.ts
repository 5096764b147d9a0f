/** Messages of commands that are read and written by hand, beside the library's. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  type ExecuteCommandRequest,
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { readCommand, writeAnswer } from "@galaxy/host-node/gateway/commandMessage"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { assert, describe, it } from "@effect/vitest"
import { request } from "./fixture.ts"

const seed = 20_261_130
const rounds = 20_000

const library = (message: Uint8Array): ExecuteCommandRequest | undefined => {
  try {
    return fromBinary(ExecuteCommandRequestSchema, message, { readUnknownFields: false })
  } catch {
    return undefined
  }
}

/** All fields of a message, with bytes in one form. */
const fieldsOf = (message: object) =>
  Object.fromEntries(
    Object.entries({ ...message, $typeName: "" }).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value) : value
    ])
  )

const encoded = (fields: Partial<ReturnType<typeof request>> = {}): Buffer =>
  Buffer.from(toBinary(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, { ...request(), ...fields })))

describe("a request", () => {
  it("is read as the library reads it", () => {
    for (const payload of [0, 1, 127, 128, 5_000, 300_000]) {
      const message = encoded({ payloadBytes: new Uint8Array(payload).fill(7), traceId: "00-trace" })
      const own = readCommand(message)
      assert.isDefined(own)
      assert.deepStrictEqual(fieldsOf(own), fieldsOf(library(message)!))
    }
    assert.deepStrictEqual(fieldsOf(readCommand(Buffer.alloc(0))!), fieldsOf(library(new Uint8Array())!))
  })

  it("keeps no part of the body that it came in", () => {
    const message = encoded({ payloadBytes: new Uint8Array(100).fill(7) })
    const own = readCommand(message)
    message.fill(0)
    assert.deepStrictEqual(own?.payloadBytes, new Uint8Array(100).fill(7))
    assert.notStrictEqual(own?.payloadBytes.buffer, message.buffer)
  })

  it("is left to the library where it is unusual", () => {
    for (const message of [
      encoded({ requestId: "über" }),
      encoded({ timestampMs: -1n }),
      encoded({ timestampMs: 2n ** 53n + 1n }),
      encoded({ timestampMs: 2n ** 62n }),
      Buffer.concat([encoded(), Buffer.of(0xc2, 0x0c, 1, 0)]),
      Buffer.concat([encoded(), Buffer.of(0x20, 0x80, 0x00)])
    ]) {
      assert.isUndefined(readCommand(message))
      assert.isDefined(library(message))
    }
  })

  it("isn't read on within a number that is too long", () => {
    // A time of eight bytes, whose last one would begin a text.
    const message = Buffer.of(0x20, ...Array.from({ length: 7 }, () => 0x80), 0x0a, 0x01, 0x41)
    assert.isUndefined(readCommand(message))
    assert.isUndefined(library(message))
  })

  it(`of any bytes is the library's, or none; seed ${seed}`, () => {
    const random = new SeededRandom(seed)
    const sound = [encoded(), encoded({ payloadBytes: random.bytes(300) }), encoded({ traceId: "00-trace" })]
    let read = 0
    for (let round = 0; round < rounds; round++) {
      const parts: Array<Buffer> = [Buffer.from(random.pick(sound))]
      // Fields that come twice, and pieces of others.
      if (random.below(4) === 0) parts.push(random.pick(sound).subarray(random.below(80)))
      const message = round % 10 === 0 ? Buffer.from(random.bytes(random.below(60))) : Buffer.concat(parts)
      for (let change = random.below(4); change > 0 && message.length > 0; change--)
        message[random.below(message.length)] = random.below(256)
      const own = readCommand(message)
      if (own === undefined) continue
      read += 1
      const other = library(message)
      assert.isDefined(other, `round ${round}`)
      assert.deepStrictEqual(fieldsOf(own), fieldsOf(other), `round ${round}`)
    }
    assert.isAbove(read, rounds / 4)
  })
})

describe("an answer", () => {
  const answerOf = (random: SeededRandom, more: object = {}) => ({
    protocolVersion: "v1",
    requestId: "r".repeat(random.below(65)),
    timestampMs: BigInt(random.below(2 ** 31)) * BigInt(1 + random.below(1_000)),
    resultCode: random.pick(["ok", "conflict", ""]),
    payloadBytes: random.bytes(random.pick([0, 1, 127, 128, 16_383, 16_384])),
    payloadHash: random.bytes(32),
    signature: random.bytes(64),
    ...more
  })
  const byLibrary = (answer: ReturnType<typeof answerOf>) =>
    Buffer.from(toBinary(ExecuteCommandResponseSchema, create(ExecuteCommandResponseSchema, answer)))

  it(`is written as the library writes it, behind the room that is wished; seed ${seed}`, () => {
    const random = new SeededRandom(seed)
    for (let round = 0; round < 500; round++) {
      const answer = answerOf(random)
      const room = random.below(6)
      assert.deepStrictEqual(writeAnswer(answer, room)?.subarray(room), byLibrary(answer))
    }
  })

  it("is left to the library where it is unusual", () => {
    const random = new SeededRandom(seed)
    for (const more of [{ resultCode: "ü" }, { timestampMs: -1n }, { timestampMs: 2n ** 60n }]) {
      assert.isUndefined(writeAnswer(answerOf(random, more), 0))
    }
  })
})
