/**
 * One port for HTTP/1.1 and HTTP/2: plain with prior knowledge, or TLS with ALPN.
 *
 * A connection first says whose it is (by the PROXY protocol, where that is configured), must find room, is encrypted,
 * and then speaks one of the two. On a plain port the first three bytes decide: an HTTP/2 client begins with "PRI".
 * Silent connections, requests that trickle in and whatever finds no room are cut off.
 */
import * as http from "node:http"
import * as http2 from "node:http2"
import * as net from "node:net"
import type { AddressInfo } from "node:net"
import { createServer as createTlsServer } from "node:tls"
import { Effect, type Scope } from "effect"
import { answerClientErrors } from "../http/clientErrors.ts"
import type { Handler } from "../http/guard.ts"
import { Admission, type Arriving, usualSendMs } from "./bounds/Admission.ts"
import { patiently } from "./bounds/patiently.ts"
import { Http2Limits } from "./http2Limits.ts"
import { sharedListener } from "./sharedListener.ts"
import type { Incoming } from "./Incoming.ts"
import { ListenerUnavailable } from "./ListenerUnavailable.ts"
import * as proxyProtocol from "./source/proxyProtocol.ts"
import type { Connection } from "./source/Sources.ts"
import { follow, type TlsFiles, type TlsPair } from "./tls/TlsFiles.ts"

/** The certificate chain and its private key, both in PEM. */
export interface Tls extends TlsPair {
  /** Where both were read. They are read again, and connections that come after a change get the new ones. */
  readonly files?: TlsFiles | undefined
}

/** Where a port listens, and what it admits. */
export interface ListenerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly tls?: Tls | undefined
  /** Where connections come from, if another process accepts them; then nothing is listened on here. */
  readonly incoming?: Incoming | undefined
  /** In addition to the bounds of `admission`. */
  readonly maxConnections?: number | undefined
  /** Bounds per address and overall, and how clients are told apart; no bounds when absent. */
  readonly admission?: Admission | undefined
  readonly times?: Partial<Times> | undefined
}

/** How long a client may take, in milliseconds. */
export interface Times {
  /** Until the first bytes of a connection, or its TLS handshake, have arrived. */
  readonly firstBytesMs: number
  /** For the head of a request over HTTP/1.1. */
  readonly headersMs: number
  /** For a whole request. */
  readonly requestMs: number
  /** A connection without a request is closed after this; over HTTP/2, where it may carry many, later. */
  readonly idleMs: number
  readonly http2IdleMs: number
  /** How often the peer of an HTTP/2 connection is pinged, and how long it may take to answer. */
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  /**
   * A client that takes nothing of its answer for this long is cut off: its stream, or its HTTP/1.1 connection. An
   * `admission` of its own has its own.
   */
  readonly sendMs: number
  /** At the end, how long running requests may go on before they are cut off. */
  readonly drainMs: number
  /** At the end, how long an HTTP/1.1 connection without a request may still bring one, which is then its last. */
  readonly idleDrainMs: number
}

const usualTimes: Times = {
  firstBytesMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 65_000,
  http2IdleMs: 300_000,
  pingIntervalMs: 30_000,
  pingTimeoutMs: 20_000,
  sendMs: usualSendMs,
  drainMs: 1_500,
  idleDrainMs: 0
}

/** Connections that the system accepts while the process is busy; more than one address may have. */
const backlog = 4_096

/** After this silence the system asks whether the other end is still there; one that has vanished is gone minutes later. */
const keepAliveMs = 30_000

const http2Settings: http2.ServerOptions = { maxSessionMemory: 16 }

/** Requests that a client may reset at once, and per second, before it loses the connection. */
const resetsOfClient: http2.ServerOptions = { streamResetBurst: 64, streamResetRate: 33 }

/**
 * The same for a trusted proxy, which carries the resets of all its clients. They count for each client by itself, and
 * cost the client its requests, not the proxy its connection. Streams that come before Node has cleared away enough
 * earlier ones count too, over the whole life of a connection.
 */
const resetsOfProxy: http2.ServerOptions = {
  streamResetBurst: 100_000,
  streamResetRate: 10_000,
  maxSessionRejectedStreams: 1_000_000
}

