/** Changes of a message as it is on the wire, below its fields. */
import { fromBinary } from "@bufbuild/protobuf"
import { ExecuteCommandRequestSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { SeededRandom } from "@galaxy/testkit/SeededRandom"
import type { Envelope } from "@galaxy/edge/Envelope"

/** What a message says; undefined where it can't be read. */
export const decoded = (bytes: Uint8Array): Envelope | undefined => {
  try {
    return fromBinary(ExecuteCommandRequestSchema, bytes)
  } catch {
    return undefined
  }
}

const spliced = (bytes: Uint8Array, from: number, to: number, put: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)])

/** The bytes, changed in one of eight ways. */
export const changedBytes = (random: SeededRandom, bytes: Uint8Array, other: Uint8Array): Uint8Array => {
  const at = random.below(bytes.length)
  const end = at + random.below(bytes.length - at)
  switch (random.below(8)) {
    case 0: {
      const flipped = Uint8Array.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8))
      return flipped
    }
    case 1:
      return bytes.subarray(0, at)
    case 2:
      return spliced(bytes, at, end, new Uint8Array())
    case 3:
      return spliced(bytes, at, at, random.bytes(1 + random.below(8)))
    case 4:
      return spliced(bytes, at, end, other.subarray(at, end))
    case 5:
      // The fields of one over those of another: the last of each counts.
      return Buffer.concat([other, bytes.subarray(at)])
    case 6:
      return spliced(bytes, at, at, bytes.subarray(at, end))
    default:
      return Buffer.concat([bytes, random.bytes(2 + random.below(20))])
  }
}

/** The same fields, written another way: with one that nobody knows, the text fields behind, or a number in more bytes. */
export const otherWords = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const unknown = Buffer.of(0xc2, 0x0c, 3, 1, 2, 3)
  // The first field is text of two bytes, "v1": its tag, its length and itself.
  const first = bytes.subarray(0, 4)
  return [
    Buffer.concat([bytes, unknown]),
    Buffer.concat([unknown, bytes]),
    Buffer.concat([bytes.subarray(4), first]),
    Buffer.concat([Buffer.of(0x8a, 0x00, 0x82, 0x80, 0x00), first.subarray(2), bytes.subarray(4)]),
    Buffer.concat([Buffer.of(0x0a, 2, 0x76, 0x39), bytes])
  ]
}
