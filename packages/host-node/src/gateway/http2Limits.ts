/**
 * Time limits of HTTP/2, of which Node has none: a request has to come whole within a time, a peer that is gone is
 * noticed, and a connection that nobody uses is closed. What HTTP/1.1 has for the same comes with Node's server.
 */
import * as http2 from "node:http2"
import { keepAlive } from "../push/keepAlive.ts"

export interface Http2Limits {
  /** For the whole of a request, from its head to its last byte. */
  readonly requestMs: number
  /** A connection without an open request is closed after this. */
  readonly http2IdleMs: number
  /** How often a peer is asked whether it is there, and how long it may take to answer. */
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
}

/** Clients open a new connection by themselves: "no more requests here" lets what runs end. */
const closeIdle = (session: http2.ServerHttp2Session, idleMs: number) => {
  let open = 0
  const close = () => {
    if (!session.closed) session.close()
  }
  let idle = setTimeout(close, idleMs)
  session.on("stream", (stream) => {
    open += 1
    clearTimeout(idle)
    stream.once("close", () => {
      open -= 1
      if (open === 0 && !session.destroyed) idle = setTimeout(close, idleMs)
    })
  })
  session.once("close", () => {
    clearTimeout(idle)
  })
}

const cutSlow = (stream: http2.ServerHttp2Stream, requestMs: number) => {
  const late = setTimeout(() => {
    stream.close(http2.constants.NGHTTP2_CANCEL)
  }, requestMs)
  const done = () => {
    clearTimeout(late)
  }
  stream.once("end", done)
  stream.once("close", done)
}

export const limit = (session: http2.ServerHttp2Session, limits: Http2Limits): void => {
  keepAlive(session, limits.pingIntervalMs, limits.pingTimeoutMs)
  closeIdle(session, limits.http2IdleMs)
  session.on("stream", (stream) => {
    if (!stream.readableEnded) cutSlow(stream, limits.requestMs)
  })
}
