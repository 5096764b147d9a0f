/**
 * `galaxy.push.v1.Push` over gRPC on a separate port of the backend, HTTP/2 with prior knowledge.
 *
 * Only gateways connect here: unless the network is trusted, a subscription without their token is refused. A gateway
 * that goes away for any reason frees its place at once.
 */
import * as http2 from "node:http2"
import type * as net from "node:net"
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect"
import { connectNodeAdapter } from "@connectrpc/connect-node"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { type GatewaySubscribeRequest, Push } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { admits, type Callers } from "@galaxy/core/http/Callers"
import { PushBroker, type SubscribeError } from "@galaxy/core/push/PushBroker"
import { Context, Effect, Layer, Schema, Stream } from "effect"
import * as Outage from "../logging/Outage.ts"
import { guard } from "../http/guard.ts"
import { hostsOf } from "../http/hosts.ts"
import { toFrame } from "./frames.ts"
import { keepAlive } from "./keepAlive.ts"

/** Where gateways subscribe, and which may. Pings are sent every 5 s and must be answered within 5 s by default. */
export interface PushServerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly callers: Callers
  /**
   * Host names that it answers to. On loopback they are added to its names; elsewhere only these are answered, or any
   * if there are none.
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  /** How often a gateway is pinged, and how long it may take to answer, in milliseconds. */
  readonly pingIntervalMs?: number
  readonly pingTimeoutMs?: number
  /** At the end, how long open streams may take to end, in milliseconds; one second by default. */
  readonly drainMs?: number
}

/** The port is in use, or this user may not listen on it. */
export class PushServerUnavailable extends Schema.TaggedError<PushServerUnavailable>()("PushServerUnavailable", {
  message: Schema.String
}) {}

/** Where gateways can subscribe. */
export class PushServer extends Context.Service<
  PushServer,
  {
    readonly host: string
    readonly port: number
    /** For readiness: whether gateways are let in. */
    readonly listening: Effect.Effect<boolean>
  }
>()("@galaxy/host-node/push/PushServer") {}

const clientIdPattern = /^[\x21-\x7e]{1,128}$/
const maxCursorLength = 64
const maxConnections = 1_024
const usualDrainMs = 1_000

/** The error for a gateway: why, and whether to come back. */
const refusal = (error: SubscribeError): ConnectError => {
  switch (error._tag) {
    case "TooManySubscriptions":
      return new ConnectError("too many gateways are subscribed", Code.ResourceExhausted)
    case "StorageError":
      return new ConnectError("the push log cannot be read", Code.Unavailable)
    case "SubscriptionEnded":
      return error.reason === "shutting_down" ? shuttingDown() : new ConnectError(error.reason, Code.Aborted)
  }
}

const shuttingDown = () => new ConnectError("the backend is shutting down", Code.Unavailable)

const logged = (gateway: string, log: Outage.Outage) => (error: SubscribeError) => {
  if (error._tag === "StorageError") return log.begun(error.logFields["reason"] ?? "unknown")
  const reason = error._tag === "SubscriptionEnded" ? error.reason : "too_many"
  return Effect.logInfo("a push subscription ended").pipe(Effect.annotateLogs({ gateway, reason }))
}

const listen = (server: http2.Http2Server, options: PushServerOptions) =>
  Effect.callback<net.AddressInfo, PushServerUnavailable>((resume) => {
    const failed = (cause: Error) => {
      resume(Effect.fail(new PushServerUnavailable({ message: cause.message })))
    }
    server.once("error", failed)
    server.listen(options.port, options.host, () => {
      server.off("error", failed)
      server.on("error", () => undefined)
      resume(Effect.succeed(server.address() as net.AddressInfo))
    })
  })

/**
 * Ends when every connection is gone; those that don't end by themselves are cut off after a while. A session that has
 * ended isn't enough: its socket waits for the other side.
 */
