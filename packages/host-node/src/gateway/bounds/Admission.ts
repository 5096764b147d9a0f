/**
 * Admits every connection and request: whose it is, whether there is room for it, and how much it may hold.
 *
 * A request without room is answered from its head alone, before anything is made for it. A client that keeps sending
 * such requests loses its connection.
 */
import type * as http from "node:http"
import * as http2 from "node:http2"
import type { Peer } from "@galaxy/edge/Envelope"
import { network } from "@galaxy/edge/address"
import { answerClientErrors } from "../../http/clientErrors.ts"
import { type Connection, Sources } from "../source/Sources.ts"
import { AdmittedStream, type StreamHost, type TakesStream } from "./AdmittedStream.ts"
import { Answers } from "./Answers.ts"
import { Bodies, type Body, type BodyLimits } from "./Bodies.ts"
import { type BoundsOptions, unbounded } from "./BoundsOptions.ts"
import * as outgoing from "./outgoing.ts"
import { patiently } from "./patiently.ts"
import { type Entrant, type Place, Places } from "./Places.ts"
import { Quota } from "./Quota.ts"
import { type Occupant, Room } from "./Room.ts"
import type { HttpRefusal, Head } from "./refusal.ts"

/** What is known about an admitted request. */
export interface Arrival {
  readonly peer: Peer
  readonly body: Body
}

type Request = http.IncomingMessage | http2.Http2ServerRequest
type Response = http.ServerResponse | http2.Http2ServerResponse

const ignore = () => undefined

const arrivals = new WeakMap<object, Arrival>()

/** The arrival of a request that a listener has handed over; undefined for any other. */
export const arrivalOf = (request: object): Arrival | undefined => arrivals.get(request)

/** Everything is optional. Without `bounds` nothing is refused, as in tests of a listener. */
export interface AdmissionOptions {
  readonly sources?: Sources | undefined
  readonly bounds?: BoundsOptions | undefined
  readonly bodies?: BodyLimits | undefined
  /** Whether a path belongs to the rpc service, for the form of a refusal. */
  readonly isRpc?: ((path: string) => boolean) | undefined
  readonly refuse?: ((head: Head, retryAfterMs: number) => HttpRefusal) | undefined
  /** Takes streams before a request is made of them. */
  readonly takesStream?: TakesStream | undefined
  /** How long the body of an answered request may still take to end, in milliseconds; 5 s by default. */
  readonly answeredGraceMs?: number | undefined
  /** How long a client may take nothing of its answer, in milliseconds; 30 s by default. */
  readonly sendMs?: number | undefined
}

const mebibyte = 1_048_576
const usualBodies: BodyLimits = {
  kept: 2 * mebibyte,
  read: 16 * mebibyte,
  endless: 2 * mebibyte,
  answered: 12 * mebibyte
}

const plainRefusal: HttpRefusal = { status: 429, headers: {}, body: new Uint8Array() }

/** When a client that found no room may try again, in milliseconds. */
export const retryAfterMs = 1_000
/** How long the body of an answered request may still take to end, in milliseconds. */
const usualGraceMs = 5_000
/** How long a client may take nothing of its answer, in milliseconds. */
export const usualSendMs = 30_000
/** Refusals per HTTP/2 connection and window that get an answer; further streams are reset. */
const maxTold = 8
/** Refusals per window after which the connection is cut off; over HTTP/1.1 the last of them ends it. */
const maxRefused = 16
const refusedWindowMs = 10_000
/** From this share of its request bound on, an address is busy; many honest players together stay below it. */
const busyShare = 0.75
/** Requests that one HTTP/1.1 connection may send ahead of their answers. */
const maxPipelined = 32

/** Who sent a request, and which holder it counts for. */
interface Entered {
  readonly peer: Peer
  readonly holder: string | undefined
}

/** The requests of an HTTP/1.1 connection that are open, each with what to do when the connection is lost. */
type Pipeline = Set<() => void>

