/**
 * One port for HTTP/1.1 and HTTP/2: plain with prior knowledge, or TLS with ALPN.
 *
 * On a plain port the first three bytes tell: an HTTP/2 client begins with "PRI". Connections that say nothing, requests that
 * trickle in and too many connections at once are cut off.
 */
import * as http from "node:http"
import * as http2 from "node:http2"
import * as net from "node:net"
import type { AddressInfo } from "node:net"
import type * as tls from "node:tls"
import { Effect, Schema, type Scope } from "effect"
import { answerClientErrors } from "../http/clientErrors.ts"
import { limit } from "./http2Limits.ts"

export interface Tls {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

export interface ListenerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly tls?: Tls | undefined
  readonly maxConnections: number
  readonly times?: Partial<Times> | undefined
}

/** How long a client may take, in milliseconds. */
export interface Times {
  /** Until a connection says what it speaks, or is encrypted. */
  readonly firstBytesMs: number
  /** For the head of a request over HTTP/1.1. */
  readonly headersMs: number
  /** For a whole request. */
  readonly requestMs: number
  /** A connection without a request is closed after this, one of HTTP/2 later: it may carry many. */
  readonly idleMs: number
  readonly http2IdleMs: number
  /** How often the peer of an HTTP/2 connection is asked whether it is there, and how long it may take to answer. */
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
}

const usualTimes: Times = {
  firstBytesMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 65_000,
  http2IdleMs: 300_000,
  pingIntervalMs: 30_000,
  pingTimeoutMs: 20_000
}

/** The address can't be listened on. */
export class ListenerUnavailable extends Schema.TaggedError<ListenerUnavailable>()("ListenerUnavailable", {
  message: Schema.String
}) {}

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

const drainMs = 1_500

const http2Settings: http2.ServerOptions = {
  settings: { maxConcurrentStreams: 128 },
  maxSessionMemory: 16
}

const http1Settings = (times: Times): http.ServerOptions => ({
  headersTimeout: Math.min(times.headersMs, times.requestMs),
  requestTimeout: times.requestMs,
  // How exactly the two above are kept.
  connectionsCheckingInterval: Math.ceil(times.headersMs / 4),
  keepAliveTimeout: times.idleMs,
  // Who answers says what is wrong with one that names no host.
  requireHostHeader: false,
  maxHeaderSize: 32 * 1024
})

interface Parts {
  readonly server: net.Server
  readonly sockets: Set<net.Socket>
  readonly sessions: Set<http2.ServerHttp2Session>
  readonly http1: Http1Connections
}

/** HTTP/1.1 connections: at the end an idle one closes at once, a busy one after what it is busy with. */
class Http1Connections {
  readonly #open = new Set<net.Socket>()
  readonly #running = new Map<net.Socket, number>()
  #draining = false

  add(socket: net.Socket): void {
    this.#open.add(socket)
    socket.once("close", () => {
      this.#open.delete(socket)
      this.#running.delete(socket)
    })
  }

  /** It speaks something else. */
  forget(socket: net.Socket): void {
    this.#open.delete(socket)
  }

  /** Counts what runs; pipelined requests run side by side. */
  readonly watch =
    (handler: Handler): Handler =>
    (request, response) => {
      const { socket } = request
      if (this.#open.has(socket)) {
        this.#running.set(socket, (this.#running.get(socket) ?? 0) + 1)
        response.once("close", () => {
          this.#done(socket)
        })
      }
      handler(request, response)
    }

