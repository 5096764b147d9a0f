/**
 * Subscriptions that come with their first bytes over HTTP/2, read and served on the stream itself: Node's request and response
 * around it would take more memory than all else of an open stream.
 *
 * What isn't usual goes on by others (`MessageReading`).
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2"
import type { ConnectError } from "@connectrpc/connect"
import type { SubscribeEventsRequest } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { OpenStream, Outlet, StreamEnd } from "@galaxy/edge/hub/Outlet"
import type { SignedEvent } from "@galaxy/edge/hub/signing"
import type { RefusedAt } from "@galaxy/edge/Refusal"
import type { AdmittedStream, TakesStream } from "./bounds/AdmittedStream.ts"
import type { Body } from "./bounds/Bodies.ts"
import { frameOf } from "./eventFrame.ts"
import { isReadable, MessageReading, type MessageReadingOptions, type MessageSource } from "./MessageReading.ts"
import { type SubscriptionForm, subscriptionFormOf, subscriptionIn, subscriptionPath } from "./subscriptionForms.ts"

/** What the way on streams needs. */
export interface SubscriptionStreamOptions extends MessageReadingOptions {
  /** Opens the stream of a message that was read. */
  readonly open: (message: SubscribeEventsRequest, from: MessageSource, outlet: Outlet) => OpenStream
  readonly errorOf: (ending: StreamEnd, place: RefusedAt) => ConnectError
  /** Headers of every stream. */
  readonly headers: Readonly<Record<string, string>>
}

/** One stream, once its message was read. */
class StreamOutlet implements Outlet {
  readonly #admitted: AdmittedStream
  readonly #form: SubscriptionForm
  readonly #options: SubscriptionStreamOptions
  /** Counts until the stream has begun, or has ended before. */
  #body: Body | undefined
  #stream: OpenStream | undefined
  #hasBegun = false

  constructor(admitted: AdmittedStream, form: SubscriptionForm, options: SubscriptionStreamOptions) {
    this.#admitted = admitted
    this.#form = form
    this.#options = options
  }

  open(message: SubscribeEventsRequest, from: MessageSource): void {
    this.#body = from.body
    from.stream.on("close", this.#onClose)
    this.#stream = this.#options.open(message, from, this)
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
class Reading extends MessageReading<SubscribeEventsRequest> {
  readonly #form: SubscriptionForm
  readonly #options: SubscriptionStreamOptions

  constructor(form: SubscriptionForm, admitted: AdmittedStream, options: SubscriptionStreamOptions) {
    super(admitted, options)
    this.#form = form
    this.#options = options
  }

  protected messageIn(body: Buffer): SubscribeEventsRequest | undefined {
    return subscriptionIn(body)
  }

  /** Nothing is left of the reading while the stream is open. */
  protected begin(message: SubscribeEventsRequest, from: MessageSource): void {
    this.stop()
    new StreamOutlet(this.admitted, this.#form, this.#options).open(message, from)
  }

  protected givingBack(): void {}

  protected closed(): void {}
}

/** Takes the streams of usual subscriptions. */
export const make =
  (options: SubscriptionStreamOptions): TakesStream =>
  (stream, headers, admitted) => {
    const form = isReadable(stream, headers, options) ? usualOf(headers) : undefined
    if (form === undefined) return false
    void new Reading(form, admitted, options)
    return true
  }

const usualOf = (headers: IncomingHttpHeaders): SubscriptionForm | undefined =>
  headers[":method"] === "POST" && headers[":path"] === subscriptionPath ? subscriptionFormOf(headers, 2) : undefined
