/**
 * Time limits of HTTP/2, which Node doesn't have: a request must arrive within a time, a peer that is gone is noticed,
 * and an unused connection is closed. For HTTP/1.1 Node's server brings the same.
 *
 * One timer looks at all connections, because timers of their own would take more memory than an open stream. Time is counted in
 * its looks, so a process that stood still cuts off nobody for that.
 */
import * as http2 from "node:http2"
import { askPeer, cutOff } from "../push/keepAlive.ts"
import { sharedListener } from "./sharedListener.ts"

/** The limits, in milliseconds. */
export interface Http2Times {
  /** For the whole of a request, from its head to its last byte. */
  readonly requestMs: number
  /** A connection without an open request is closed after this. */
  readonly http2IdleMs: number
  /** How often a peer is pinged, and how long it may take to answer. */
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
}

/** A limit is kept to an eighth of it, and never better than to this. */
const shortestLookMs = 5
const longestLookMs = 1_000

/** One connection; times are looks. */
class Watched {
  open = 0
  idle = 0
  sincePing = 0
  isAsked = false
}

/** The HTTP/2 connections of one listener. */
export class Http2Limits {
  readonly #lookMs: number
  readonly #times: Http2Times
  readonly #sessions = new Map<http2.Http2Session, Watched>()
  readonly #streams = new Map<http2.ServerHttp2Stream, Watched>()
  /** Requests that aren't complete, and for how many looks. */
  readonly #arriving = new Map<http2.ServerHttp2Stream, number>()
  #looking: NodeJS.Timeout | undefined

  constructor({ http2IdleMs, pingIntervalMs, pingTimeoutMs, requestMs }: Http2Times) {
    const shortest = Math.min(http2IdleMs, pingIntervalMs, pingTimeoutMs, requestMs)
    this.#lookMs = Math.max(shortestLookMs, Math.min(longestLookMs, shortest / 8))
    const looks = (ms: number) => Math.max(1, Math.ceil(ms / this.#lookMs))
    this.#times = {
      http2IdleMs: looks(http2IdleMs),
      pingIntervalMs: looks(pingIntervalMs),
      pingTimeoutMs: looks(pingTimeoutMs),
      requestMs: looks(requestMs)
    }
  }

  /** Connections that are open. */
  get sessions(): Iterable<http2.Http2Session> {
    return this.#sessions.keys()
  }

  /** A new connection, before its first stream. */
  watch(session: http2.Http2Session): void {
    this.#sessions.set(session, new Watched())
    session.on("close", this.#onSessionClose)
    this.#looking ??= setInterval(() => this.#look(), this.#lookMs).unref()
  }

  /** A new stream of a connection. */
  readonly stream = (stream: http2.ServerHttp2Stream): void => {
    const watched = stream.session === undefined ? undefined : this.#sessions.get(stream.session)
    if (watched === undefined) return
    watched.open += 1
    this.#streams.set(stream, watched)
    if (!stream.readableEnded) this.#arriving.set(stream, 0)
    stream.on("close", this.#onStreamClose)
  }

  readonly #onSessionClose = sharedListener((session: http2.Http2Session) => {
    this.#sessions.delete(session)
    if (this.#sessions.size > 0) return
    clearInterval(this.#looking)
    this.#looking = undefined
  })

  readonly #onStreamClose = sharedListener((stream: http2.ServerHttp2Stream) => {
    const watched = this.#streams.get(stream)
    this.#streams.delete(stream)
    this.#arriving.delete(stream)
    if (watched === undefined) return
    watched.open -= 1
    watched.idle = 0
  })

  #look(): void {
    for (const [stream, looked] of this.#arriving) {
      if (stream.readableEnded) this.#arriving.delete(stream)
      else if (looked < this.#times.requestMs) this.#arriving.set(stream, looked + 1)
      else {
        this.#arriving.delete(stream)
        stream.close(http2.constants.NGHTTP2_CANCEL)
      }
    }
    for (const [session, watched] of this.#sessions) {
      if (session.destroyed) continue
      this.#closeIdle(session, watched)
      this.#ping(session, watched)
    }
  }

  /** Announces that the connection ends and lets open requests finish; clients open a new one by themselves. */
  #closeIdle(session: http2.Http2Session, watched: Watched): void {
    if (watched.open > 0 || session.closed) return
    watched.idle += 1
    if (watched.idle > this.#times.http2IdleMs) session.close()
  }

  #ping(session: http2.Http2Session, watched: Watched): void {
    watched.sincePing += 1
    const { pingIntervalMs, pingTimeoutMs } = this.#times
    if (watched.isAsked) {
      if (watched.sincePing > pingTimeoutMs) cutOff(session)
      return
    }
    if (watched.sincePing < pingIntervalMs) return
    watched.isAsked = true
    watched.sincePing = 0
    askPeer(session, () => {
      watched.isAsked = false
    })
  }
}
