/**
 * Subscriptions in the forms that clients use most, without the library: gRPC over HTTP/2 and Connect's streams, in protobuf,
 * uncompressed. A stream that waits is a few small objects, and an event is one write.
 *
 * Whatever else comes, or turns out to be malformed or too large while it is read, is handed on to the library together with
 * what was read of it, which serves it with the same streams.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import { fromBinary } from "@bufbuild/protobuf"
import type { ConnectError } from "@connectrpc/connect"
import { endStreamFlag, endStreamToJson } from "@connectrpc/connect/protocol-connect"
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc"
import {
  EdgeGateway,
  type SubscribeEventsRequest,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { Ending, OpenStream, Outlet } from "@galaxy/edge/hub/Outlet"
import type { SignedEvent } from "@galaxy/edge/hub/signing"
import type { RefusedAt } from "@galaxy/edge/Refusal"
import { frameOf } from "./eventFrame.ts"
import type { ReadSoFar } from "./fastUnary.ts"

const path = `/${EdgeGateway.typeName}/${EdgeGateway.method.subscribeEvents.name}`

const frameHead = 5

/** What the fast way needs. */
export interface FastStreamsOptions {
  /** Bytes of a body that are kept; a longer one is the library's. */
  readonly maxBytes: number
  /** Opens the stream of a message that was read. */
  readonly open: (message: SubscribeEventsRequest, from: IncomingMessage, outlet: Outlet) => OpenStream
  readonly errorOf: (ending: Ending, place: RefusedAt) => ConnectError
  /** Headers of every stream. */
  readonly headers: Readonly<Record<string, string>>
  /** Takes what isn't served here. */
  readonly slow: (request: IncomingMessage, response: ServerResponse, read: ReadSoFar) => void
}

/** How a protocol begins and ends a stream. Its events are framed alike. */
interface Form {
  readonly contentType: string
  readonly end: (response: ServerResponse, error: ConnectError) => void
}

const grpc: Form = {
  contentType: "application/grpc+proto",
  end: (response, error) => {
    const trailers = new Headers()
    setTrailerStatus(trailers, error)
    response.addTrailers(Object.fromEntries(trailers))
    // Together with the end they would end the stream, and no trailers would be sent.
    response.flushHeaders()
    response.end()
  }
}

const connect: Form = {
  contentType: "application/connect+proto",
  end: (response, error) => {
    const json = Buffer.from(JSON.stringify(endStreamToJson(new Headers(), error, undefined)))
    const head = Buffer.alloc(frameHead)
    head.writeUInt8(endStreamFlag, 0)
    head.writeUInt32BE(json.length, 1)
    response.end(Buffer.concat([head, json]))
  }
}

/** The form that a request's head says; undefined where it is none of these. */
const formOf = ({ headers, httpVersionMajor }: IncomingMessage): Form | undefined => {
  if (headers["content-encoding"] !== undefined) return undefined
  switch (headers["content-type"]) {
    case "application/grpc":
    case "application/grpc+proto":
      return httpVersionMajor === 2 && headers["grpc-encoding"] === undefined && headers["grpc-timeout"] === undefined
        ? grpc
        : undefined
    case "application/connect+proto":
      return headers["connect-protocol-version"] === "1" &&
        headers["connect-content-encoding"] === undefined &&
        headers["connect-timeout-ms"] === undefined
        ? connect
        : undefined
    default:
      return undefined
  }
}

/** The message in a whole body, where it is exactly one. */
const messageIn = (body: Buffer): SubscribeEventsRequest | undefined => {
  if (body.length < frameHead || body[0] !== 0 || body.readUInt32BE(1) !== body.length - frameHead) return undefined
  try {
    // Unknown fields aren't kept: nobody has signed them.
    return fromBinary(SubscribeEventsRequestSchema, body.subarray(frameHead), { readUnknownFields: false })
  } catch {
    return undefined
  }
}

/** One stream on its response. */
class Carried implements Outlet {
  readonly #response: ServerResponse
  readonly #form: Form
  readonly #options: FastStreamsOptions
  stream: OpenStream | undefined

  constructor(response: ServerResponse, form: Form, options: FastStreamsOptions) {
    this.#response = response
    this.#form = form
    this.#options = options
  }

  write(event: SignedEvent): boolean {
    const response = this.#response
    if (!response.headersSent) this.#begin()
    if (response.write(frameOf(event))) return true
    response.once("drain", () => this.stream?.goOn())
    return false
  }

  end(ending: Ending, place: RefusedAt): void {
    this.stream = undefined
    if (this.#response.destroyed || this.#response.writableEnded) return
    if (!this.#response.headersSent) this.#begin()
    this.#form.end(this.#response, this.#options.errorOf(ending, place))
  }

  #begin(): void {
    this.#response.writeHead(200, { ...this.#options.headers, "content-type": this.#form.contentType })
  }
}

/** Reads the one message of a request, and lets go of the request then. */
const read = (
  request: IncomingMessage,
  maxBytes: number,
  done: (parts: ReadonlyArray<Buffer>, isWhole: boolean) => void
): void => {
  const parts: Array<Buffer> = []
  let size = 0
  const stop = (isWhole: boolean) => {
    request.off("data", onData).off("end", onEnd)
    if (!isWhole) request.pause()
    done(parts, isWhole)
  }
  const onEnd = () => stop(true)
  const onData = (part: Buffer) => {
    parts.push(part)
    size += part.length
    if (size > maxBytes) stop(false)
  }
  request.on("data", onData).on("end", onEnd)
}

/** Over HTTP/2 a stream that breaks off still ends its body, after it was destroyed. */
const isBroken = (request: IncomingMessage, response: ServerResponse): boolean => {
  const { stream } = request as { readonly stream?: { readonly destroyed: boolean; readonly aborted: boolean } }
  return request.destroyed || response.destroyed || stream?.destroyed === true || stream?.aborted === true
}

/** Returns whether it takes a request. One that it doesn't take is as it was. */
export const make =
  (options: FastStreamsOptions): ((request: IncomingMessage, response: ServerResponse) => boolean) =>
  (request, response) => {
    const form = request.method === "POST" && request.url === path ? formOf(request) : undefined
    if (form === undefined) return false
    read(request, options.maxBytes, (parts, isWhole) => {
      if (isWhole && isBroken(request, response)) return
      const [only] = parts
      const body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
      const message = isWhole ? messageIn(body) : undefined
      if (message === undefined) {
        options.slow(request, response, { parts, isWhole })
        return
      }
      const carried = new Carried(response, form, options)
      const stream = options.open(message, request, carried)
      carried.stream = stream
      response.once("close", () => stream.close())
    })
    return true
  }