const http1Settings = (times: Times): http.ServerOptions => ({
  headersTimeout: Math.min(times.headersMs, times.requestMs),
  requestTimeout: times.requestMs,
  // How precisely the two above are kept.
  connectionsCheckingInterval: Math.ceil(times.headersMs / 4),
  keepAliveTimeout: times.idleMs,
  // The handler answers a request without a host, and says what is wrong.
  requireHostHeader: false,
  maxHeaderSize: 32 * 1024
})

interface Parts {
  readonly server: net.Server
  readonly sockets: Set<net.Socket>
  readonly limits: Http2Limits
  readonly http1: Http1Connections
  readonly admission: Admission
  /** For connections that another process has accepted. */
  readonly admit: (socket: net.Socket, ip: string) => void
  /** Another certificate for connections to come. */
  readonly renew: (pair: TlsPair) => void
}

/**
 * HTTP/1.1 connections: at the end an idle one closes after a while, and a busy one after its running requests, whose answers say
 * so. A request that was on its way to an idle one is answered like that, too. What comes on a connection that is closing isn't begun, as nobody would learn how it ended.
 */
class Http1Connections {
  readonly #open = new Set<net.Socket>()
  readonly #running = new Map<net.Socket, Set<http.ServerResponse>>()
  #draining = false