interface Refusals {
  count: number
  since: number
}

/** What is lost with a connection: one that hasn't verified a request goes before one that has, an idle one before a busy one. */
const worthOf = ({ isVerified, openRequests }: Connection) => (isVerified ? 2 : 0) + (openRequests > 0 ? 1 : 0)

/** What can be done to a new connection. */
export interface Arriving {
  /** Its turn has come. */
  begin(connection: Connection): void
  /** Ends it. */
  cut(): void
}

/** A connection that takes room and has a place. */
class Entry implements Occupant, Entrant {
  readonly #connection: Connection
  readonly #arriving: Arriving

  constructor(connection: Connection, arriving: Arriving) {
    this.#connection = connection
    this.#arriving = arriving
  }

  worth(): number {
    return worthOf(this.#connection)
  }

  begin(): void {
    this.#arriving.begin(this.#connection)
  }

  cut(): void {
    this.#arriving.cut()
  }
}

/** A request that takes room. */
class Asker implements Occupant {
  readonly #peer: Peer
  readonly cut: () => void

  constructor(peer: Peer, cut: () => void) {
    this.#peer = peer
    this.cut = cut
  }

  worth(): number {
    return this.#peer.connection?.verifiedAt === undefined ? 0 : 1
  }
}

const single = (value: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof value === "string" ? value : value?.join(",")

/**
 * Whoever answers may not have heard yet that the stream is over, and Node would throw where nobody catches. Such an answer
 * goes nowhere.
 */
const onlyWhileOpen = (stream: http2.ServerHttp2Stream): void => {
  const respond = stream.respond.bind(stream)
  stream.respond = (...head) => {
    if (stream.closed) stream.destroy()
    if (!stream.destroyed) respond(...head)
  }
}

const isIdentity = (value: string | ReadonlyArray<string> | undefined) =>
  value === undefined || single(value) === "" || single(value)?.toLowerCase() === "identity"

/**
 * The bounds of one listener. Every connection passes `connect` and every request passes `http1` or `http2`; what they
 * take is given back when they close.
 */
export class Admission {
  readonly sources: Sources
  readonly bounds: BoundsOptions
  readonly #connections: Room
  readonly #requests: Room
  readonly #bytes: Quota
  readonly #bodies: Bodies
  readonly #answers: Answers
  readonly #places: Places
  readonly #placeOf = new WeakMap<Connection, Place>()
  /** Streams that we have ended ourselves. */
  readonly #ended = new WeakSet<http2.ServerHttp2Stream>()
  readonly #connectionOf = new WeakMap<object, Connection>()
  readonly #refused = new WeakMap<object, Refusals>()
  readonly #pipelined = new WeakMap<object, Pipeline>()
  readonly #isRpc: (path: string) => boolean
  readonly #refuse: (head: Head, retryAfterMs: number) => HttpRefusal
  readonly #takesStream: TakesStream
  readonly #graceMs: number
  readonly #host: StreamHost

  constructor(options: AdmissionOptions = {}) {
    const bounds = options.bounds ?? unbounded
    this.bounds = bounds
    this.sources = options.sources ?? new Sources()
    this.#connections = new Room({ perHolder: bounds.connectionsPerAddress, overall: bounds.connections })
    this.#requests = new Room({ perHolder: bounds.requestsPerAddress, overall: bounds.requests })
    this.#bytes = new Quota({ perHolder: bounds.bodyBytesPerAddress, overall: bounds.bodyBytes })
    this.#answers = new Answers(this.#bytes, options.sendMs ?? usualSendMs)
    this.#bodies = new Bodies(options.bodies ?? usualBodies, this.#bytes, (holder) => this.#answers.relieve(holder))
    this.#places = new Places({
      perAddress: bounds.unverifiedPerAddress,
      waitingPerAddress: bounds.waitingPerAddress,
      resets: bounds.resetsPerAddress
    })
    this.#isRpc = options.isRpc ?? (() => false)
    this.#refuse = options.refuse ?? (() => plainRefusal)
    this.#takesStream = options.takesStream ?? (() => false)
    this.#graceMs = options.answeredGraceMs ?? usualGraceMs
    this.#host = {
      bodies: this.#bodies,
      answers: this.#answers,
      end: (stream, code) => this.#end(stream, code),
      follow: (admitted) => this.#follow(admitted),
      closed: (admitted) => this.#closed(admitted)
    }
  }

  /** What is held at present. */
  get held(): { readonly connections: number; readonly requests: number; readonly bodyBytes: number } {
    return {
      connections: this.#connections.total,
      requests: this.#requests.total,
      bodyBytes: this.#bytes.total
    }
  }

  /**
   * Takes in a connection of an address, whose turn may come later. `left` must be called at its end. Undefined when
   * there is no room for it.
   */
  connect(ip: string, arriving: Arriving): { readonly left: () => void } | undefined {
    const connection = this.sources.connection(ip)
    const entry = new Entry(connection, arriving)
    const { holder, isExempt } = connection
    if (!isExempt && !this.#connections.enter(holder, entry)) return undefined
    const left = () => {
      if (!isExempt) this.#connections.leave(holder, entry)
    }
    const place = this.#places.enter(holder, entry)
    if (place === undefined) {
      left()
      return undefined
    }
    this.#placeOf.set(connection, place)
    connection.onVerified = [...connection.onVerified, () => place.verified()]
    return {
      left: () => {
        place.left()
        left()
      }
    }
  }

  /** Ends the connections whose turn hasn't come. */
  close(): void {
    this.#places.close()
  }

  /** Whether the address of a connection has so much open that further connections of it get little room. */
  isBusy({ holder }: Connection): boolean {
    if (holder === undefined) return false
    return this.#requests.of(holder) >= this.bounds.requestsPerAddress * busyShare || this.#places.isCrowded(holder)
  }

  /** Remembers whose a socket is: under TLS the encrypted one, not the one that was accepted. */
  know(socket: object, connection: Connection): void {
    this.#connectionOf.set(socket, connection)
  }

  connectionOf(socket: object): Connection | undefined {
    return this.#connectionOf.get(socket)
  }

  #peer(connection: Connection, forwardedFor: string | ReadonlyArray<string> | undefined): Entered {
    const peer = this.sources.peer(connection, single(forwardedFor))
    return { peer, holder: peer.exempt === true ? undefined : network(peer.ip) }
  }

  /** Takes room for a request and returns how to give it back; undefined when there is none. */
  #enter({ holder, peer }: Entered, connection: Connection, cut: () => void): (() => void) | undefined {
    const asker = new Asker(peer, cut)
    if (peer.exempt !== true && !this.#requests.enter(holder, asker)) return undefined
    connection.openRequests += 1
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      connection.openRequests -= 1
      if (peer.exempt !== true) this.#requests.leave(holder, asker)
    }
  }

  /** Counts a body as it arrives, whoever reads it. `begun` is called once, when there is something to read. */
  #meter(
    request: Request,
    holder: string | undefined,
    { begun, cut, whole }: { readonly cut: () => void; readonly begun: () => void; readonly whole: () => void }
  ): Body {
    const { headers } = request
    const body = this.#bodies.open(
      holder,
      {
        // Over HTTP/2 unread data would hold up the other streams of the connection.
        endless: request.httpVersionMajor === 1 && headers["content-length"] === undefined,
        compressed: !(
          isIdentity(headers["content-encoding"]) &&
          isIdentity(headers["grpc-encoding"]) &&
          isIdentity(headers["connect-content-encoding"])
        )
      },
      {
        cut,
        goOn: () => {
          start()
          // Over HTTP/2 a request whose stream is gone can't be read; Node would throw.
          if (!isOver || request.httpVersionMajor === 1) read(0)
        }
      }
    )
    const push = request.push.bind(request)
    const read = request._read.bind(request)
    let isOver = false
    let silent = true
    const start = () => {
      if (!silent) return
      silent = false
      begun()
    }
    // Reading gets no more data until the body has its turn.
    request._read = (size) => {
      if (!body.waits()) read(size)
    }
    request.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (chunk === null) {
        isOver = true
        whole()
        body.ended()
      } else if (chunk instanceof Uint8Array) body.arrived(chunk.length)
      const more = push(chunk, encoding)
      if (!body.waits()) start()
      const goesOn = more && !body.waits()
      // Where Node's parser reads by itself, it heeds only this event, which a socket that is paused already doesn't
      // emit.
      if (!goesOn && request.httpVersionMajor === 1 && !request.socket.readableFlowing) request.socket.emit("pause")
      return goesOn
    }
    return body
  }

  /** A client that was answered before its body was complete gets a moment to finish it, and is then cut off. */
  #endSoon(response: Response, isWhole: () => boolean, cut: () => void): void {
    response.once("finish", () => {
      if (isWhole()) return
      const stop = patiently(this.#graceMs, cut)
      response.once("close", () => {
        // HTTP/1.1 closes the answer at once, HTTP/2 with the stream.
        if (isWhole()) stop()
      })
    })
  }

  /**
   * A request isn't handled before something of its body is there: a client that sends only heads costs no more than
   * those.
   */
  #begin(
    request: Request,
    response: Response,
    { holder, peer }: Entered,
    actions: { readonly cut: () => void; readonly handle: () => void; readonly whole: () => void }
  ): Body {
    // Until somebody reads, nobody listens for the end of the connection either.
    request.on("error", ignore)
    const body = this.#meter(request, holder, { ...actions, begun: actions.handle })
    arrivals.set(request, { peer, body })
    response.once("finish", body.answered)
    response.once("close", body.closed)
    // Starts reading although there is no reader yet.
    request.read(0)
    return body
  }

  /** For requests of HTTP/1.1; `handler` gets those that are let in. */
  http1(
    handler: (request: http.IncomingMessage, response: http.ServerResponse) => void
  ): (request: http.IncomingMessage, response: http.ServerResponse) => void {
    return (request, response) => {
      const { socket } = request
      if (socket.destroyed) return
      const connection = this.#connectionOf.get(socket) ?? this.sources.connection(socket.remoteAddress ?? "unknown")
      const pipeline = this.#pipelineOf(socket)
      if (pipeline.size >= maxPipelined) {
        socket.destroy()
        return
      }
      const atEnd: Array<() => void> = []
      const over = () => {
        if (!pipeline.delete(lost)) return
        for (const act of atEnd) act()
      }
      const lost = () => {
        over()
        if (response.socket !== null || response.destroyed) return
        // It didn't have its turn, and behind a CONNECT Node doesn't tell it. Whoever waits for its end would wait for ever.
        response.destroy()
        response.emit("close")
      }
      pipeline.add(lost)
      response.once("close", over)
      const cut = () => {
        socket.destroy()
      }
      this.#endSoon(
        response,
        () => request.complete || socket.destroyed,
        () => {
          if (!request.complete) cut()
        }
      )
      const entered = this.#peer(connection, request.headers["x-forwarded-for"])
      const sent = this.#answers.open(entered.holder, outgoing.ofResponse(response, socket))
      outgoing.follow(response, sent)
      response.once("finish", () => sent.closed())
      atEnd.push(() => sent.closed())
      const place = this.#placeOf.get(connection)
      const leave = (place?.asked() ?? true) ? this.#enter(entered, connection, cut) : undefined
      if (leave === undefined) {
        request.once("close", () => place?.whole())
        // A proxy's connection carries others too.
        if (this.#countRefusal(socket) >= maxRefused && !connection.isProxy) response.setHeader("connection", "close")
        answer(response, this.#refuse(this.#headOf(request), retryAfterMs))
        return
      }
      atEnd.push(leave)
      const body = this.#begin(request, response, entered, {
        cut,
        whole: () => place?.whole(),
        handle: () => {
          if (!socket.destroyed) handler(request, response)
        }
      })
      atEnd.push(body.closed)
    }
  }

  /** Pipelined answers that don't have their turn yet hear nothing of the end of their connection by themselves. */
  #pipelineOf(socket: http.IncomingMessage["socket"]): Pipeline {
    const known = this.#pipelined.get(socket)
    if (known !== undefined) return known
    const pipeline: Pipeline = new Set()
    this.#pipelined.set(socket, pipeline)
    socket.once("close", () => {
      for (const lost of pipeline) lost()
    })
    return pipeline
  }

  /**
   * For streams of HTTP/2, before Node makes a request and a response of them. `handler` gets those that are let in.
   */
  http2(
    handler: (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void
  ): (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, ...more: Array<unknown>) => void {
    const details = new WeakMap<http2.ServerHttp2Stream, AdmittedStream>()
    // Never listens: it makes requests and responses from the streams that are handed to it.
    const maker = http2.createServer({}, (request, response) => {
      const { stream } = request
      const known = details.get(stream)
      if (known === undefined) return
      onlyWhileOpen(stream)
      const cut = () => {
        this.#end(stream, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
      }
      this.#endSoon(
        response,
        () => stream.readableEnded || stream.destroyed,
        () => {
          if (!stream.destroyed) this.#end(stream, http2.constants.NGHTTP2_NO_ERROR)
        }
      )
      this.#begin(request, response, known, {
        cut,
        whole: () => known.whole(),
        handle: () => {
          // The end of the stream ends its body, too.
          if (stream.destroyed || stream.closed || stream.aborted) return
          // Not before: most streams of a flood never get as far as an answer.
          this.#follow(known)
          handler(request, response)
        }
      })
    })
    answerClientErrors(maker)
    return (stream, headers, ...more) => {
      // Before anything else, for as long as the stream lives: its client may break off in the very packet that opens it, and a
      // failure without a listener would end the process.
      stream.on("error", ignore)
      const { session } = stream
      // The connection has ended since.
      if (session === undefined || session.destroyed) return
      const connection = this.#connectionOf.get(session) ?? this.sources.connection("unknown")
      const place = this.#placeOf.get(connection)
      // It was reset as soon as it came.
      if (stream.destroyed || stream.closed) {
        const holder = () => this.#peer(connection, headers["x-forwarded-for"]).holder
        this.#tookBack({ session, connection, place }, connection.isProxy ? holder() : undefined)
        return
      }
      const entered = this.#peer(connection, headers["x-forwarded-for"])
      const isCalm = !connection.isProxy || this.#places.mayTakeBack(entered.holder)
      const hasPlace = isCalm && (place?.asked() ?? true)
      const admitted = new AdmittedStream(this.#host, { stream, session, connection, place, ...entered })
      if (!hasPlace || !this.#enterStream(admitted)) {
        this.#refuseStream(admitted, headers)
        return
      }
      admitted.takenBy(
        () => {
          details.set(stream, admitted)
          maker.emit("stream", stream, headers, ...more)
        },
        () => this.#takesStream(stream, headers, admitted)
      )
    }
  }

  /** A client has reset a request. */
  #tookBack(
    { connection, place, session }: Pick<AdmittedStream, "connection" | "place" | "session">,
    holder: string | undefined
  ): void {
    // Whoever is behind a proxy must not cost the others their connection.
    if (connection.isProxy) this.#places.tookBack(holder)
    else if (place?.tookBack() === false) session.destroy(undefined, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }

  #enterStream(admitted: AdmittedStream): boolean {
    const { connection, holder, peer } = admitted
    if (peer.exempt !== true && !this.#requests.enter(holder, admitted)) return false
    admitted.hasRoom = true
    connection.openRequests += 1
    return true
  }

  #closed(admitted: AdmittedStream): void {
    const { connection, holder, peer, session, stream } = admitted
    if (admitted.hasRoom) {
      connection.openRequests -= 1
      if (peer.exempt !== true) this.#requests.leave(holder, admitted)
    }
    if (session.destroyed || this.#ended.has(stream)) return
    // For a proxy's connection nobody else counts those that were answered already.
    const isReset = connection.isProxy ? stream.rstCode !== http2.constants.NGHTTP2_NO_ERROR : stream.aborted
    if (isReset) this.#tookBack(admitted, holder)
  }

  /** Bounds what its client doesn't take of a stream's answer. */
  #follow(admitted: AdmittedStream): void {
    const { holder, stream } = admitted
    const sent = this.#answers.open(
      holder,
      outgoing.ofStream(stream, () => admitted.cut())
    )
    outgoing.follow(stream, sent)
    stream.on("close", () => sent.closed())
  }

  /** Ends a stream from our side, so that it doesn't count as a reset by its client. */
  #end(stream: http2.ServerHttp2Stream, code: number): void {
    this.#ended.add(stream)
    stream.close(code)
  }

  /** How many requests of a connection were refused lately, with this one. */
  #countRefusal(connection: object): number {
    const now = performance.now()
    const known = this.#refused.get(connection)
    const refused = known === undefined || now - known.since > refusedWindowMs ? { count: 0, since: now } : known
    refused.count += 1
    this.#refused.set(connection, refused)
    return refused.count
  }

  #refuseStream(admitted: AdmittedStream, headers: http2.IncomingHttpHeaders): void {
    const { connection, session, stream } = admitted
    // A proxy's connection carries others too.
    const refused = connection.isProxy ? 0 : this.#countRefusal(session)
    if (refused > maxRefused) {
      session.destroy(undefined, http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
      return
    }
    if (refused > maxTold) {
      this.#end(stream, http2.constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    const {
      body,
      headers: own,
      status
    } = this.#refuse(
      {
        isRpc: this.#isRpc(headers[":path"] ?? ""),
        contentType: headers["content-type"],
        origin: headers["origin"]
      },
      retryAfterMs
    )
    this.#follow(admitted)
    stream.respond({ ...own, ":status": status }, { endStream: body.length === 0 })
    if (body.length > 0) stream.end(body)
    if (stream.readableEnded) return
    stream.once(
      "close",
      patiently(this.#graceMs, () => this.#end(stream, http2.constants.NGHTTP2_NO_ERROR))
    )
  }

  #headOf(request: Request): Head {
    const { headers, url = "" } = request
    return { isRpc: this.#isRpc(url), contentType: headers["content-type"], origin: headers["origin"] }
  }
}

/** gRPC has a status in the headers only where these are all there is: without any body, even an empty one. */
const splitStatus = (headers: HttpRefusal["headers"]) => {
  const isStatus = ([name]: readonly [string, string]) => name.startsWith("grpc-")
  const all = Object.entries(headers)
  return {
    head: Object.fromEntries(all.filter((it) => !isStatus(it))),
    trailers: Object.fromEntries(all.filter(isStatus))
  }
}

const isWeb = (contentType = "") => contentType.startsWith("application/grpc-web")

/** Sends a finished answer without waiting for the rest of the request. */
export const answer = (response: Response, { body, headers, status }: HttpRefusal): void => {
  // Both kinds of response have both methods, which their types don't share.
  const { res } = { res: response as http.ServerResponse }
  if (headers["grpc-status"] === undefined || isWeb(headers["content-type"]) || !("stream" in response)) {
    res.writeHead(status, headers)
    res.end(body)
    return
  }
  // The end may come later than the headers, and then it is an empty body.
  const { head, trailers } = splitStatus(headers)
  res.writeHead(status, head)
  res.addTrailers(trailers)
  res.flushHeaders()
  res.end()
}
