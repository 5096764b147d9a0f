/**
 * What an answer says, read strictly by the rules of its protocol: a frame, a header or a trailer out of place fails.
 *
 * HTTP refusals that aren't answers of a protocol, as for an unknown content type, are told by their status.
 */
import { gunzipSync } from "node:zlib"
import { assert } from "@effect/vitest"
import type { Exchange } from "./channels.ts"
import { type Cell, contentTypeOf, encodingHeaders, isFramed } from "./cells.ts"
import { type Detail, statusIn } from "./status.ts"

/** The codes that gRPC and Connect share, each at its number; HTTP's status for Connect's unary calls beside it. */
export const codes = {
  ok: [0, 200],
  canceled: [1, 499],
  unknown: [2, 500],
  invalid_argument: [3, 400],
  deadline_exceeded: [4, 504],
  not_found: [5, 404],
  already_exists: [6, 409],
  permission_denied: [7, 403],
  resource_exhausted: [8, 429],
  failed_precondition: [9, 400],
  aborted: [10, 409],
  out_of_range: [11, 400],
  unimplemented: [12, 501],
  internal: [13, 500],
  unavailable: [14, 503],
  data_loss: [15, 500],
  unauthenticated: [16, 401]
} as const
export type Code = keyof typeof codes

/** What became of a call. */
export interface Told {
  readonly code: Code | `http ${number}`
  readonly message: string
  readonly details: ReadonlyArray<Detail>
  /** Decompressed, in the cell's codec. */
  readonly messages: ReadonlyArray<Buffer>
  /** Whether any message came compressed. */
  readonly compressed: boolean
  /** Headers and trailers, wherever the protocol has them. */
  readonly metadata: Readonly<Record<string, string>>
}

interface Frame {
  readonly flags: number
  readonly bytes: Buffer
}

/** The frames of a body; the last one may be incomplete where the answer was cut. */
export const framesIn = (body: Buffer, cut = false): ReadonlyArray<Frame> => {
  const frames: Array<Frame> = []
  for (let at = 0; at < body.length; ) {
    const end = at + 5 + (body.length - at >= 5 ? body.readUInt32BE(at + 1) : 0)
    if (end > body.length || body.length - at < 5) {
      assert.isTrue(cut, "the body ends within a frame")
      break
    }
    frames.push({ flags: body[at] ?? 0, bytes: body.subarray(at + 5, end) })
    at = end
  }
  return frames
}

/** The stream has begun: there is a whole message that isn't its end. */
export const hasBegun = (body: Buffer): boolean => {
  const [first] = framesIn(body, true)
  return first !== undefined && first.flags < 2
}

const nameOf = (status: string | undefined): Code => {
  const found = Object.entries(codes).find(([, [number]]) => String(number) === status)
  assert.isDefined(found, `there is no gRPC status ${status}`)
  return found[0] as Code
}

const unpacked = (frames: ReadonlyArray<Frame>, encoding: string | undefined) =>
  frames.map(({ bytes, flags }) => {
    assert.include([0, 1], flags, "a message has an unknown flag")
    if (flags === 0) return bytes
    assert.strictEqual(encoding, "gzip", "a message is compressed, and no header says how")
    return gunzipSync(bytes)
  })

/** Lines of trailers as gRPC-Web has them in its last frame. */
const trailersIn = (text: string): Record<string, string> => {
  const trailers: Record<string, string> = {}
  for (const line of text.split("\r\n")) {
    if (line === "") continue
    const [, name, value] = /^([a-z0-9_.-]+): ?(.*)$/.exec(line) ?? []
    assert.isDefined(name, `"${line}" is no trailer`)
    trailers[name ?? ""] = value ?? ""
  }
  return trailers
}

const grpcTold = (
  cell: Cell,
  { endsWithHead, headers }: Exchange,
  frames: ReadonlyArray<Frame>,
  trailers: Readonly<Record<string, string>>
): Told => {
  const trailersOnly = headers["grpc-status"] !== undefined
  if (trailersOnly) assert.isEmpty(frames, "there are messages beside a status in the headers")
  if (trailersOnly && cell.protocol === "gRPC") assert.isTrue(endsWithHead, "a status in the headers isn't the end")
  const metadata = { ...headers, ...trailers }
  const code = nameOf(metadata["grpc-status"])
  const message = decodeURIComponent(metadata["grpc-message"] ?? "")
  const encoding = headers[encodingHeaders(cell).sent]
  const details = metadata["grpc-status-details-bin"]
  const status = details === undefined ? undefined : statusIn(Buffer.from(details, "base64"))
  if (status !== undefined) {
    assert.deepStrictEqual([status.code, status.message], [codes[code][0], message], "the two statuses differ")
  }
  return {
    code,
    message,
    details: status?.details ?? [],
    messages: unpacked(frames, encoding),
    compressed: frames.some(({ flags }) => flags === 1),
    metadata
  }
}