  readonly #onClose = sharedListener((socket: net.Socket) => {
    this.#open.delete(socket)
    this.#running.delete(socket)
  })

  add(socket: net.Socket): void {
    this.#open.add(socket)
    socket.on("close", this.#onClose)
  }

  /** It speaks another protocol. */
  forget(socket: net.Socket): void {
    this.#open.delete(socket)
    socket.off("close", this.#onClose)
  }

  /** Knows running requests; pipelined ones run at the same time. */
  readonly watch =
    (handler: Handler): Handler =>
    (request, response) => {
      const { socket } = request
      if (this.#open.has(socket)) {
        if (socket.writableEnded) return
        const running = this.#running.get(socket) ?? new Set()
        this.#running.set(socket, running.add(response))
        if (this.#draining) response.setHeader("connection", "close")
        response.once("close", () => {
          this.#done(socket, response)
        })
      }
      handler(request, response)
    }

  #done(socket: net.Socket, response: http.ServerResponse): void {
    const running = this.#running.get(socket)
    running?.delete(response)
    if (running !== undefined && running.size > 0) return
    this.#running.delete(socket)
    if (this.#draining) socket.end()
  }

  drain(idleMs: number): void {
    this.#draining = true
    for (const running of this.#running.values())
      for (const response of running) if (!response.headersSent) response.setHeader("connection", "close")
    const endIdle = () => {
      for (const socket of this.#open) if (!this.#running.has(socket)) socket.end()
    }
    if (idleMs === 0) endIdle()
    else setTimeout(endIdle, idleMs)
  }
}

/** Who serves a fresh connection, once its protocol is known. */
interface Speakers {
  readonly http1: (socket: net.Socket) => void
  readonly http2: (socket: net.Socket) => void
}

/** Hands a fresh plain connection over to the protocol of its first bytes. */
const sniff = (speakers: Speakers, http1: Http1Connections, times: Times) => (socket: net.Socket) => {
  let head: Buffer = Buffer.alloc(0)
  http1.add(socket)
  const spoken = patiently(times.firstBytesMs, () => socket.destroy())
  const cut = () => {
    spoken()
    socket.destroy()
  }
  const onData = (chunk: Buffer) => {
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
    if (head.length < 3) return
    spoken()
    socket.off("data", onData)
    socket.off("error", cut)
    socket.off("close", cut)
    socket.pause()
    socket.unshift(head)
    if (head.toString("latin1", 0, 3) === "PRI") {
      http1.forget(socket)
      speakers.http2(socket)
    } else {
      speakers.http1(socket)
      socket.resume()
    }
  }
  socket.on("error", cut)
  socket.on("close", cut)
  socket.on("data", onData)
  // It was paused until now.
  socket.resume()
}

/** Both ends of a connection: the same for a socket and for what is encrypted on it. */
const endsOf = (socket: net.Socket) =>
  [socket.remoteAddress, socket.remotePort, socket.localAddress, socket.localPort].join(" ")

/** In every handshake, whatever the certificate. */
const leastTls = "TLSv1.2"

/**
 * Encrypts a fresh connection and hands it over to the protocol agreed on in the handshake. `renew` has another
 * certificate take effect for connections that come after it.
 */
const encrypt = (tls: Tls, admission: Admission, speakers: Speakers, http1: Http1Connections, times: Times) => {
  const open = new Map<string, Connection>()
  // Never listens: connections are handed to it.
  const server = createTlsServer({
    cert: tls.cert,
    key: tls.key,
    ALPNProtocols: ["h2", "http/1.1"],
    minVersion: leastTls,
    handshakeTimeout: times.firstBytesMs
  })
  server.on("tlsClientError", (_error, socket) => {
    socket.destroy()
  })
  server.on("secureConnection", (socket) => {
    const connection = open.get(endsOf(socket))
    if (connection === undefined) {
      socket.destroy()
      return
    }
    admission.know(socket, connection)
    if (socket.alpnProtocol === "h2") {
      speakers.http2(socket)
    } else {
      http1.add(socket)
      speakers.http1(socket)
    }
  })
  const begin = (socket: net.Socket, connection: Connection) => {
    const ends = endsOf(socket)
    open.set(ends, connection)
    socket.once("close", () => open.delete(ends))
    server.emit("connection", socket)
  }
  const renew = ({ cert, key }: TlsPair) => server.setSecureContext({ cert, key, minVersion: leastTls })
  return { begin, renew }
}

const ignore = () => undefined

/** Concurrent requests on each further HTTP/2 connection of a busy address; the rest is refused unseen. */
const requestsOfBusy = 16

/** The HTTP/2 side. Proxies get a server of their own: they carry the resets of many clients. */
const http2Of = (admission: Admission, handler: Handler, limits: Http2Limits) => {
  const serve = admission.http2(handler as never)
  /** The connection whose session is being made. */
  let arriving: Connection | undefined
  const mostRequests = admission.bounds.requestsPerConnection
  const make = (requests: number, resets: http2.ServerOptions) => {
    const settings = { maxConcurrentStreams: Math.min(requests, mostRequests) }
    const server = http2.createServer({ ...http2Settings, ...resets, settings })
    server.on("session", (session) => {
      const connection = arriving
      if (connection !== undefined) {
        admission.know(session, connection)
        if (requests < mostRequests)
          connection.onVerified = [
            ...connection.onVerified,
            () => {
              if (!session.destroyed && !session.closed && !admission.isBusy(connection))
                session.settings({ maxConcurrentStreams: mostRequests })
            }
          ]
      }
      limits.watch(session)
      session.on("error", ignore)
    })
    server.on("stream", limits.stream).on("stream", serve as never)
    return server
  }
  const usual = make(Number.POSITIVE_INFINITY, resetsOfClient)
  const narrow = make(requestsOfBusy, resetsOfClient)
  const proxied = make(Number.POSITIVE_INFINITY, resetsOfProxy)
  return (socket: net.Socket) => {
    const connection = admission.connectionOf(socket)
    const server =
      connection === undefined ? usual : connection.isProxy ? proxied : admission.isBusy(connection) ? narrow : usual
    arriving = connection
    server.emit("connection", socket)
    arriving = undefined
  }
}

/** A connection that waits for its turn, or has had it. */
class Admitted implements Arriving {
  readonly #socket: net.Socket
  readonly #start: (socket: net.Socket, connection: Connection) => void

  constructor(socket: net.Socket, start: (socket: net.Socket, connection: Connection) => void) {
    this.#socket = socket
    this.#start = start
  }

  begin(connection: Connection): void {
    this.#start(this.#socket, connection)
  }

  cut(): void {
    this.#socket.destroy()
  }
}

const partsOf = (options: ListenerOptions, handler: Handler, times: Times): Parts => {
  const admission = options.admission ?? new Admission({ sendMs: times.sendMs })
  const sockets = new Set<net.Socket>()
  const limits = new Http2Limits(times)
  const http1 = new Http1Connections()
  const h1 = http.createServer(http1Settings(times), http1.watch(admission.http1(handler)))
  answerClientErrors(h1)
  // A server that never listens enforces no timeouts unless it believes that it does.
  h1.emit("listening")
  const speakers: Speakers = {
    http1: (socket) => h1.emit("connection", socket),
    http2: http2Of(admission, handler, limits)
  }
  const { begin, renew } =
    options.tls === undefined
      ? { begin: sniff(speakers, http1, times), renew: () => undefined }
      : encrypt(options.tls, admission, speakers, http1, times)

  const start = (socket: net.Socket, connection: Connection) => {
    if (socket.destroyed) return
    admission.know(socket, connection)
    begin(socket, connection)
  }
  const admit = (socket: net.Socket, ip: string) => {
    const entry = admission.connect(ip, new Admitted(socket, start))
    if (entry === undefined) socket.destroy()
    else socket.on("close", entry.left)
  }
  const onClose = sharedListener((socket: net.Socket) => sockets.delete(socket))
  const open = (socket: net.Socket) => {
    sockets.add(socket)
    // A reset at a bad moment must not end the process.
    socket.on("close", onClose).on("error", ignore)
  }
  const accept = (socket: net.Socket) => {
    const peer = socket.remoteAddress ?? "unknown"
    open(socket)
    if (!admission.sources.speaksProxyProtocol(peer)) admit(socket, peer)
    else if (sockets.size > admission.bounds.connections) socket.destroy()
    else proxyProtocol.expect(socket, times.firstBytesMs, (address) => admit(socket, address ?? peer))
  }
  // Nothing of a connection is read before its turn has come.
  const server = net.createServer(
    { noDelay: true, pauseOnConnect: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    accept
  )
  server.once("close", () => h1.close())
  const admitOther = (socket: net.Socket, ip: string) => {
    socket.setNoDelay(true)
    socket.setKeepAlive(true, keepAliveMs)
    open(socket)
    admit(socket, ip)
  }
  return { server, sockets, limits, http1, admission, admit: admitOther, renew }
}

/** Calls back once no connection is open any more. */
const whenEmpty = (sockets: ReadonlySet<net.Socket>, done: () => void): void => {
  if (sockets.size === 0) done()
  // The set forgets a socket at its end, before this is called.
  for (const socket of sockets) {
    socket.once("close", () => {
      if (sockets.size === 0) done()
    })
  }
}

/**
 * Listens until the scope closes, or takes what another process has accepted. Then it accepts nothing more, lets running requests end for `drainMs`, and cuts off the
 * rest.
 */
export const listen = (
  options: ListenerOptions,
  handler: Handler
): Effect.Effect<AddressInfo, ListenerUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<Parts & { readonly address: AddressInfo; readonly takeNoMore?: () => void }, ListenerUnavailable>(
      (resume) => {
        const times = { ...usualTimes, ...options.times }
        const parts = partsOf(options, handler, times)
        if (options.incoming !== undefined) {
          const takeNoMore = options.incoming.take(parts.admit)
          const address = { address: options.host, family: "", port: options.port }
          resume(Effect.succeed({ ...parts, address, takeNoMore }))
          return
        }
        if (options.maxConnections !== undefined) parts.server.maxConnections = options.maxConnections
        // Stays attached: a connection that can't be accepted, as when file handles run out, must not end the process.
        parts.server.on("error", (cause) => {
          resume(Effect.fail(new ListenerUnavailable({ message: cause.message })))
        })
        parts.server.listen({ port: options.port, host: options.host, backlog }, () => {
          resume(Effect.succeed({ ...parts, address: parts.server.address() as AddressInfo }))
        })
      }
    ),
    ({ server, sockets, limits, http1, admission, takeNoMore }) =>
      Effect.callback<void>((resume) => {
        const cut = setTimeout(() => {
          for (const socket of sockets) socket.destroy()
        }, options.times?.drainMs ?? usualTimes.drainMs)
        takeNoMore?.()
        // A server that doesn't listen is closed at once, whatever was handed over.
        server.close(() =>
          whenEmpty(sockets, () => {
            clearTimeout(cut)
            resume(Effect.void)
          })
        )
        admission.close()
        for (const session of limits.sessions) session.close()
        http1.drain(options.times?.idleDrainMs ?? usualTimes.idleDrainMs)
      })
  ).pipe(
    Effect.tap(({ renew }) =>
      options.tls?.files === undefined ? Effect.void : Effect.forkScoped(follow(options.tls.files, options.tls, renew))
    ),
    Effect.map((it) => it.address)
  )
