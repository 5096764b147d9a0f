/**
 * Subscriptions that come with their first bytes over HTTP/2, read and served on the stream itself: Node's request and response
 * around it would take more memory than all else of an open stream.
 *
 * Whatever else comes is put back and given back as if nobody had looked: a message in several parts, one that is malformed or
 * compressed, a body that has to wait for its turn, an address that may not try.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2"
import type { ConnectError } from "@connectrpc/connect"
import type { SubscribeEventsRequest } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { Peer } from "@galaxy/edge/Envelope"
import type { OpenStream, Outlet, StreamEnd } from "@galaxy/edge/hub/Outlet"
import type { SignedEvent } from "@galaxy/edge/hub/signing"
import type { RefusedAt } from "@galaxy/edge/Refusal"
import type { AdmittedStream, TakesStream } from "./bounds/AdmittedStream.ts"
import type { Body } from "./bounds/Bodies.ts"
import { frameOf } from "./eventFrame.ts"
import { type Form, formOf, subscriptionIn, subscriptionPath } from "./subscriptionForms.ts"

/** Where a subscription comes from. */
export interface SubscriptionSource {
  readonly peer: Peer
  readonly body: Body
  readonly stream: ServerHttp2Stream
}

/** What the way on streams needs. */
export interface SubscriptionStreamOptions {
  /** Whether a request to this authority is answered here. */
  readonly takesHost: (authority: string) => boolean
  /** Step 0 of wire.md: whether the address may try. */
  readonly mayTry: (peer: Peer) => boolean
  /** Opens the stream of a message that was read. */
  readonly open: (message: SubscribeEventsRequest, from: SubscriptionSource, outlet: Outlet) => OpenStream
  readonly errorOf: (ending: StreamEnd, place: RefusedAt) => ConnectError
  /** Headers of every stream. */
  readonly headers: Readonly<Record<string, string>>
}

/** One stream, once its message was read. */
class Carried implements Outlet {
  readonly #admitted: AdmittedStream
  readonly #form: Form
  readonly #options: SubscriptionStreamOptions
  /** Counts until the stream has begun, or has ended before. */
  #body: Body | undefined
  #stream: OpenStream | undefined
  #hasBegun = false

  constructor(admitted: AdmittedStream, form: Form, body: Body, options: SubscriptionStreamOptions) {
    this.#admitted = admitted
    this.#form = form
    this.#body = body
    this.#options = options
  }

  open(message: SubscribeEventsRequest, body: Body): void {
    const { peer, stream } = this.#admitted
    stream.on("close", this.#onClose)
    this.#stream = this.#options.open(message, { peer, body, stream }, this)
  }

  write(event: SignedEvent): boolean {
    const { stream } = this.#admitted
    // Its client has left, and word of that is on its way.
    if (stream.destroyed || stream.closed) return false
    if (!this.#hasBegun) this.#begin(stream)
    if (this.#admitted.write(frameOf(event))) return true
    stream.once("drain", () => this.#stream?.goOn())
    return false
  }

  end(ending: StreamEnd, place: RefusedAt): void {
    const { stream } = this.#admitted
    if (stream.destroyed || stream.closed) return
    const { body, trailers } = this.#form.tail(this.#options.errorOf(ending, place))
    if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers))
    if (!this.#hasBegun) this.#begin(stream)
    if (body !== undefined) this.#admitted.write(body)
    this.#admitted.finish()
  }

  readonly #onClose = (): void => {
    this.#over()
    this.#stream?.close()
  }

  #over(): void {
    this.#body?.closed()
    this.#body = undefined
  }

  #begin(stream: ServerHttp2Stream): void {
    const { contentType, hasTrailers } = this.#form
    stream.respond(
      { ":status": 200, ...this.#options.headers, "content-type": contentType },
      { waitForTrailers: hasTrailers }
    )
    this.#hasBegun = true
    this.#over()
  }
}

/** One subscription from its head to its message. */
class Reading {
  readonly #form: Form
  readonly #stream: ServerHttp2Stream
  readonly #admitted: AdmittedStream
  readonly #options: SubscriptionStreamOptions
  #first: Buffer | undefined
  #message: SubscribeEventsRequest | undefined
  #body: Body | undefined

  constructor(form: Form, admitted: AdmittedStream, options: SubscriptionStreamOptions) {
    this.#form = form
    this.#stream = admitted.stream
    this.#admitted = admitted
    this.#options = options
    this.#stream.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose)
  }

  readonly #onData = (part: Buffer): void => {
    if (this.#first !== undefined) {
      this.#giveBack(Buffer.concat([this.#first, part]))
      return
    }
    this.#first = part
    this.#body = this.#admitted.openBody()
    this.#body.arrived(part.length)
    const isUsual = !this.#body.waits() && this.#options.mayTry(this.#admitted.peer)
    this.#message = isUsual ? subscriptionIn(part) : undefined
    if (this.#message === undefined) this.#giveBack(part)
  }

  readonly #onEnd = (): void => {
    const stream = this.#stream
    // Over HTTP/2 a stream that breaks off still ends its body, after it was destroyed.
    if (stream.destroyed || stream.closed || stream.aborted) return
    if (this.#message === undefined || this.#body === undefined) {
      this.#giveBack(undefined)
      // Its end has been told already, and whoever reads it now has to hear of it.
      stream.emit("end")
      return
    }
    this.#body.ended()
    // Its address had too much open, and it was this that had to go.
    if (stream.closed) return
    this.#stop()
    this.#admitted.whole()
    new Carried(this.#admitted, this.#form, this.#body, this.#options).open(this.#message, this.#body)
  }

  readonly #onClose = (): void => this.#body?.closed()

  #stop(): void {
    this.#stream.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose)
  }

  /** Others go on with it from its beginning. */
  #giveBack(read: Buffer | undefined): void {
    const stream = this.#stream
    this.#stop()
    this.#body?.closed()
    stream.pause()
    if (read !== undefined) stream.unshift(read)
    this.#admitted.giveBack()
    stream.resume()
  }
}

/** Takes the streams of usual subscriptions. */
export const make =
  (options: SubscriptionStreamOptions): TakesStream =>
  (stream, headers, admitted) => {
    const form = stream.readableEnded ? undefined : usualOf(headers)
    const { ":authority": authority } = headers
    if (form === undefined || authority === undefined) return false
    // A head that names its host twice is for whoever says what is wrong with it, and a page's for whoever knows its origin.
    if (headers.host !== undefined || headers.origin !== undefined) return false
    // Node asks for the body of whoever waits to be asked.
    if (headers.expect !== undefined) return false
    if (!options.takesHost(authority)) return false
    // It lives as long as the listeners that it adds.
    void new Reading(form, admitted, options)
    return true
  }

const usualOf = (headers: IncomingHttpHeaders): Form | undefined =>
  headers[":method"] === "POST" && headers[":path"] === subscriptionPath ? formOf(headers, 2) : undefined
