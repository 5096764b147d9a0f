/** A whole gateway as one layer: verification, streams, public routes and the port that they share. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { BackendClient } from "@galaxy/edge/BackendClient"
import * as Backends from "@galaxy/edge/Backends"
import * as BalancedBackend from "@galaxy/edge/BalancedBackend"
import type { AccessLogShape } from "@galaxy/core/shared/http/AccessLog"
import { counter, gauge } from "@galaxy/contract/telemetry/instruments"
import * as Budgets from "@galaxy/edge/Budgets"
import type { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import * as EdgeGateway from "@galaxy/edge/EdgeGateway"
import * as EdgeSettings from "@galaxy/edge/EdgeSettings"
import * as Ending from "@galaxy/edge/Ending"
import * as Dispatcher from "@galaxy/edge/hub/Dispatcher"
import type { Peer } from "@galaxy/edge/Envelope"
import type * as GuardedBackend from "@galaxy/edge/GuardedBackend"
import * as FailedVerifications from "@galaxy/edge/FailedVerifications"
import * as EventStreams from "@galaxy/edge/hub/EventStreams"
import * as PushHub from "@galaxy/edge/hub/PushHub"
import type { PushSource } from "@galaxy/edge/hub/PushSource"
import { PeerOf } from "@galaxy/edge/PeerOf"
import * as PublicRest from "@galaxy/edge/PublicRest"
import * as Readiness from "@galaxy/edge/Readiness"
import { RateLimited } from "@galaxy/edge/Refusal"
import type { ReplayStore } from "@galaxy/edge/ReplayStore"
import * as SessionCache from "@galaxy/edge/SessionCache"
import * as Verifier from "@galaxy/edge/Verifier"
import { ByteSize, Clock, Context, Effect, Layer } from "effect"
import { HttpIncomingMessage, HttpRouter, type HttpServerRequest } from "effect/http"
import * as Cors from "../http/cors.ts"
import { guard } from "../http/guard.ts"
import { hostsOf, takesAuthority } from "../http/hosts.ts"
import { refuse } from "../http/refuse.ts"
import { Admission, answer, arrivalOf } from "./bounds/Admission.ts"
import * as BoundsOptions from "./bounds/BoundsOptions.ts"
import { type Head, type HttpRefusal, refusals } from "./bounds/refusal.ts"
import { isCall, refuseUnknown } from "./callHeads.ts"
import * as ConnectEdge from "./connectEdge.ts"
import { encoded, isEncoded } from "./contentEncoding.ts"
import type { Incoming } from "./Incoming.ts"
import { listen, type Times, type Tls } from "./listener.ts"
import type { ListenerUnavailable } from "./ListenerUnavailable.ts"
import { listens, urlOf } from "./listenerUrl.ts"
import { toConnectError } from "./refusalErrors.ts"
import { load as loadPage, type PageSource, type PageUnusable } from "./page/PageFolder.ts"
import { servePage } from "./page/servePage.ts"
import * as OpenServices from "./open/openServices.ts"
import { readSmallFirst } from "./readSmallFirst.ts"
import { maxDiscarded, maxDiscardedOfEndless } from "./readToTheEnd.ts"
import { Collecting } from "../telemetry/collecting.ts"
import * as PlainLog from "../logging/PlainLog.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import * as CallLog from "./observed/CallLog.ts"
import * as Metered from "./observed/metered.ts"
import * as Observer from "./observed/Observer.ts"
import { callOf } from "./observed/Observer.ts"
import { type SourceOptions, Sources } from "./source/Sources.ts"

/** Where the gateway listens, and its limits. What is left out has its default. */
export interface GatewayOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly tls?: Tls | undefined
  /** Where connections come from, if another process accepts them at `host` and `port`. */
  readonly incoming?: Incoming | undefined
  /**
   * Host names that players connect to. On loopback they are added to its names; elsewhere only these are answered, or
   * any if there are none.
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  /** Origins whose pages may call, such as `https://play.example.org`; none when absent. */
  readonly corsOrigins?: ReadonlyArray<string> | undefined
  /** How long clients may take; what is left out has its default. */
  readonly times?: Partial<Times> | undefined
  /** What clients may hold at once; what is left out has its default. */
  readonly bounds?: Partial<BoundsOptions.BoundsOptions> | undefined
  /**
   * At the end, how long the gateway goes on serving once its readiness has turned, in milliseconds: time for load
   * balancers to notice. None when absent.
   */
  readonly endDelayMs?: number | undefined
  /** Trusted proxies and exempt networks. */
  readonly sources?: SourceOptions | undefined
  /** Which requests get a line in the log; none when absent. */
  readonly accessLog?: AccessLogShape | undefined
  readonly edge?: Partial<EdgeSettings.EdgeSettingsShape> | undefined
  readonly budgets?: Partial<Budgets.BudgetOptions> | undefined
  /** Further processes that grant requests of the same budgets. */
  readonly sharedBudgets?: Budgets.SharedBudgets | undefined
  /** When calls to a backend that doesn't answer are held back, and how many are made at once. */
  readonly circuits?: GuardedBackend.GuardOptions | undefined
  readonly sessions?: Partial<SessionCache.SessionCacheOptions> | undefined
  readonly hub?: Partial<PushHub.PushHubOptions> | undefined
  /** Whether tools may ask for the proto files, by gRPC's server reflection; off by default. */
  readonly reflection?: boolean | undefined
  /** The player's client for browsers, served at `/`. Without it the gateway answers programs alone. */
  readonly page?: PageSource | undefined
}

