/**
 * `galaxy.push.v1.Push` over gRPC on a port of the backend's own, HTTP/2 with prior knowledge.
 *
 * Only gateways connect here. With a token configured, a subscription without it is refused; the comparison takes the
 * same time however much of it is right.
 */
import { createHash, timingSafeEqual } from "node:crypto"
import * as http2 from "node:http2"
import type { AddressInfo } from "node:net"
import { Code, ConnectError } from "@connectrpc/connect"
import { connectNodeAdapter } from "@connectrpc/connect-node"
import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import { Push } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import { type Frame, PushBroker } from "@galaxy/core/push/PushBroker"
import { Context, Effect, Layer, Redacted, Schema, Stream } from "effect"
import { toFrame } from "./frames.ts"

export interface PushServerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Shared secret of the gateways; absent on a trusted network. */
  readonly gatewayToken?: Redacted.Redacted | undefined
}

/** The port is taken or not ours to take. */
export class PushServerUnavailable extends Schema.TaggedError<PushServerUnavailable>()("PushServerUnavailable", {
  message: Schema.String
}) {}

/** Where gateways can subscribe. */
export class PushServer extends Context.Service<PushServer, { readonly host: string; readonly port: number }>()(
  "@galaxy/host-node/push/PushServer"
) {}

const digest = (text: string) => createHash("sha256").update(text).digest()

const allowed = (options: PushServerOptions, header: Headers): boolean =>
  options.gatewayToken === undefined ||
  timingSafeEqual(digest(header.get(gatewayTokenHeader) ?? ""), digest(Redacted.value(options.gatewayToken)))

const clientIdPattern = /^[\x21-\x7e]{1,128}$/

const listen = (server: http2.Http2Server, options: PushServerOptions) =>
  Effect.callback<AddressInfo, PushServerUnavailable>((resume) => {
    server.once("error", (cause: Error) => {
      resume(Effect.fail(new PushServerUnavailable({ message: cause.message })))
    })
    server.listen(options.port, options.host, () => {
      resume(Effect.succeed(server.address() as AddressInfo))
    })
  })

export const layer = (options: PushServerOptions): Layer.Layer<PushServer, PushServerUnavailable, PushBroker> =>
  Layer.effect(
    PushServer,
    Effect.gen(function* () {
      const broker = yield* PushBroker
      const context = yield* Effect.context()

      const subscription = (clientId: string, cursor: string): AsyncIterable<Frame> =>
        Stream.toAsyncIterableWith(
          broker.subscribe(clientId, cursor).pipe(
            Stream.tapError((error) => Effect.logWarning("a push subscription failed", error)),
            Stream.mapError(() => new ConnectError("the push log cannot be read", Code.Unavailable))
          ),
          context
        )

      const handler = connectNodeAdapter({
        routes: (router) => {
          router.service(Push, {
            async *subscribePush(request, call) {
              if (!allowed(options, call.requestHeader)) {
                throw new ConnectError("the gateway token is missing or wrong", Code.Unauthenticated)
              }
              if (!clientIdPattern.test(request.gatewayClientId) || request.cursor.length > 64) {
                throw new ConnectError("gateway_client_id or cursor has a wrong form", Code.InvalidArgument)
              }
              for await (const frame of subscription(request.gatewayClientId, request.cursor)) yield toFrame(frame)
              throw new ConnectError("another subscription took this one's place", Code.Aborted)
            }
          })
        },
        // Nothing that a gateway sends is larger.
        readMaxBytes: 64 * 1024
      })

      const sessions = new Set<http2.ServerHttp2Session>()
      const server = http2.createServer({}, handler)
      server.on("session", (session) => {
        sessions.add(session)
        session.once("close", () => sessions.delete(session))
        // A gateway that vanished without a word must not hold its place.
        const ping = setInterval(() => {
          const lost = setTimeout(() => session.destroy(), 10_000)
          session.ping(() => {
            clearTimeout(lost)
          })
          session.once("close", () => {
            clearTimeout(lost)
          })
        }, 20_000)
        session.once("close", () => {
          clearInterval(ping)
        })
        session.on("error", () => undefined)
      })
      const address = yield* Effect.acquireRelease(listen(server, options), () =>
        Effect.callback<void>((resume) => {
          server.close(() => {
            resume(Effect.void)
          })
          // Streams never end by themselves.
          for (const session of sessions) session.destroy()
        })
      )
      yield* Effect.logInfo("push stream listens").pipe(Effect.annotateLogs({ port: address.port }))
      return { host: options.host, port: address.port }
    })
  )