interface ErrorJson {
  readonly code: Code
  readonly message?: string
  readonly details?: ReadonlyArray<{ readonly type: string; readonly value: string }>
}

const ofError = ({ code, details = [], message = "" }: ErrorJson) => {
  assert.property(codes, code)
  return {
    code,
    message,
    details: details.map(({ type, value }) => {
      assert.match(value, /^[\w+/-]*$/, "the value of a detail isn't base64 without padding")
      return { type, value: Buffer.from(value, "base64") }
    })
  }
}

/** Refused by HTTP, before any protocol. */
const httpTold = ({ headers, status }: Exchange): Told => ({
  code: `http ${status}`,
  message: "",
  details: [],
  messages: [],
  compressed: false,
  metadata: headers
})

const connectUnary = (exchange: Exchange): Told => {
  const { body, headers, status } = exchange
  const compressed = headers["content-encoding"] !== undefined
  if (compressed) assert.strictEqual(headers["content-encoding"], "gzip")
  const bytes = compressed ? gunzipSync(body) : body
  assert.strictEqual(headers["content-length"] ?? String(body.length), String(body.length))
  if (status === 200) return { ...ofError({ code: "ok" }), messages: [bytes], compressed, metadata: headers }
  const json = JSON.parse(bytes.toString("utf8")) as ErrorJson | { readonly error: object }
  if ("error" in json) return httpTold(exchange)
  const told = ofError(json)
  // A path that isn't there has HTTP's own status.
  assert.include(told.code === "unimplemented" ? [501, 404] : [codes[told.code][1]], status)
  return { ...told, messages: [], compressed, metadata: headers }
}

const connectStream = (cell: Cell, { body, cut, headers }: Exchange): Told => {
  const frames = [...framesIn(body, cut)]
  const compressed = frames.some(({ flags }) => (flags & 1) === 1)
  const encoding = headers[encodingHeaders(cell).sent]
  if (cut) return { ...ofError({ code: "ok" }), messages: unpacked(frames, encoding), compressed, metadata: headers }
  const last = frames.pop()
  assert.strictEqual((last?.flags ?? 0) & 2, 2, "the stream ends without its last message")
  if ((last?.flags ?? 0) & 1) assert.strictEqual(encoding, "gzip")
  const bytes = last === undefined ? Buffer.alloc(0) : (last.flags & 1) === 1 ? gunzipSync(last.bytes) : last.bytes
  const end = JSON.parse(bytes.toString("utf8")) as {
    readonly error?: ErrorJson
    readonly metadata?: Readonly<Record<string, ReadonlyArray<string>>>
  }
  const trailers = Object.fromEntries(Object.entries(end.metadata ?? {}).map(([name, all]) => [name, all.join(", ")]))
  return {
    ...ofError(end.error ?? { code: "ok" }),
    messages: unpacked(frames, encoding),
    compressed,
    metadata: { ...headers, ...trailers }
  }
}

/** Whether an answer has the form of the cell's protocol, going by its content type. */
const isOfProtocol = (cell: Cell, { headers, status }: Exchange): boolean =>
  !isFramed(cell) && status !== 200
    ? headers["content-type"] === "application/json"
    : [contentTypeOf(cell), contentTypeOf(cell).replace(/^(application\/grpc.*)\+proto$/, "$1")].includes(
        headers["content-type"] ?? ""
      )

/** Reads an answer of the cell's protocol. */
export const read = (cell: Cell, exchange: Exchange): Told => {
  const { body, cut, headers, status, trailers } = exchange
  if (!isOfProtocol(cell, exchange)) return httpTold(exchange)
  if (!isFramed(cell)) return connectUnary(exchange)
  assert.strictEqual(status, 200)
  if (cell.protocol === "Connect") return connectStream(cell, exchange)
  if (cell.protocol === "gRPC") {
    const whole = cut && trailers["grpc-status"] === undefined ? { "grpc-status": "0" } : trailers
    return grpcTold(cell, exchange, framesIn(body, cut), whole)
  }
  assert.isEmpty(trailers, "gRPC-Web has its trailers in the body")
  const frames = [...framesIn(body, cut)]
  if (headers["grpc-status"] !== undefined) return grpcTold(cell, exchange, frames, {})
  if (cut) return grpcTold(cell, exchange, frames, { "grpc-status": "0" })
  const last = frames.pop()
  assert.strictEqual(last?.flags, 0x80, "the last frame holds no trailers")
  return grpcTold(cell, exchange, frames, trailersIn(last?.bytes.toString("latin1") ?? ""))
}
