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
import { Effect, Schema, type Scope } from "effect"

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
}

/** The address can't be listened on. */
export class ListenerUnavailable extends Schema.TaggedError<ListenerUnavailable>()("ListenerUnavailable", {
  message: Schema.String
}) {}

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

const firstBytesMs = 10_000
const headersMs = 10_000
const requestMs = 60_000
const drainMs = 1_500

const http2Settings: http2.ServerOptions = {
  settings: { maxConcurrentStreams: 128 },
  maxSessionMemory: 16
}

const http1Settings: http.ServerOptions = {
  headersTimeout: headersMs,
  requestTimeout: requestMs,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 32 * 1024
}

interface Parts {
  readonly server: net.Server
  readonly sockets: Set<net.Socket>
  readonly sessions: Set<http2.ServerHttp2Session>
}

/** Hands a fresh plain connection to the protocol that its first bytes are of. */
const sniff = (h1: http.Server, h2: http2.Http2Server) => (socket: net.Socket) => {
  let head = Buffer.alloc(0)
  const silent = setTimeout(() => socket.destroy(), firstBytesMs)
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
    target.emit("connection", socket)
    if (target === h1) socket.resume()
  }
  socket.on("error", cut)
  socket.on("close", cut)
  socket.on("data", onData)
}

const remember = (sessions: Set<http2.ServerHttp2Session>) => (session: http2.ServerHttp2Session) => {
  sessions.add(session)
  session.on("error", () => undefined)
  session.once("close", () => sessions.delete(session))
}

const plain = (handler: Handler): Parts => {
  const sockets = new Set<net.Socket>()
  const sessions = new Set<http2.ServerHttp2Session>()
  const h1 = http.createServer(http1Settings, handler)
  const h2 = http2.createServer(http2Settings, handler as never)
  h2.on("session", remember(sessions))
  // A server that never listens enforces no time-outs unless it believes it does.
  h1.emit("listening")
  const server = net.createServer({ noDelay: true }, sniff(h1, h2))
  server.once("close", () => h1.close())
  return { server, sockets, sessions }
}

const encrypted = (handler: Handler, tls: Tls): Parts => {
  const sessions = new Set<http2.ServerHttp2Session>()
  const server = http2.createSecureServer(
    {
      ...http2Settings,
      ...http1Settings,
      ...tls,
      allowHTTP1: true,
      minVersion: "TLSv1.2",
      handshakeTimeout: firstBytesMs
    },
    handler as never
  )
  server.on("session", remember(sessions))
  return { server, sockets: new Set(), sessions }
}

/** Listens until the scope closes; then takes no more, lets what runs end, and cuts the rest off. */
export const listen = (
  options: ListenerOptions,
  handler: Handler
): Effect.Effect<AddressInfo, ListenerUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Parts & { readonly address: AddressInfo }, ListenerUnavailable>((resume) => {
      const parts = options.tls === undefined ? plain(handler) : encrypted(handler, options.tls)
      parts.server.maxConnections = options.maxConnections
      parts.server.on("connection", (socket: net.Socket) => {
        parts.sockets.add(socket)
        socket.once("close", () => parts.sockets.delete(socket))
      })
      parts.server.once("error", (cause) => {
        resume(Effect.fail(new ListenerUnavailable({ message: cause.message })))
      })
      parts.server.listen(options.port, options.host, () => {
        resume(Effect.succeed({ ...parts, address: parts.server.address() as AddressInfo }))
      })
    }),
    ({ server, sockets, sessions }) =>
      Effect.callback<void>((resume) => {
        const cut = setTimeout(() => {
          for (const socket of sockets) socket.destroy()
        }, drainMs)
        server.close(() => {
          clearTimeout(cut)
          resume(Effect.void)
        })
        for (const session of sessions) session.close()
        // Idle keep-alive connections would hold the server open to their time-out.
        for (const socket of sockets) if (sessions.size === 0) socket.end()
      })
  ).pipe(Effect.map((it) => it.address))
