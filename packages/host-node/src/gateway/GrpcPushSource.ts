/** The backend's push log over gRPC, as the gateway's `PushSource`. A backend that falls silent is noticed by pings. */
import { isIP, connect as netConnect } from "node:net"
import { connect as tlsConnect } from "node:tls"
import { ConnectError, createClient } from "@connectrpc/connect"
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Push, type PushEvent, Resume_Outcome } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { type PushFrame, PushSource, PushSourceLost } from "@galaxy/edge/hub/PushSource"
import { Effect, Layer, Redacted, Stream } from "effect"
import { lookupWithin } from "../net/lookup.ts"

export interface GrpcPushOptions {
  /** Where the backend's push stream listens, as `http://127.0.0.1:8082`. */
  readonly url: string
  /** Name of this gateway: one subscription each. */
  readonly clientId: string
  readonly token?: Redacted.Redacted | undefined
  /** How often the backend is asked whether it is there, and how long it may take to answer. Milliseconds. */
  readonly pingIntervalMs?: number | undefined
  readonly pingTimeoutMs?: number | undefined
}

const outcomes = {
  [Resume_Outcome.RESUMED]: "RESUMED",
  [Resume_Outcome.RESTARTED]: "RESTARTED",
  [Resume_Outcome.FRESH]: "FRESH"
} as const

const connectTimeoutMs = 5_000

/** A connection for HTTP/2 that is there in time or fails. */
const connectTo = (authority: URL) => {
  const host = authority.hostname.replace(/^\[|\]$/g, "")
  const secure = authority.protocol === "https:"
  const port = Number(authority.port === "" ? (secure ? 443 : 80) : authority.port)
  const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5_000 }
  const to = { ...common, lookup: lookupWithin(connectTimeoutMs) }
  const socket = secure
    ? tlsConnect({ ...to, ALPNProtocols: ["h2"], ...(isIP(host) === 0 ? { servername: host } : {}) })
    : netConnect(to)
  const timer = setTimeout(() => {
    socket.destroy(new Error(`the backend didn't take the connection within ${connectTimeoutMs} ms`))
  }, connectTimeoutMs)
  const settled = () => {
    clearTimeout(timer)
  }
  socket.once(secure ? "secureConnect" : "connect", settled)
  socket.once("close", settled)
  return socket
}

/** `undefined` for a frame of a later version: its cursor counts, its content can't. */
const frameOf = (frame: PushEvent): PushFrame | undefined => {
  const { cursor, payload } = frame
  switch (payload.case) {
    case "resume": {
      // What isn't known is treated as a loss.
      const outcome = outcomes[payload.value.outcome as keyof typeof outcomes] ?? "RESTARTED"
      return { type: "resume", cursor, outcome }
    }
    case "clientEvent":
      return { type: "event", cursor, event: { ...payload.value, sequence: Number(payload.value.sequence) } }
    case "sessionInvalidation": {
      const { deviceSessionId, userId, reason } = payload.value
      return { type: "invalidation", cursor, deviceSessionId, userId, reason }
    }
    default:
      return undefined
  }
}

export const layer = (options: GrpcPushOptions): Layer.Layer<PushSource> =>
  Layer.effect(
    PushSource,
    Effect.gen(function* () {
      // Pings find a backend that vanished without closing the connection.
      const sessionManager = yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new Http2SessionManager(
              options.url,
              {
                pingIntervalMs: options.pingIntervalMs ?? 4_000,
                pingTimeoutMs: options.pingTimeoutMs ?? 4_000,
                pingIdleConnection: true
              },
              { createConnection: connectTo }
            )
        ),
        (manager) => Effect.sync(() => manager.abort())
      )
      const rpc = createClient(Push, createGrpcTransport({ baseUrl: options.url, sessionManager }))
      const headers: Record<string, string> =
        options.token === undefined ? {} : { [gatewayTokenHeader]: Redacted.value(options.token) }

      return PushSource.of({
        frames: (cursor) =>
          Stream.suspend(() => {
            const abort = new AbortController()
            return Stream.fromAsyncIterable(
              rpc.subscribePush({ gatewayClientId: options.clientId, cursor }, { signal: abort.signal, headers }),
              (cause) => new PushSourceLost({ message: ConnectError.from(cause).message })
            ).pipe(
              Stream.map(frameOf),
              Stream.filter((it) => it !== undefined),
              Stream.ensuring(Effect.sync(() => abort.abort()))
            )
          })
      })
    })
  )