/** Where the gateway listens. */
export class GatewayServer extends Context.Service<
  GatewayServer,
  { readonly host: string; readonly port: number; readonly url: string }
>()("@galaxy/host-node/gateway/GatewayServer") {}

/** The peer of a request of the public routes, as the listener knows it. */
const peerOf = (request: HttpServerRequest.HttpServerRequest): Peer =>
  arrivalOf(request.source)?.peer ?? { ip: "unknown" }

/** Routes that pages of other origins may call, beside the rpc service: not the probes, nor the page itself. */
const publicPaths = "/api/v1/public/"

/** Room between what a reader takes and where it is cut off, for data that the system has read ahead. */
const readAhead = 256 * 1024

const bodyLimits = (maxPayloadBytes: number) => {
  const kept = ConnectEdge.readLimit(maxPayloadBytes)
  return {
    kept,
    read: kept + maxDiscarded + readAhead,
    endless: kept + maxDiscardedOfEndless + readAhead,
    answered: maxDiscarded
  }
}

const openStreams = gauge("galaxy.gateway.streams")
const turnedAway = counter("galaxy.gateway.budget.refused")

type Ports = PushSource | ReplayStore | EdgeCrypto

const server = (options: GatewayOptions) =>
  Layer.effect(
    GatewayServer,
    Effect.gen(function* () {
      const gateway = yield* EdgeGateway.EdgeGateway
      const streams = yield* EventStreams.EventStreams
      const settings = yield* EdgeSettings.EdgeSettings
      const hub = yield* PushHub.PushHub
      const ending = yield* Ending.Ending
      const context = yield* Effect.context()
      const scope = yield* Effect.scope
      const page = options.page === undefined ? undefined : servePage(yield* loadPage(options.page))
      const failed = FailedVerifications.make(yield* Budgets.Budgets, yield* Clock.Clock)
      const rest = yield* NodeHttpServer.makeHandler(
        Effect.provideService(yield* HttpRouter.toHttpEffect(PublicRest.layer), PeerOf, peerOf),
        { scope }
      )
      const log = options.accessLog === undefined ? undefined : CallLog.make(options.accessLog, yield* PlainLog.make)
      const observe = Observer.make(yield* Telemetry, log)
      const notCounted = (yield* Collecting).add(() => openStreams(Effect.runSync(hub.size)))
      yield* Effect.addFinalizer(() => Effect.sync(notCounted))
      const rpc = ConnectEdge.make({
        gateway,
        streams,
        context,
        maxPayloadBytes: settings.maxPayloadBytes,
        onMalformed: (peer) => {
          failed.refused(peer, "invalid_envelope")
        }
      })
      const readiness = yield* Readiness.Readiness
      const open = OpenServices.make({
        isReady: () => Effect.runPromiseWith(context)(Effect.map(readiness.state, Readiness.isReady)),
        everyMs: settings.probeKeptMs,
        reflection: options.reflection ?? false
      })
      yield* Effect.forkScoped(Effect.andThen(ending.begun, Effect.promise(open.changed)))
      const handles = (url: string) => rpc.handles(url) || open.handles(url)
      const cors = Cors.make(options.corsOrigins ?? [])
      const rateLimited = refusals((retryAfterMs) => toConnectError(new RateLimited({ retryAfterMs }), "request"))
      const noRoom = (head: Head, retryAfterMs: number): HttpRefusal =>
        cors.withHeaders(rateLimited(head, retryAfterMs), head.origin)
      const isForPages = (path: string) => rpc.handles(path) || path.startsWith(publicPaths)
      /**
       * Step 0 of wire.md, before anything of the request is read. Returns how long to wait in milliseconds, 0 for not
       * at all.
       */
      const mayTry = (peer: Peer | undefined): number =>
        peer === undefined ? 0 : (failed.mayTry(peer)?.retryAfterMs ?? 0)
      const hosts = hostsOf(options.host, options.allowedHosts)
      const admission = new Admission({
        takesStream: rpc.takesStreams({
          takesHost: takesAuthority(hosts),
          mayTry: (peer) => mayTry(peer) === 0,
          headers: cors.withHeaders({ headers: {} }, undefined).headers,
          observe: (stream, path) => observe?.({ method: "POST", url: path, headers: {} }, stream, path)
        }),
        sources: new Sources(options.sources),
        bounds: { ...BoundsOptions.defaults(), ...options.bounds },
        bodies: bodyLimits(settings.maxPayloadBytes),
        isRpc: handles,
        refuse: (head, retryAfterMs) => {
          turnedAway(1, "room")
          return noRoom(head, retryAfterMs)
        },
        sendMs: options.times?.sendMs
      })
      const address = yield* listen(
        {
          host: options.host,
          port: options.port,
          tls: options.tls,
          incoming: options.incoming,
          times: options.times,
          admission
        },
        guard(
          { hosts },
          cors.around(
            isForPages,
            readSmallFirst((request, response) => {
              const isRpc = handles(request.url ?? "")
              if (observe === undefined) Observer.unobserved(request)
              else observe(request, response, isRpc ? request.url : undefined)
              if (!isRpc) {
                if (isCall(request)) refuseUnknown(request, response)
                else if (isEncoded(request)) refuse(request, response, ...encoded)
                else if (page?.(request, response) !== true) rest(request, response)
                return
              }
              const waitMs = mayTry(arrivalOf(request)?.peer)
              if (waitMs === 0) (open.handles(request.url ?? "") ? open : rpc).handler(request, response)
              else {
                callOf(request)?.refused("rate_limited")
                const head = { isRpc: true, contentType: request.headers["content-type"] }
                answer(response, noRoom(head, Math.ceil(waitMs / 1_000) * 1_000))
              }
            })
          )
        )
      )
      // Runs before the listener is closed: open streams learn why they end, and only then does the port drain.
      yield* Effect.addFinalizer(() =>
        ending.begin.pipe(
          Effect.andThen(Effect.sleep(options.endDelayMs ?? 0)),
          Effect.andThen(Effect.sync(open.close)),
          Effect.andThen(hub.close)
        )
      )
      const url = urlOf(options, address.port)
      if (options.incoming === undefined) yield* listens(url, page !== undefined)
      return { host: options.host, port: address.port, url }
    })
  )

