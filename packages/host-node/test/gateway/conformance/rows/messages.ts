/** Bodies that aren't one sound message. */
import { gzipSync } from "node:zlib"
import { type Cell, frame, isFramed } from "../cells.ts"
import type { Change, Row, Section } from "../Row.ts"
import { maxPayloadBytes } from "../stand.ts"

const invalid = { code: "invalid_argument", reason: "invalid_envelope" } as const
const isGzip = ({ encoding }: Cell) => encoding === "gzip"

/** A row of some cells whose body is another one. */
const body = (what: string, change: (usual: Buffer, cell: Cell) => Uint8Array, only: Row["in"] = () => true): Row => ({
  what,
  in: only,
  send: (cell): Change => ({ body: (usual) => change(usual, cell) }),
  expect: invalid
})

const message = (what: string, proto: (usual: Buffer) => Uint8Array, json: (usual: string) => string): Row => ({
  what,
  send: ({ codec }): Change => ({
    message: (usual) => {
      const bytes = Buffer.from(usual)
      return codec === "proto" ? proto(bytes) : Buffer.from(json(bytes.toString("utf8")))
    }
  }),
  expect: invalid
})

const flagged = (flags: number) => (usual: Buffer) => {
  const changed = Buffer.from(usual)
  changed.writeUInt8(flags, 0)
  return changed
}

const lying = (change: (length: number) => number) => (usual: Buffer) => {
  const changed = Buffer.from(usual)
  changed.writeUInt32BE(change(usual.readUInt32BE(1)), 1)
  return changed
}

/** What stands in the place of a packed message. */
const instead = (bytes: Uint8Array) => (_: Buffer, cell: Cell) => (isFramed(cell) ? frame(bytes, 1) : bytes)

const bomb = gzipSync(Buffer.alloc(32 * 1_048_576), { level: 9 })

export const messages: Section = {
  title: "Bodies that are no call",
  rows: [
    body(
      "nothing at all",
      () => Buffer.alloc(0),
      (cell) => isFramed(cell) || cell.encoding === "identity"
    ),
    body(
      "an empty message",
      (_, cell) => (isFramed(cell) ? frame(Buffer.alloc(0)) : Buffer.alloc(0)),
      ({ encoding }) => encoding === "identity"
    ),
    body("two messages", (usual) => Buffer.concat([usual, usual]), isFramed),
    body("a message and the beginning of another", (usual) => Buffer.concat([usual, usual.subarray(0, 20)]), isFramed),
    body("a message and three bytes more", (usual) => Buffer.concat([usual, Buffer.of(0, 0, 0)]), isFramed),
    body("a body that ends within a message", (usual) => usual.subarray(0, -9)),
    body("a body that ends within the head of a frame", (usual) => usual.subarray(0, 4), isFramed),
    body(
      "a length that is too long by one",
      lying((it) => it + 1),
      isFramed
    ),
    body(
      "a length that is too short by one",
      lying((it) => it - 1),
      isFramed
    ),
    body(
      "the largest length",
      lying(() => 0xffffffff),
      isFramed
    ),
    ...[4, 8, 64].map((flags) => body(`a frame with the unknown flag ${flags}`, flagged(flags), isFramed)),
    body("a frame that is the end of a stream", flagged(2), (cell) => isFramed(cell) && cell.protocol === "Connect"),
    body("a frame of trailers", flagged(0x80), ({ protocol }) => protocol === "gRPC-Web"),
    body(
      "a compressed message, and no header that says how",
      (usual, cell) => (isFramed(cell) ? frame(gzipSync(usual.subarray(5)), 1) : gzipSync(usual)),
      ({ encoding }) => encoding === "identity"
    ),
    body("a message that isn't compressed, where it says so", instead(Buffer.alloc(100, 0xff)), isGzip),
    body(
      "a compressed message that is cut off",
      (usual, cell) => instead((isFramed(cell) ? usual.subarray(5) : usual).subarray(0, -12))(usual, cell),
      isGzip
    ),
    body(
      "a compressed message with a wrong checksum",
      (usual) => {
        const changed = Buffer.from(usual)
        changed.writeUInt32LE(~changed.readUInt32LE(changed.length - 8) >>> 0, changed.length - 8)
        return changed
      },
      isGzip
    ),
    body("few bytes that decompress to 32 MiB", instead(bomb), isGzip),
    message(
      "a message that isn't one",
      () => Buffer.alloc(50, 0xff),
      () => "no JSON"
    ),
    message(
      "a field with the form of another",
      (usual) => Buffer.concat([usual, Buffer.of(0x08, 1)]),
      (usual) => usual.replace(/"protocolVersion":"v1"/, '"protocolVersion":1')
    ),
    message(
      "a field that is longer than the message",
      (usual) => Buffer.concat([usual, Buffer.of(0x0a, 0x7f, 0x76)]),
      (usual) => usual.slice(0, -1)
    ),
    message(
      "text that isn't UTF-8",
      (usual) => Buffer.concat([usual, Buffer.of(0x0a, 2, 0xc3, 0x28)]),
      (usual) => usual.replace('"v1"', '"v1\\ud800"')
    ),
    message(
      "a number beyond 64 bits",
      (usual) => Buffer.concat([usual, Buffer.of(0x20, ...Array.from({ length: 11 }, () => 0xff))]),
      (usual) => usual.replace(/"timestampMs":"\d+"/, '"timestampMs":"18446744073709551616"')
    ),
    {
      what: "a message far above the bound",
      send: ({ codec }) => ({
        message: () =>
          codec === "proto" ? Buffer.alloc(20 * maxPayloadBytes) : Buffer.alloc(20 * maxPayloadBytes, "x")
      }),
      expect: invalid
    }
  ]
}
