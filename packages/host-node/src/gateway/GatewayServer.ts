/** A whole gateway as one layer: verification, streams, public routes and the port that they share. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { BackendClient } from "@galaxy/edge/BackendClient"
import * as Budgets from "@galaxy/edge/Budgets"
import type { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import * as EdgeGateway from "@galaxy/edge/EdgeGateway"
import * as EdgeSettings from "@galaxy/edge/EdgeSettings"
import * as Dispatcher from "@galaxy/edge/hub/Dispatcher"
import * as EventStreams from "@galaxy/edge/hub/EventStreams"
import * as PushHub from "@galaxy/edge/hub/PushHub"
import type { PushSource } from "@galaxy/edge/hub/PushSource"
import * as PublicRest from "@galaxy/edge/PublicRest"
import type { ReplayStore } from "@galaxy/edge/ReplayStore"
import * as SessionCache from "@galaxy/edge/SessionCache"
import * as Verifier from "@galaxy/edge/Verifier"
import { ByteSize, Context, Effect, Layer } from "effect"
import { HttpIncomingMessage, HttpRouter } from "effect/http"
import { guard } from "../http/guard.ts"
import { hostsOf } from "../http/hosts.ts"
import { refuse } from "../http/refuse.ts"
import * as ConnectEdge from "./connectEdge.ts"
import { encoded, isEncoded } from "./contentEncoding.ts"
import { type ListenerUnavailable, listen, type Times, type Tls } from "./listener.ts"
import { readSmallFirst } from "./readSmallFirst.ts"

export interface GatewayOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly tls?: Tls | undefined
  /** Names under which players connect, beside those of loopback where it listens there; elsewhere any when there are none. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  readonly maxConnections?: number | undefined
  /** How long clients may take; what is left out has its default. */
  readonly times?: Partial<Times> | undefined
  readonly edge?: Partial<EdgeSettings.EdgeSettingsShape> | undefined
  readonly budgets?: Partial<Budgets.BudgetOptions> | undefined
  readonly sessions?: Partial<SessionCache.SessionCacheOptions> | undefined
  readonly hub?: Partial<PushHub.PushHubOptions> | undefined
}

/** Where the gateway listens. */
export class GatewayServer extends Context.Service<
  GatewayServer,
  { readonly host: string; readonly port: number; readonly url: string }
>()("@galaxy/host-node/gateway/GatewayServer") {}

type Ports = BackendClient | PushSource | ReplayStore | EdgeCrypto

const shownHost = (host: string) =>
  host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host

const server = (options: GatewayOptions) =>
  Layer.effect(
    GatewayServer,
    Effect.gen(function* () {
      const gateway = yield* EdgeGateway.EdgeGateway
      const streams = yield* EventStreams.EventStreams
      const settings = yield* EdgeSettings.EdgeSettings
      const hub = yield* PushHub.PushHub
      const context = yield* Effect.context()
      const scope = yield* Effect.scope
      const rest = yield* NodeHttpServer.makeHandler(yield* HttpRouter.toHttpEffect(PublicRest.layer), { scope })
      const rpc = ConnectEdge.make({ gateway, streams, context, maxPayloadBytes: settings.maxPayloadBytes })
      const address = yield* listen(
        {
          host: options.host,
          port: options.port,
          tls: options.tls,
          times: options.times,
          maxConnections: options.maxConnections ?? 60_000
        },
        guard(
          { hosts: hostsOf(options.host, options.allowedHosts) },
          readSmallFirst((request, response) => {
            if (rpc.handles(request.url ?? "")) rpc.handler(request, response)
            else if (isEncoded(request)) refuse(request, response, ...encoded)
            else rest(request, response)
          })
        )
      )
      // Runs before the listener is closed: open streams are told why they end, and only then the port drains.
      yield* Effect.addFinalizer(() => hub.close)
      const scheme = options.tls === undefined ? "http" : "https"
      const url = `${scheme}://${shownHost(options.host)}:${address.port}`
      yield* Effect.logInfo("gateway listens").pipe(Effect.annotateLogs({ url }))
      return { host: options.host, port: address.port, url }
    })
  )

export const layer = (options: GatewayOptions): Layer.Layer<GatewayServer, ListenerUnavailable, Ports> =>
  server(options).pipe(
    Layer.provideMerge(Dispatcher.layer),
    Layer.provide(EventStreams.layer),
    Layer.provide(EdgeGateway.layer),
    Layer.provide(Verifier.layer),
    Layer.provide(
      Layer.mergeAll(
        SessionCache.layer(options.sessions),
        Budgets.layer(options.budgets),
        EdgeSettings.layer(options.edge),
        PushHub.layer(options.hub)
      )
    ),
    Layer.provide(NodeHttpServer.layerHttpServices),
    Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(64 * 1024)))
  )