const close = (
  server: http2.Http2Server,
  sessions: ReadonlySet<http2.ServerHttp2Session>,
  sockets: ReadonlySet<net.Socket>,
  drainMs: number
) =>
  Effect.callback<void>((resume) => {
    const cut = setTimeout(() => {
      for (const socket of sockets) socket.destroy()
    }, drainMs)
    server.close(() => {
      clearTimeout(cut)
      resume(Effect.void)
    })
    for (const session of sessions) session.close()
  })

/**
 * Fails with `PushServerUnavailable` when the port can't be listened on. At its end, open subscriptions end as
 * `UNAVAILABLE`.
 */
export const layer = (options: PushServerOptions): Layer.Layer<PushServer, PushServerUnavailable, PushBroker> =>
  Layer.effect(
    PushServer,
    Effect.gen(function* () {
      const broker = yield* PushBroker
      const context = yield* Effect.context()
      const pushLog = Outage.make({ lost: "the push log is lost", back: "the push log is back" })
      /** Ends each open subscription. */
      const open = new Set<() => void>()
      let closing = false

      async function* subscribePush(request: GatewaySubscribeRequest, call: HandlerContext) {
        const given = call.requestHeader.get(gatewayTokenHeader) ?? ""
        if (!admits(options.callers, given)) {
          throw new ConnectError("the gateway token is missing or wrong", Code.Unauthenticated)
        }
        if (!clientIdPattern.test(request.gatewayClientId) || request.cursor.length > maxCursorLength) {
          throw new ConnectError("gateway_client_id or cursor is malformed", Code.InvalidArgument)
        }
        if (closing) throw shuttingDown()
        const frames = Stream.toAsyncIterableWith(
          broker.subscribe(request.gatewayClientId, request.cursor).pipe(
            Stream.tap(() => pushLog.over),
            Stream.tapError(logged(request.gatewayClientId, pushLog)),
            Stream.mapError(refusal)
          ),
          context
        )[Symbol.asyncIterator]()
        // Iterated by hand: a loop that waits for the next frame, or for a write that never ends, wouldn't notice that
        // the gateway is gone.
        const stop = () => {
          open.delete(stop)
          // A defect while it ends must not end the process.
          frames.return?.().catch(() => undefined)
        }
        open.add(stop)
        call.signal.addEventListener("abort", stop, { once: true })
        if (call.signal.aborted) stop()
        try {
          for (let it = await frames.next(); it.done !== true; it = await frames.next()) yield toFrame(it.value)
          throw shuttingDown()
        } finally {
          call.signal.removeEventListener("abort", stop)
          stop()
        }
      }

      const adapter = connectNodeAdapter({
        routes: (router) => {
          router.service(Push, { subscribePush })
        },
        // Nothing that a gateway sends is larger.
        readMaxBytes: 64 * 1024
      })
      const handler: typeof adapter = (request, response) => {
        try {
          adapter(request, response)
        } catch {
          // The adapter can't make a URL of the authority.
          response.writeHead(400)
          response.end()
        }
      }

      const sessions = new Set<http2.ServerHttp2Session>()
      const guarded = guard({ hosts: hostsOf(options.host, options.allowedHosts), sameSiteWrites: true }, handler)
      const server = http2.createServer(
        { settings: { maxConcurrentStreams: 16 }, maxSessionMemory: 16 },
        guarded as never
      )
      server.maxConnections = maxConnections
      const sockets = new Set<net.Socket>()
      server.on("connection", (socket: net.Socket) => {
        sockets.add(socket)
        socket.once("close", () => sockets.delete(socket))
      })
      server.on("session", (session) => {
        sessions.add(session)
        session.once("close", () => sessions.delete(session))
        session.on("error", () => undefined)
        keepAlive(session, options.pingIntervalMs ?? 5_000, options.pingTimeoutMs ?? 5_000)
      })
      const address = yield* Effect.acquireRelease(listen(server, options), () =>
        Effect.suspend(() => {
          closing = true
          for (const stop of open) stop()
          return close(server, sessions, sockets, options.drainMs ?? usualDrainMs)
        })
      )
      yield* Effect.logInfo("push stream listens").pipe(Effect.annotateLogs({ port: address.port }))
      return { host: options.host, port: address.port, listening: Effect.sync(() => server.listening) }
    })
  )
