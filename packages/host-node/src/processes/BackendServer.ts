/**
 * A whole backend as one layer: the core, its REST and push listeners, and what must exist before the first request.
 *
 * The shape brings what differs: database, mail transport, engine host, countries.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Core from "@galaxy/core/Core"
import * as Admins from "@galaxy/core/admin/Admins"
import * as Backend from "@galaxy/core/http/Backend"
import type { Callers } from "@galaxy/core/http/Callers"
import * as PlatformGauges from "@galaxy/core/http/PlatformGauges"
import * as Probes from "@galaxy/core/http/probes"
import * as EngineVersions from "@galaxy/core/engine/EngineVersions"
import * as AccessLog from "@galaxy/core/shared/http/AccessLog"
import { DatabaseOwnership } from "@galaxy/core/shared/DatabaseOwnership"
import { Context, Effect, Layer, type Redacted } from "effect"
import type { Sharding } from "effect/cluster"
import { FetchHttpClient, HttpRouter, HttpServer } from "effect/http"
import { builtinImage, builtinVersion } from "../engine-host/EngineProgram.ts"
import { load as loadPage } from "../gateway/page/PageFolder.ts"
import { serveConsole } from "../gateway/page/serveConsole.ts"
import { hostsOf, urlHostOf } from "../http/hosts.ts"
import { createListener } from "../http/Listener.ts"
import * as PushServer from "../push/PushServer.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import type { Departure } from "./Departure.ts"

/** Where the backend listens and who may call it, in addition to the options of the core. */
export interface BackendServerOptions extends Core.CoreOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly pushHost: string
  readonly pushPort: number
  /** Who may call the REST surfaces and subscribe to the push stream. */
  readonly callers: Callers
  /**
   * Host names that it answers to. On loopback they are added to its names; elsewhere only these are answered, or any
   * if there are none.
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  /** Whether new games may start on this installation's own engine; true by default. Not where engines are images. */
  readonly builtInEngine?: boolean
  /** The first administrator, created unless one of this name exists. */
  readonly admin?: { readonly user: string; readonly password: Redacted.Redacted } | undefined
  /** Which requests get a line in the log; none when absent. */
  readonly accessLog?: AccessLog.AccessLogShape | undefined
  /** Begins at the end of the layer's scope; then, for `endDelayMs`, everything is served as before. */
  readonly departure?: Departure | undefined
  /** In milliseconds; 0 when absent. */
  readonly endDelayMs?: number | undefined
  /** A build of the operators' console, served below `/admin/`; none when absent. */
  readonly console?: { readonly folder: string } | undefined
}

/** Where the backend listens. */
export class BackendServer extends Context.Service<BackendServer, { readonly url: string; readonly pushUrl: string }>()(
  "@galaxy/host-node/processes/BackendServer"
) {}

/** Creates what must exist before the first request: the built-in engine and an administrator, where configured. */
const prepare = (options: BackendServerOptions) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const versions = yield* EngineVersions.EngineVersions
      if (options.builtInEngine ?? true) yield* versions.register(builtinVersion, builtinImage)
      if (options.admin === undefined) return
      const made = yield* (yield* Admins.Admins).bootstrap(options.admin.user, options.admin.password)
      if (made)
        yield* Effect.logInfo("the first administrator was made").pipe(
          Effect.annotateLogs({ admin: options.admin.user })
        )
    })
  )

const addresses = (options: BackendServerOptions) =>
  Layer.effect(
    BackendServer,
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const push = yield* PushServer.PushServer
      const port = "port" in address ? address.port : options.port
      const url = `http://${urlHostOf(options.host)}:${port}`
      const { departure, endDelayMs = 0 } = options
      if (departure !== undefined) {
        yield* Effect.addFinalizer(() => Effect.andThen(departure.begin, Effect.sleep(endDelayMs)))
      }
      yield* Effect.logInfo("backend listens").pipe(Effect.annotateLogs({ url }))
      return { url, pushUrl: `http://${urlHostOf(options.pushHost)}:${push.port}` }
    })
  )

/** A backend that no gateway can reach isn't ready, nor is one that has lost its database to another, or is ending. */
const readinessOf = (departure: Departure | undefined) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { listening } = yield* PushServer.PushServer
      const { held } = yield* DatabaseOwnership
      return Probes.layer({
        "push listener": listening,
        "database lock": held,
        "time left": Effect.sync(() => departure?.begun() !== true)
      })
    })
  )

/**
 * Registers the built-in engine and the administrator before the first request. Needs the database, mail transport,
 * engine host and countries of the shape; fails to build where a listener can't listen or the console's build can't be
 * served. The owners of games live in `sharding`; in this process alone when absent.
 */
export const layer = <E = never, R = never>(
  options: BackendServerOptions,
  sharding?: Layer.Layer<Sharding.Sharding, E, R>
) => {
  const routes = Backend.layer(options.callers)
  const push = PushServer.layer({
    host: options.pushHost,
    port: options.pushPort,
    callers: options.callers,
    allowedHosts: options.allowedHosts
  })
  const guarded = { hosts: hostsOf(options.host, options.allowedHosts), sameSiteWrites: true }
  const listener = Layer.unwrap(
    Effect.gen(function* () {
      const first = options.console === undefined ? undefined : serveConsole(yield* loadPage(options.console))
      return NodeHttpServer.layer(() => createListener(listenerSettings, guarded, first), {
        host: options.host,
        port: options.port
      })
    })
  )
  return addresses(options).pipe(
    // Not merged: what serves these routes is nobody else's router.
    Layer.provide(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provide(options.accessLog === undefined ? Layer.empty : AccessLog.layer(options.accessLog)),
    Layer.provide(readinessOf(options.departure)),
    Layer.provide(gauges),
    Layer.provideMerge(push),
    Layer.provideMerge(listener),
    Layer.provideMerge(prepare(options)),
    Layer.provideMerge(Core.layer(options, sharding)),
    Layer.provide(FetchHttpClient.layer)
  )
}

/** Read from the database only where somebody reads the metrics. */
const gauges = Layer.unwrap(Effect.map(Telemetry, ({ metrics }) => (metrics ? PlatformGauges.layer() : Layer.empty)))

/** Only gateways and operators call; they are quick. */
const listenerSettings = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000 }