/**
 * In front of several backends. Fails with `ListenerUnavailable` when the port can't be listened on, and with `PageUnusable`
 * when there is no whole build of the page. At its end, readiness turns, then open streams are ended, and then the port drains.
 */
export const layerBackends = (
  options: GatewayOptions
): Layer.Layer<GatewayServer, ListenerUnavailable | PageUnusable, Ports | Backends.Backends> =>
  server(options).pipe(
    Layer.provideMerge(Dispatcher.layer),
    Layer.provide(Layer.provide(Metered.streams, EventStreams.layer)),
    Layer.provide(EdgeGateway.layer),
    Layer.provide(Verifier.layer),
    Layer.provide(Readiness.layer),
    Layer.provide(
      Layer.mergeAll(
        Layer.provide(Metered.sessions, SessionCache.layer(options.sessions)),
        Layer.provide(Metered.budgets, Budgets.layer(options.budgets, options.sharedBudgets)),
        EdgeSettings.layer(options.edge),
        Ending.layer,
        PushHub.layer(options.hub)
      )
    ),
    Layer.provide(BalancedBackend.layer(options.circuits)),
    Layer.provide([Metered.push, Metered.replay]),
    Layer.provide(NodeHttpServer.layerHttpServices),
    Layer.provide(Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(64 * 1024)))
  )

/** The same in front of one backend. */
export const layer = (
  options: GatewayOptions
): Layer.Layer<GatewayServer, ListenerUnavailable | PageUnusable, Ports | BackendClient> =>
  Layer.provide(layerBackends(options), Backends.layerOne)
