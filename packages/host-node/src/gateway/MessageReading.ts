/**
 * The message of a request that comes in one part over HTTP/2, read on its stream before Node makes a request of it.
 *
 * Whatever else comes is put back and given back as if nobody had looked: a message in several parts, one that can't be read
 * here, a body that has to wait for its turn, an address that may not try.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2"
import type { Peer } from "@galaxy/edge/Envelope"
import type { AdmittedStream } from "./bounds/AdmittedStream.ts"
import type { Body } from "./bounds/Bodies.ts"

/** Who may be read here. */
export interface MessageReadingOptions {
  /** Whether a request to this authority is answered here. */
  readonly takesHost: (authority: string) => boolean
  /** Step 0 of wire.md: whether the address may try. */
  readonly mayTry: (peer: Peer) => boolean
}

/** Where a message comes from. */
export interface MessageSource {
  readonly peer: Peer
  readonly body: Body
  readonly stream: ServerHttp2Stream
}

/** Whether a request with this head can be read on its stream, whatever it asks for. */
export const isReadable = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { takesHost }: MessageReadingOptions
): boolean => {
  const { ":authority": authority, expect, host, origin } = headers
  if (stream.readableEnded || authority === undefined) return false
  // A head that names its host twice is for whoever says what is wrong with it, and a page's for whoever knows its origin.
  if (host !== undefined || origin !== undefined) return false
  // Node asks for the body of whoever waits to be asked.
  return expect === undefined && takesHost(authority)
}

/** One request from its head to its message. It lives as long as the listeners that it adds. */
export abstract class MessageReading<M> {
  protected readonly stream: ServerHttp2Stream
  protected readonly admitted: AdmittedStream
  readonly #mayTry: (peer: Peer) => boolean
  #first: Buffer | undefined
  #message: M | undefined
  #body: Body | undefined

  constructor(admitted: AdmittedStream, { mayTry }: MessageReadingOptions) {
    this.admitted = admitted
    this.stream = admitted.stream
    this.#mayTry = mayTry
    this.stream.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose)
  }

  /** The message in a whole body; undefined where that isn't exactly one of the usual form. */
  protected abstract messageIn(body: Buffer): M | undefined

  /** The request is there completely. It can't be given back any more. */
  protected abstract begin(message: M, from: MessageSource): void

  /** Called before others go on with it. */
  protected abstract givingBack(): void

  /** The stream is closed. */
  protected abstract closed(): void

  readonly #onData = (part: Buffer): void => {
    if (this.#first !== undefined) {
      this.#giveBack(Buffer.concat([this.#first, part]))
      return
    }
    this.#first = part
    this.#body = this.admitted.openBody()
    this.#body.arrived(part.length)
    const isUsual = !this.#body.waits() && this.#mayTry(this.admitted.peer)
    this.#message = isUsual ? this.messageIn(part) : undefined
    if (this.#message === undefined) this.#giveBack(part)
  }

  readonly #onEnd = (): void => {
    const { stream } = this
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
    this.admitted.whole()
    this.begin(this.#message, { peer: this.admitted.peer, body: this.#body, stream })
  }

  readonly #onClose = (): void => {
    this.#body?.closed()
    this.closed()
  }

  /** Nothing more is heard of the stream here. */
  protected stop(): void {
    this.stream.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose)
  }

  /** Others go on with it from its beginning. */
  protected giveBack(): void {
    this.#giveBack(this.#first)
  }

  #giveBack(read: Buffer | undefined): void {
    const { stream } = this
    this.stop()
    this.#body?.closed()
    stream.pause()
    if (read !== undefined) stream.unshift(read)
    this.givingBack()
    this.admitted.giveBack()
    stream.resume()
  }
}
