/** Frames written by hand are those of protobuf's library, byte for byte. */
import { create, toBinary } from "@bufbuild/protobuf"
import { GatewayEventSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { frameOf } from "@galaxy/host-node/gateway/eventFrame"
import { assert, it } from "@effect/vitest"
import { Schema } from "effect"

/** Numbers of every length, and those at the borders. */
const Int64 = Schema.Literals([
  0n,
  1n,
  127n,
  128n,
  16_383n,
  16_384n,
  2n ** 31n,
  2n ** 35n - 1n,
  2n ** 35n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  -1n,
  -(2n ** 63n)
])

const Text = Schema.Union([
  Schema.String,
  Schema.Literals(["", "ä€😀", "x".repeat(127), "x".repeat(128), "€".repeat(6_000)])
])

const Bytes = Schema.Literals([0, 1, 32, 64, 127, 128, 16_384, 70_000])

it.prop(
  "a frame has the bytes of the message behind its head",
  { eventType: Text, eventId: Text, requestId: Text, traceId: Text, sequence: Int64, timestampMs: Int64, size: Bytes },
  ({ size, ...fields }) => {
    const payloadBytes = Uint8Array.from({ length: size }, (_, index) => index)
    const event = {
      ...fields,
      payloadBytes,
      payloadHash: payloadBytes.subarray(0, 32),
      signature: payloadBytes.subarray(0, 64)
    }
    const frame = frameOf(event)
    const message = toBinary(GatewayEventSchema, create(GatewayEventSchema, event))
    assert.strictEqual(frame[0], 0)
    assert.strictEqual(frame.readUInt32BE(1), message.length)
    assert.strictEqual(Buffer.compare(frame.subarray(5), message), 0)
  },
  { arbitrary: { runs: 500 } }
)
