/**
 * Subscriptions in the forms that clients use most, without the library: gRPC over HTTP/2 and Connect's streams, in protobuf,
 * uncompressed. Those that come with their first bytes over HTTP/2 don't even get here (`subscriptionStream.ts`).
 *
 * Whatever else comes, or turns out to be malformed or too large while it is read, is handed on to the library together with
 * what was read of it, which serves it with the same streams.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import type { ConnectError } from "@connectrpc/connect"
import type { SubscribeEventsRequest } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { OpenStream, Outlet, StreamEnd } from "@galaxy/edge/hub/Outlet"
import type { SignedEvent } from "@galaxy/edge/hub/signing"
import type { RefusedAt } from "@galaxy/edge/Refusal"
import { frameOf } from "./eventFrame.ts"
import type { ReadSoFar } from "./fastUnary.ts"
import { isBroken, isGone } from "./isBroken.ts"
import { joined } from "./joined.ts"
import { type SubscriptionForm, subscriptionFormOf, subscriptionIn, subscriptionPath } from "./subscriptionForms.ts"

/** What the fast way needs. */
export interface FastStreamsOptions {
  /** Bytes of a body that are kept; a longer one is the library's. */
  readonly maxBytes: number
  /** Opens the stream of a message that was read. */
  readonly open: (message: SubscribeEventsRequest, from: IncomingMessage, outlet: Outlet) => OpenStream
  readonly errorOf: (ending: StreamEnd, place: RefusedAt) => ConnectError
  /** Headers of every stream. */
  readonly headers: Readonly<Record<string, string>>
  /** Takes what isn't served here. */
  readonly slow: (request: IncomingMessage, response: ServerResponse, read: ReadSoFar) => void
}

/** One stream on its response. */
class ResponseOutlet implements Outlet {
  readonly #response: ServerResponse
  readonly #form: SubscriptionForm
  readonly #options: FastStreamsOptions
  stream: OpenStream | undefined

  constructor(response: ServerResponse, form: SubscriptionForm, options: FastStreamsOptions) {
    this.#response = response
    this.#form = form
    this.#options = options
  }

  write(event: SignedEvent): boolean {
    const response = this.#response
    // Its client has left, and word of that is on its way.
    if (isGone(response)) return false
    if (!response.headersSent) this.#begin()
    if (response.write(frameOf(event))) return true
    response.once("drain", () => this.stream?.goOn())
    return false
  }

  end(ending: StreamEnd, place: RefusedAt): void {
    this.stream = undefined
    const response = this.#response
    if (isGone(response) || response.writableEnded) return
    if (!response.headersSent) this.#begin()
    const { body, trailers } = this.#form.tail(this.#options.errorOf(ending, place))
    if (trailers !== undefined) response.addTrailers(trailers)
    // Together with the end they would end the stream, and no trailers would be sent.
    response.flushHeaders()
    if (body === undefined) response.end()
    else response.end(body)
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

/** Returns whether it takes a request. One that it doesn't take is as it was. */
export const make =
  (options: FastStreamsOptions): ((request: IncomingMessage, response: ServerResponse) => boolean) =>
  (request, response) => {
    const isSubscription = request.method === "POST" && request.url === subscriptionPath
    const form = isSubscription ? subscriptionFormOf(request.headers, request.httpVersionMajor) : undefined
    if (form === undefined) return false
    read(request, options.maxBytes, (parts, isWhole) => {
      if (isWhole && isBroken(request, response)) return
      const message = isWhole ? subscriptionIn(joined(parts)) : undefined
      if (message === undefined) {
        options.slow(request, response, { parts, isWhole })
        return
      }
      const carried = new ResponseOutlet(response, form, options)
      const stream = options.open(message, request, carried)
      carried.stream = stream
      response.once("close", () => stream.close())
    })
    return true
  }
