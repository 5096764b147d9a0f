/**
 * Time limits of HTTP/2, which Node doesn't have: a request must arrive within a time, a peer that is gone is noticed,
 * and an unused connection is closed. For HTTP/1.1 Node's server brings the same.
 */
import * as http2 from "node:http2"
import { keepAlive } from "../push/keepAlive.ts"

/** The limits, in milliseconds. */
export interface Http2Limits {
  /** For the whole of a request, from its head to its last byte. */
  readonly requestMs: number
  /** A connection without an open request is closed after this. */
  readonly http2IdleMs: number
  /** How often a peer is pinged, and how long it may take to answer. */
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
}

/** Announces that the connection ends and lets open requests finish; clients open a new one by themselves. */
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

/** Applies the limits to a new session, before its first stream. */
export const limit = (session: http2.ServerHttp2Session, limits: Http2Limits): void => {
  keepAlive(session, limits.pingIntervalMs, limits.pingTimeoutMs)
  closeIdle(session, limits.http2IdleMs)
  session.on("stream", (stream) => {
    if (!stream.readableEnded) cutSlow(stream, limits.requestMs)
  })
}
