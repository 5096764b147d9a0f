/**
 * The backends' push log over gRPC, as the gateway's `PushSource`. Pings detect a backend that has fallen silent.
 *
 * All backends tell of one log, so a gateway follows one of them. When its stream ends, the next subscription asks another by
 * the same cursor; one that can't be reached is passed over at once.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  connect as http2Connect,
  type OutgoingHttpHeaders
} from "node:http2"
import type { LookupAddress } from "node:dns"
import { isIP, connect as netConnect } from "node:net"
import { connect as tlsConnect } from "node:tls"
import { Code, ConnectError } from "@connectrpc/connect"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { type ClientEvent, type PushEvent, Resume_Outcome } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { type LiveEvent, type PushFrame, PushSource, PushSourceLost } from "@galaxy/edge/hub/PushSource"
import { Array, Effect, Layer, Random, Redacted, Stream } from "effect"
import { type Endpoint, endpointsOf, mostEndpoints } from "../net/endpoints.ts"
import { always, lookupWithin } from "../net/lookup.ts"
import { cutOff, keepAlive } from "../push/keepAlive.ts"
import { pushFrames } from "./pushCall.ts"

/** The subscription of this gateway. Pings are sent every 4 s and must be answered within 4 s by default. */
export interface GrpcPushOptions {
  /** Where the push streams of the backends listen, as `http://127.0.0.1:8082`. A name with several addresses stands for several. */
  readonly urls: ReadonlyArray<string>
  /** The name of this gateway, which has one subscription. */
  readonly clientId: string
  readonly token?: Redacted.Redacted | undefined
  /** How often the backend is pinged, and how long it may take to answer, in milliseconds. */
  readonly pingIntervalMs?: number | undefined
  readonly pingTimeoutMs?: number | undefined
  /** How long the first frame of a subscription may take, in milliseconds: 15 s by default. */
  readonly beginTimeoutMs?: number | undefined
}

const outcomes = {
  [Resume_Outcome.RESUMED]: "RESUMED",
  [Resume_Outcome.RESTARTED]: "RESTARTED",
  [Resume_Outcome.FRESH]: "FRESH"
} as const

const connectTimeoutMs = 5_000
const usualBeginTimeoutMs = 15_000
/** An event reports that something has happened: a few hundred bytes. */
const maxFrameBytes = 4 * 1_048_576

const socketTo = (address: LookupAddress | undefined) => (authority: URL) => {
  const host = authority.hostname.replace(/^\[|\]$/g, "")
  const secure = authority.protocol === "https:"
  const port = Number(authority.port === "" ? (secure ? 443 : 80) : authority.port)
  const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5_000 }
  const lookup = address === undefined ? lookupWithin(connectTimeoutMs) : always(address)
  const to = { ...common, lookup }
  const socket = secure
    ? tlsConnect({ ...to, ALPNProtocols: ["h2"], ...(isIP(host) === 0 ? { servername: host } : {}) })
    : netConnect(to)
  // The session reports errors to its user; without a listener here they would end the process.
  socket.on("error", () => undefined)
  return socket
}

/**
 * A separate connection for each subscription, closed with it, so that a lost stream leaves nothing behind that could
 * be used again. Its end is told to `lost`: a call whose answer hasn't begun wouldn't notice that its connection was cut.
 */
class OneConnection {
  readonly #endpoint: Endpoint
  readonly #options: GrpcPushOptions
  readonly #lost: () => void
  #session: ClientHttp2Session | undefined

  constructor(endpoint: Endpoint, options: GrpcPushOptions, lost: () => void) {
    this.#endpoint = endpoint
    this.#options = options
    this.#lost = lost
  }

  async request(
    method: string,
    path: string,
    headers: OutgoingHttpHeaders,
    options: ClientSessionRequestOptions
  ): Promise<ClientHttp2Stream> {
    this.close()
    const { address, url } = this.#endpoint
    const session = http2Connect(new URL(url).origin, { createConnection: socketTo(address) })
    this.#session = session
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        session.destroy(new Error(`the backend didn't take the connection within ${connectTimeoutMs} ms`))
      }, connectTimeoutMs)
      session.on("error", (error: Error) => {
        reject(error)
      })
      session.once("close", () => {
        clearTimeout(late)
        reject(new Error("the backend closed the connection"))
        // After all that the streams have to say of it.
        setImmediate(this.#lost)
      })
      session.once("connect", () => {
        clearTimeout(late)
        resolve()
      })
    })
    keepAlive(session, this.#options.pingIntervalMs ?? 4_000, this.#options.pingTimeoutMs ?? 4_000)
    const stream = session.request({ ...headers, ":method": method, ":path": path }, options)
    // At once: one of a session that was cut meanwhile fails before its reader listens, which would end the process.
    return stream.on("error", () => undefined)
  }

  close(): void {
    const session = this.#session
    if (session === undefined || session.destroyed) return
    if (session.connecting) session.destroy()
    else cutOff(session)
  }
}

/** Its payload is copied: as it was read it is a part of many frames, which would be kept with it. */
const eventOf = (event: ClientEvent): LiveEvent => ({
  userId: event.userId,
  deviceSessionId: event.deviceSessionId,
  kind: event.kind,
  payload: new Uint8Array(event.payload),
  eventId: event.eventId,
  requestId: event.requestId,
  traceId: event.traceId,
  sequence: Number(event.sequence)
})

