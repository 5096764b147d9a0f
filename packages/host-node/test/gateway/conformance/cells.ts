/** Every combination that the protocols allow: protocol, codec, encoding; each is tried on every channel. */
import { gzipSync } from "node:zlib"

export const protocols = ["Connect", "gRPC", "gRPC-Web"] as const
export const codecs = ["proto", "json"] as const
export const encodings = ["identity", "gzip"] as const
export const rpcs = ["unary", "stream"] as const

export type Protocol = (typeof protocols)[number]
export type Codec = (typeof codecs)[number]
export type Encoding = (typeof encodings)[number]
export type Rpc = (typeof rpcs)[number]

/** One way to make a call. */
export interface Cell {
  readonly protocol: Protocol
  readonly codec: Codec
  readonly encoding: Encoding
  readonly rpc: Rpc
}

export const cells: ReadonlyArray<Cell> = protocols.flatMap((protocol) =>
  codecs.flatMap((codec) => encodings.flatMap((encoding) => rpcs.map((rpc) => ({ protocol, codec, encoding, rpc }))))
)

/** Messages are in frames: everywhere but in Connect's unary calls. */
export const isFramed = ({ protocol, rpc }: Cell): boolean => protocol !== "Connect" || rpc === "stream"

export const contentTypeOf = ({ protocol, codec, rpc }: Cell): string => {
  if (protocol === "gRPC") return `application/grpc+${codec}`
  if (protocol === "gRPC-Web") return `application/grpc-web+${codec}`
  return rpc === "stream" ? `application/connect+${codec}` : `application/${codec}`
}

/** The headers that say how messages are encoded, and how they may be. */
export const encodingHeaders = (cell: Cell): { readonly sent: string; readonly accepted: string } => {
  if (cell.protocol !== "Connect") return { sent: "grpc-encoding", accepted: "grpc-accept-encoding" }
  return cell.rpc === "stream"
    ? { sent: "connect-content-encoding", accepted: "connect-accept-encoding" }
    : { sent: "content-encoding", accepted: "accept-encoding" }
}

/** The header of a deadline, and how it is written. */
export const deadlineOf = ({ protocol }: Cell, millis: number): Readonly<Record<string, string>> =>
  protocol === "Connect" ? { "connect-timeout-ms": String(millis) } : { "grpc-timeout": `${millis}m` }

/** The head that a client of this cell sends. */
export const headOf = (cell: Cell): Readonly<Record<string, string>> => {
  const { sent, accepted } = encodingHeaders(cell)
  return {
    "content-type": contentTypeOf(cell),
    ...(cell.protocol === "Connect" ? { "connect-protocol-version": "1" } : {}),
    ...(cell.protocol === "gRPC" ? { te: "trailers" } : {}),
    ...(cell.encoding === "gzip" ? { [sent]: "gzip", [accepted]: "gzip" } : {})
  }
}

/** A message in a frame with these flags, whatever they say. */
export const frame = (message: Uint8Array, flags = 0): Buffer => {
  const out = Buffer.alloc(5 + message.length)
  out.writeUInt8(flags, 0)
  out.writeUInt32BE(message.length, 1)
  out.set(message, 5)
  return out
}

/** The encoded message, as the cell has it. */
export const packed = (cell: Cell, message: Uint8Array): Uint8Array =>
  cell.encoding === "gzip" ? gzipSync(message, { level: 1 }) : message

/** The body of a call with this message. */
export const bodyOf = (cell: Cell, message: Uint8Array): Buffer => {
  const bytes = packed(cell, message)
  return isFramed(cell) ? frame(bytes, cell.encoding === "gzip" ? 1 : 0) : Buffer.from(bytes)
}
