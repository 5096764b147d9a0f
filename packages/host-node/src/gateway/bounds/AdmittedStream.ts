/**
 * A stream of HTTP/2 that was let in, before Node makes a request and a response of it: whoever takes it as it is keeps the same
 * bounds with less around them.
 *
 * There is one of these for each open stream, and nothing else of the admission's. Its head is let go as soon as its request was
 * read.
 */
import * as http2 from "node:http2"
import type { Peer } from "@galaxy/edge/Envelope"
import type { Connection } from "../source/Sources.ts"
import type { Answer, Answers, Outgoing } from "./Answers.ts"
import type { Bodies, Body } from "./Bodies.ts"
import type { Place } from "./Places.ts"
import { bytesOfPiece } from "./pieces.ts"
import type { Occupant } from "./Room.ts"

/** What the admission does for its streams. */
export interface StreamHost {
  readonly bodies: Bodies
  readonly answers: Answers
  /** Ends a stream from our side. */
  readonly end: (stream: http2.ServerHttp2Stream, code: number) => void
  /** Bounds what its client doesn't take of an answer of any size. */
  readonly follow: (admitted: AdmittedStream) => void
  /** The stream is closed. */
  readonly closed: (admitted: AdmittedStream) => void
}

/** Whose stream it is. */
export interface StreamOrigin {
  readonly stream: http2.ServerHttp2Stream
  readonly session: http2.Http2Session
  readonly connection: Connection
  readonly place: Place | undefined
  readonly peer: Peer
  /** Whose bounds it counts for. */
  readonly holder: string | undefined
}

/** Takes a stream before its request is made, or returns false. */
export type TakesStream = (
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
  admitted: AdmittedStream
) => boolean

const nothing = () => undefined

/** One stream, in the hands of whoever has taken it. */
export class AdmittedStream implements Occupant, Outgoing {
  /** Somebody listens to its failures already. */
  readonly stream: http2.ServerHttp2Stream
  readonly session: http2.Http2Session
  readonly connection: Connection
  readonly place: Place | undefined
  readonly peer: Peer
  readonly holder: string | undefined
  readonly #host: StreamHost
  /** Whether it takes room for a request. */
  hasRoom = false
  #usual: (() => void) | undefined
  #isWhole = false
  #answer: Answer | undefined
  #written = 0

  constructor(host: StreamHost, { connection, holder, peer, place, session, stream }: StreamOrigin) {
    this.#host = host
    this.stream = stream
    this.session = session
    this.connection = connection
    this.place = place
    this.peer = peer
    this.holder = holder
    stream.on("close", this.#onClose)
  }

  readonly #onClose = (): void => {
    this.#answer?.closed()
    this.whole()
    this.#host.closed(this)
  }

  worth(): number {
    return this.peer.connection?.verifiedAt === undefined ? 0 : 1
  }

  /** Ends the stream from our side: it has no room any more. */
  cut(): void {
    this.#host.end(this.stream, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }

  /** Goes on with it by whoever takes it; `usual` makes a request and a response of it. */
  takenBy(usual: () => void, takes: () => boolean): void {
    this.#usual = usual
    if (!takes()) this.giveBack()
  }

  /** Begins to count the body, which isn't compressed. If it has to wait, the stream must be given back. */
  openBody(): Body {
    const cut = () => this.cut()
    return this.#host.bodies.open(this.holder, { endless: false, compressed: false }, { cut, goOn: nothing })
  }

  /** The request has arrived completely. It can't be given back any more. */
  whole(): void {
    this.#usual = undefined
    if (this.#isWhole) return
    this.#isWhole = true
    this.place?.whole()
  }

  /** Gives the stream back, to be read as others are. What was read of it must have been put back. */
  giveBack(): void {
    const usual = this.#usual
    this.#usual = undefined
    usual?.()
  }

  /** Writes a part of an answer whose head was sent; false where the client is slower. */
  write(part: Uint8Array): boolean {
    const { stream } = this
    let isFast = true
    // A large part leaves in pieces, so that progress shows.
    for (let at = 0; at < part.length; at += bytesOfPiece) isFast = stream.write(part.subarray(at, at + bytesOfPiece))
    this.#changed(part.length)
    return isFast
  }

  /** Ends the stream, after what was written. */
  finish(): void {
    this.stream.end()
    this.#changed(0)
  }

  /** Writes all of an answer whose head was sent, and ends the stream. */
  end(body: Uint8Array): void {
    if (body.length > bytesOfPiece) {
      this.#host.follow(this)
      this.stream.end(body)
      return
    }
    this.stream.end(body)
    this.#changed(body.length)
  }

  #changed(written: number): void {
    this.#written += written
    this.#answer ??= this.#host.answers.open(this.holder, this)
    this.#answer.changed()
  }

  unsent(): number {
    return this.stream.writableLength
  }

  isWaiting(): boolean {
    const { stream } = this
    return stream.writableLength > 0 || (stream.writableEnded && !stream.writableFinished)
  }

  hasTurn(): boolean {
    return true
  }

  /** Bytes that have left, and the end. */
  pieces(): number {
    return this.#written - this.stream.writableLength + (this.stream.writableFinished ? 1 : 0)
  }
}
