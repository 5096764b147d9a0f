/**
 * A stream of HTTP/2 that was let in, before Node makes a request and a response of it: whoever takes it as it is keeps the same
 * bounds with less around them.
 */
import type * as http2 from "node:http2"
import type { Peer } from "@galaxy/edge/Envelope"
import type { Answers } from "./Answers.ts"
import type { Bodies, Body } from "./Bodies.ts"
import * as outgoing from "./outgoing.ts"
import { bytesOfPiece } from "./pieces.ts"

/** What the admission knows of the stream, and does with it. */
export interface StreamParts {
  readonly stream: http2.ServerHttp2Stream
  readonly peer: Peer
  /** Whose bounds it counts for. */
  readonly holder: string | undefined
  readonly bodies: Bodies
  readonly answers: Answers
  /** Its request is complete. */
  readonly whole: () => void
  /** Ends the stream from our side. */
  readonly cut: () => void
  /** Bounds what its client doesn't take of a large answer. */
  readonly follow: () => void
  /** Makes a request and a response of it. */
  readonly usual: () => void
}

/** Takes a stream before its request is made, or returns false. */
export type TakesStream = (
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
  admitted: AdmittedStream
) => boolean

const nothing = () => undefined

/** One stream, in the hands of whoever has taken it. */
export class AdmittedStream {
  readonly #parts: StreamParts

  constructor(parts: StreamParts) {
    this.#parts = parts
  }

  get peer(): Peer {
    return this.#parts.peer
  }

  /** Begins to count the body, which isn't compressed. If it has to wait, the stream must be given back. */
  openBody(): Body {
    const { bodies, cut, holder } = this.#parts
    return bodies.open(holder, { endless: false, compressed: false }, { cut, goOn: nothing })
  }

  /** The request has arrived completely. */
  whole(): void {
    this.#parts.whole()
  }

  /** Gives the stream back, to be read as others are. What was read of it must have been put back. */
  giveBack(): void {
    this.#parts.usual()
  }

  /** Writes all of an answer whose head was sent, and ends the stream. */
  end(body: Uint8Array): void {
    const { answers, cut, follow, holder, stream } = this.#parts
    if (body.length > bytesOfPiece) {
      follow()
      stream.end(body)
      return
    }
    const sent = answers.open(holder, outgoing.ofSmall(stream, cut))
    stream.end(body)
    sent.changed()
    stream.once("close", sent.closed)
  }
}
