/**
 * The call of the push stream, read by hand: all frames of a moment come together, and none of them costs more than its own
 * decoding. Every event for every player of a gateway passes here.
 */
import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2"
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import { Code, ConnectError } from "@connectrpc/connect"
import { codeFromHttpStatus, findTrailerError } from "@connectrpc/connect/protocol-grpc"
import {
  GatewaySubscribeRequestSchema,
  Push,
  type PushEvent,
  PushEventSchema
} from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { frameHead, framed } from "../http/grpcFrame.ts"

const path = `/${Push.typeName}/${Push.method.subscribePush.name}`

/** What is asked for. */
export interface PushCall {
  readonly gatewayClientId: string
  readonly cursor: string
  readonly headers: Readonly<Record<string, string>>
  /** The largest frame that is read, in bytes. */
  readonly maxFrameBytes: number
  /** Ends the call with the signal's reason. */
  readonly signal: AbortSignal
}

/** What opens the stream of a call. */
export interface PushConnection {
  request(method: string, path: string, headers: OutgoingHttpHeaders, options: object): Promise<ClientHttp2Stream>
}

const decoded = (message: Uint8Array): PushEvent => {
  try {
    return fromBinary(PushEventSchema, message, { readUnknownFields: false })
  } catch {
    throw new ConnectError("a frame can't be decoded", Code.Internal)
  }
}

/** Cuts a stream of bytes into messages. */
class Messages {
  readonly #maxBytes: number
  #parts: Array<Buffer> = []
  #size = 0
  /** Bytes that the next message is known to need. */
  #needed = frameHead

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The messages that are complete with these bytes; `bad` is why the rest can't be read. */
  take(part: Buffer): { readonly events: ReadonlyArray<PushEvent>; readonly bad: ConnectError | undefined } {
    this.#parts.push(part)
    this.#size += part.length
    const events: Array<PushEvent> = []
    if (this.#size < this.#needed) return { events, bad: undefined }
    const all = this.#parts.length === 1 ? part : Buffer.concat(this.#parts)
    let at = 0
    this.#needed = frameHead
    try {
      while (all.length - at >= this.#needed) {
        this.#needed = frameHead + this.#lengthAt(all, at)
        if (all.length - at < this.#needed) break
        events.push(decoded(all.subarray(at + frameHead, at + this.#needed)))
        at += this.#needed
        this.#needed = frameHead
      }
    } catch (cause) {
      return { events, bad: ConnectError.from(cause) }
    }
    this.#parts = at === all.length ? [] : [all.subarray(at)]
    this.#size = all.length - at
    return { events, bad: undefined }
  }

  #lengthAt(all: Buffer, at: number): number {
    if (all[at] !== 0) throw new ConnectError(`a frame has the unknown flags ${all[at]}`, Code.Internal)
    const length = all.readUInt32BE(at + 1)
    if (length <= this.#maxBytes) return length
    throw new ConnectError(`message size ${length} is larger than ${this.#maxBytes}`, Code.ResourceExhausted)
  }
}

const headersOf = (headers: IncomingHttpHeaders): Headers =>
  new Headers(
    Object.entries(headers).flatMap(
      ([name, value]): Array<[string, string]> =>
        name.startsWith(":") || value === undefined ? [] : [[name, String(value)]]
    )
  )

/** Why the call has ended. A backend has no reason to end one without an error. */
const endOf = (head: IncomingHttpHeaders, trailers: IncomingHttpHeaders): ConnectError => {
  const status = Number(head[":status"] ?? 0)
  if (status === 0) return new ConnectError("the connection is lost", Code.Unavailable)
  const told = "grpc-status" in trailers ? trailers : head
  if ("grpc-status" in told) {
    return findTrailerError(headersOf(told)) ?? new ConnectError("the backend has ended the stream", Code.Unavailable)
  }
  return status === 200
    ? new ConnectError("the stream ended without a status", Code.Unavailable)
    : new ConnectError(`HTTP ${status}`, codeFromHttpStatus(status))
}

/** Subscribes, and yields the frames as they come. Fails with what the call ends with, and with whatever can't be read. */
export async function* pushFrames(
  connection: PushConnection,
  { cursor, gatewayClientId, headers, maxFrameBytes, signal }: PushCall
): AsyncGenerator<ReadonlyArray<PushEvent>> {
  signal.throwIfAborted()
  const given = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true })
  })
  given.catch(() => undefined)
  const all = { "content-type": "application/grpc+proto", te: "trailers", ...headers }
  const opening = connection.request("POST", path, all, {})
  // Where it is given up meanwhile, its connection is closed with it.
  opening.catch(() => undefined)
  const stream = await Promise.race([opening, given])
  let head: IncomingHttpHeaders = {}
  let trailers: IncomingHttpHeaders = {}
  // Whoever reads hears of it, too.
  stream.on("error", () => undefined)
  stream.on("response", (it) => {
    head = it
  })
  stream.on("trailers", (it: IncomingHttpHeaders) => {
    trailers = it
  })
  const onAbort = () => stream.destroy(signal.reason as Error)
  signal.addEventListener("abort", onAbort)
  try {
    stream.end(
      framed(
        toBinary(GatewaySubscribeRequestSchema, create(GatewaySubscribeRequestSchema, { gatewayClientId, cursor }))
      )
    )
    const messages = new Messages(maxFrameBytes)
    for await (const part of stream as AsyncIterable<Buffer>) {
      const { bad, events } = messages.take(part)
      if (events.length > 0) yield events
      if (bad !== undefined) throw bad
    }
    signal.throwIfAborted()
    throw endOf(head, trailers)
  } finally {
    signal.removeEventListener("abort", onAbort)
    stream.destroy()
  }
}