  #done(socket: net.Socket): void {
    const left = (this.#running.get(socket) ?? 1) - 1
    if (left > 0) {
      this.#running.set(socket, left)
      return
    }
    this.#running.delete(socket)
    if (this.#draining) socket.end()
  }

  drain(): void {
    this.#draining = true
    for (const socket of this.#open) if (!this.#running.has(socket)) socket.end()
  }
}

/** Hands a fresh plain connection to the protocol that its first bytes are of. */
const sniff =
  (h1: http.Server, h2: http2.Http2Server, http1: Http1Connections, times: Times) => (socket: net.Socket) => {
    let head = Buffer.alloc(0)
    http1.add(socket)
    const silent = setTimeout(() => socket.destroy(), times.firstBytesMs)
    const cut = () => {
      clearTimeout(silent)
      socket.destroy()
    }
    const onData = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      if (head.length < 3) return
      clearTimeout(silent)
      socket.off("data", onData)
      socket.off("error", cut)
      socket.off("close", cut)
      socket.pause()
      socket.unshift(head)
      const target = head.toString("latin1", 0, 3) === "PRI" ? h2 : h1
      if (target === h2) http1.forget(socket)
      target.emit("connection", socket)
      if (target === h1) socket.resume()
    }
    socket.on("error", cut)
    socket.on("close", cut)
    socket.on("data", onData)
  }

const remember = (sessions: Set<http2.ServerHttp2Session>, times: Times) => (session: http2.ServerHttp2Session) => {
  sessions.add(session)
  limit(session, times)
  session.on("error", () => undefined)
  session.once("close", () => sessions.delete(session))
}

const plain = (handler: Handler, times: Times): Parts => {
  const sockets = new Set<net.Socket>()
  const sessions = new Set<http2.ServerHttp2Session>()
  const http1 = new Http1Connections()
  const h1 = http.createServer(http1Settings(times), http1.watch(handler))
  answerClientErrors(h1)
  const h2 = http2.createServer(http2Settings, handler as never)
  h2.on("session", remember(sessions, times))
  // A server that never listens enforces no time-outs unless it believes it does.
  h1.emit("listening")
  const server = net.createServer({ noDelay: true }, sniff(h1, h2, http1, times))
  server.once("close", () => h1.close())
  return { server, sockets, sessions, http1 }
}

const encrypted = (handler: Handler, tls: Tls, times: Times): Parts => {
  const sessions = new Set<http2.ServerHttp2Session>()
  const http1 = new Http1Connections()
  const server = http2.createSecureServer(
    {
      ...http2Settings,
      ...http1Settings(times),
      ...tls,
      allowHTTP1: true,
      minVersion: "TLSv1.2",
      handshakeTimeout: times.firstBytesMs
    },
    http1.watch(handler) as never
  )
  answerClientErrors(server)
  // The one option that Node doesn't take from here for a server of both.
  Object.assign(server, { keepAliveTimeout: times.idleMs })
  server.on("session", remember(sessions, times))
  server.on("secureConnection", (socket: tls.TLSSocket) => {
    if (socket.alpnProtocol !== "h2") http1.add(socket)
  })
  return { server, sockets: new Set(), sessions, http1 }
}

/** Listens until the scope closes; then takes no more, lets what runs end, and cuts the rest off. */
export const listen = (
  options: ListenerOptions,
  handler: Handler
): Effect.Effect<AddressInfo, ListenerUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Parts & { readonly address: AddressInfo }, ListenerUnavailable>((resume) => {
      const times = { ...usualTimes, ...options.times }
      const parts = options.tls === undefined ? plain(handler, times) : encrypted(handler, options.tls, times)
      parts.server.maxConnections = options.maxConnections
      parts.server.on("connection", (socket: net.Socket) => {
        parts.sockets.add(socket)
        socket.once("close", () => parts.sockets.delete(socket))
      })
      // For good: one connection that can't be accepted, as when files run out, is no reason to end.
      parts.server.on("error", (cause) => {
        resume(Effect.fail(new ListenerUnavailable({ message: cause.message })))
      })
      parts.server.listen(options.port, options.host, () => {
        resume(Effect.succeed({ ...parts, address: parts.server.address() as AddressInfo }))
      })
    }),
    ({ server, sockets, sessions, http1 }) =>
      Effect.callback<void>((resume) => {
        const cut = setTimeout(() => {
          for (const socket of sockets) socket.destroy()
        }, drainMs)
        server.close(() => {
          clearTimeout(cut)
          resume(Effect.void)
        })
        for (const session of sessions) session.close()
        http1.drain()
      })
  ).pipe(Effect.map((it) => it.address))
