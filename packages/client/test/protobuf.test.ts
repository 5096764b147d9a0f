/** The client's little protobuf beside the library that the gateway speaks with. */
import { create, fromBinary, ScalarType, toBinary, type DescMessage } from "@bufbuild/protobuf"
import { DurationSchema } from "@bufbuild/protobuf/wkt"
import { decode, encode, fieldsOf, type Kind, MalformedMessage, type Shape } from "@galaxy/client/protobuf"
import * as messages from "@galaxy/client/wireMessages"
import * as Edge from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { assert, describe, it } from "@effect/vitest"

const kinds: Partial<Record<ScalarType, Kind>> = {
  [ScalarType.STRING]: "string",
  [ScalarType.BYTES]: "bytes",
  [ScalarType.INT64]: "int64",
  // Both are written as the same varint.
  [ScalarType.INT32]: "int64"
}

/** A library's description in the client's words; an embedded message is bytes, a map is read apart. */
const shapeOf = ({ fields }: DescMessage): Shape =>
  Object.fromEntries(
    fields.flatMap((field) =>
      field.fieldKind === "map"
        ? []
        : [[field.localName, [field.number, (field.fieldKind === "scalar" ? kinds[field.scalar] : "bytes") ?? "bytes"]]]
    )
  )

const described: ReadonlyArray<readonly [string, Shape, DescMessage]> = [
  ["ExecuteCommandRequest", messages.signedRequest, Edge.ExecuteCommandRequestSchema],
  ["SubscribeEventsRequest", messages.signedRequest, Edge.SubscribeEventsRequestSchema],
  ["ExecuteCommandResponse", messages.signedAnswer, Edge.ExecuteCommandResponseSchema],
  ["GatewayEvent", messages.signedEvent, Edge.GatewayEventSchema],
  ["ErrorInfo", messages.errorInfo, ErrorInfoSchema],
  ["RetryInfo", messages.retryInfo, RetryInfoSchema],
  ["Duration", messages.duration, DurationSchema]
]

const event = {
  eventType: "game.turn.ready",
  eventId: "ä☄️",
  timestampMs: -1n,
  payloadBytes: new Uint8Array(300).fill(7),
  payloadHash: new Uint8Array(32).fill(255),
  signature: new Uint8Array(),
  requestId: "",
  traceId: "t",
  sequence: 2n ** 63n - 1n
}

describe("protobuf", () => {
  for (const [name, shape, desc] of described) {
    it(`${name} has the fields of its description`, () => {
      assert.deepStrictEqual(shape, shapeOf(desc))
    })
  }

  it("writes and reads what the library does, byte for byte", () => {
    const theirs = toBinary(Edge.GatewayEventSchema, create(Edge.GatewayEventSchema, event))
    assert.deepStrictEqual(encode(messages.signedEvent, event), theirs)
    assert.deepStrictEqual(decode(messages.signedEvent, theirs), event)
    const { $typeName: _, ...read } = fromBinary(Edge.GatewayEventSchema, encode(messages.signedEvent, event))
    assert.deepStrictEqual(read, event)
  })

  it("skips what it doesn't know, and takes the last of a field that comes twice", () => {
    const later = Uint8Array.of(0x0a, 1, 97, 0x7d, 0, 0, 0, 0, 0x79, 0, 0, 0, 0, 0, 0, 0, 0, 0xb8, 1, 5, 0x0a, 1, 98)
    assert.deepStrictEqual(decode(messages.entry, later), { key: "b", value: "" })
  })

  it("refuses every beginning of a message that isn't whole, and what is no message at all", () => {
    const whole = encode(messages.entry, { key: "key", value: "value" })
    const ends = Array.from(whole.keys()).filter((length) => {
      try {
        return fieldsOf(whole.subarray(0, length)).length === 2
      } catch (error) {
        assert.instanceOf(error, MalformedMessage)
        return false
      }
    })
    assert.deepStrictEqual(ends, [])
    for (const wrong of [[0x0b], Array.from({ length: 11 }, () => 0xff), [0x0a, 1, 0xff], [0x08, 1]]) {
      assert.throws(() => decode(messages.entry, Uint8Array.from(wrong)), MalformedMessage)
    }
  })
})