/** None for a frame of a later version, which is skipped; the cursor of the next frame covers it. */
const framesOf = (frame: PushEvent): ReadonlyArray<PushFrame> => {
  const { cursor, payload } = frame
  switch (payload.case) {
    case "resume": {
      // An unknown outcome is treated as a loss.
      const outcome = outcomes[payload.value.outcome as keyof typeof outcomes] ?? "RESTARTED"
      return [{ type: "resume", cursor, outcome }]
    }
    case "clientEvent":
      return [{ type: "event", cursor, event: eventOf(payload.value) }]
    case "sessionInvalidation": {
      const { deviceSessionId, userId, reason } = payload.value
      return [{ type: "invalidation", cursor, deviceSessionId, userId, reason }]
    }
    default:
      return []
  }
}

/** Codes of what can't be decoded, is too large, or was sent in a form that the backend refuses. */
const unreadable: ReadonlySet<Code> = new Set([Code.InvalidArgument, Code.Internal, Code.DataLoss])

const lostOf =
  (clientId: string) =>
  (cause: unknown): PushSourceLost => {
    const { code, message, rawMessage } = ConnectError.from(cause)
    if (code === Code.Aborted && rawMessage === "replaced") {
      return new PushSourceLost({
        message: `another gateway has subscribed as ${clientId}; each gateway needs a name of its own (GATEWAY_CLIENT_ID)`
      })
    }
    const tooLarge = code === Code.ResourceExhausted && rawMessage.startsWith("message size")
    return new PushSourceLost({ message, unreadable: unreadable.has(code) || tooLarge })
  }

/** Calls `late` where the first item takes longer. */
const begun = <A>(items: AsyncIterable<A>, withinMs: number, late: () => void): AsyncIterable<A> => ({
  [Symbol.asyncIterator]: () => {
    const timer = setTimeout(late, withinMs)
    const iterator = items[Symbol.asyncIterator]()
    return {
      // By hand: a generator that waits for an item can't be ended before it has come.
      next: () => iterator.next().finally(() => clearTimeout(timer)),
      return: () => {
        clearTimeout(timer)
        return iterator.return?.() ?? Promise.resolve({ done: true, value: undefined })
      }
    }
  }
})

/** Opens a connection for each call of `frames`, and closes it with the stream. Never fails to build. */
export const layer = (options: GrpcPushOptions): Layer.Layer<PushSource> =>
  Layer.effect(
    PushSource,
    Effect.gen(function* () {
      const headers: Record<string, string> =
        options.token === undefined ? {} : { [gatewayTokenHeader]: Redacted.value(options.token) }
      const lookup = lookupWithin(connectTimeoutMs)
      let endpoints: ReadonlyArray<Endpoint> = []
      // Gateways that start together are spread over the backends.
      let next = Math.floor((yield* Random.next) * mostEndpoints)

      /** A subscription at one backend; `begun` is called when its first frames are there. */
      const subscription = (endpoint: Endpoint, cursor: string, hasBegun: () => void) =>
        Stream.suspend(() => {
          const abort = new AbortController()
          const connection = new OneConnection(endpoint, options, () =>
            abort.abort(new ConnectError("the connection is lost", Code.Unavailable))
          )
          const { signal } = abort
          const frames = pushFrames(connection, {
            gatewayClientId: options.clientId,
            cursor,
            headers,
            maxFrameBytes,
            signal
          })
          const beginMs = options.beginTimeoutMs ?? usualBeginTimeoutMs
          const late = () =>
            abort.abort(new ConnectError(`the subscription didn't begin within ${beginMs} ms`, Code.Unavailable))
          return Stream.fromAsyncIterable(begun(frames, beginMs, late), lostOf(options.clientId)).pipe(
            Stream.map((events) => {
              hasBegun()
              return events.flatMap(framesOf)
            }),
            Stream.filter(Array.isArrayNonEmpty),
            Stream.flattenArray,
            Stream.ensuring(
              Effect.sync(() => {
                abort.abort()
                connection.close()
              })
            )
          )
        })

      /** At the next backend, and on to others while none of `left` more has begun. */
      const anywhere = (cursor: string, left: number): Stream.Stream<PushFrame, PushSourceLost> =>
        Stream.suspend(() => {
          const endpoint = endpoints[next % endpoints.length]
          if (endpoint === undefined) return Stream.fail(new PushSourceLost({ message: "there is no backend" }))
          let isBegun = false
          return subscription(endpoint, cursor, () => {
            isBegun = true
          }).pipe(
            Stream.catch((lost) => {
              next = (next + 1) % endpoints.length
              return isBegun || left === 0 || lost.unreadable === true ? Stream.fail(lost) : anywhere(cursor, left - 1)
            })
          )
        })

      return PushSource.of({
        frames: (cursor) =>
          Stream.unwrap(
            Effect.map(
              Effect.promise(() => endpointsOf(options.urls, lookup, endpoints)),
              (found) => {
                endpoints = found
                return anywhere(cursor, found.length - 1)
              }
            )
          )
      })
    })
  )
