/** The user process as one layer: the user module, its internal listener, and a listener for metrics where wanted. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { json } from "@galaxy/core/shared/http/shape"
import type { Callers } from "@galaxy/core/http/Callers"
import * as userServiceRoutes from "@galaxy/core/user-service/http/userService"
import type * as UserService from "@galaxy/core/user-service/UserService"
import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { hostsOf, urlHostOf } from "../http/hosts.ts"
import { createListener } from "../http/Listener.ts"
import { Collecting } from "../telemetry/collecting.ts"
import * as prometheus from "../telemetry/prometheus.ts"

/** Where a listener listens, and how long its clients may take, in milliseconds. */
export interface ListenerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly readHeaderTimeoutMs: number
  readonly readTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/** The listeners of the process, in addition to the options of the user module. */
export interface UserServerOptions extends UserService.UserServiceOptions {
  readonly internal: ListenerOptions
  readonly callers: Callers
  readonly requestTimeoutMs: number
  /** Serves `/metrics` and nothing else. */
  readonly metrics?: ListenerOptions | undefined
}

/** Where the process listens; `metricsUrl` only where there is such a listener. */
export class UserServer extends Context.Service<
  UserServer,
  { readonly url: string; readonly metricsUrl: string | undefined }
>()("@galaxy/host-node/user/UserServer") {}

const listenerOn = (options: ListenerOptions) =>
  NodeHttpServer.layer(
    () =>
      createListener(
        {
          headersTimeout: options.readHeaderTimeoutMs,
          requestTimeout: options.readTimeoutMs,
          keepAliveTimeout: options.idleTimeoutMs,
          connectionsCheckingInterval: 500
        },
        { hosts: hostsOf(options.host, options.allowedHosts), sameSiteWrites: true }
      ),
    { host: options.host, port: options.port }
  )

const urlOf = (options: ListenerOptions) =>
  Effect.map(HttpServer.HttpServer, ({ address }) => {
    const port = "port" in address ? address.port : options.port
    return `http://${urlHostOf(options.host)}:${port}`
  })

const quiet = { disableLogger: true, disableListenLog: true } as const

class MetricsUrl extends Context.Service<MetricsUrl, string | undefined>()("@galaxy/host-node/user/MetricsUrl") {}

const metricsRoutes = Layer.merge(
  HttpRouter.add(
    "GET",
    "/metrics",
    Effect.map(Collecting, ({ collect }) => {
      collect()
      return HttpServerResponse.text(prometheus.text(), { contentType: prometheus.contentType })
    })
  ),
  HttpRouter.use((router) => router.add("*", "/*", Effect.succeed(json("not_found", "there is only /metrics"))))
)

const metricsListener = (options: ListenerOptions | undefined) =>
  options === undefined
    ? Layer.succeed(MetricsUrl, undefined)
    : Layer.effect(MetricsUrl, urlOf(options)).pipe(
        Layer.provide(HttpRouter.serve(metricsRoutes, quiet)),
        Layer.provide(Layer.fresh(listenerOn(options)))
      )

/**
 * Listens once the database is migrated. Needs the database, its signals and where lists come from of the host.
 */
export const layer = (options: UserServerOptions) => {
  const routes = userServiceRoutes.layer({ callers: options.callers, requestTimeout: options.requestTimeoutMs })
  const listening = Layer.effect(
    UserServer,
    Effect.gen(function* () {
      const url = yield* urlOf(options.internal)
      const metricsUrl = yield* MetricsUrl
      yield* Effect.logInfo("user process listens").pipe(
        Effect.annotateLogs({ url, ...(metricsUrl === undefined ? {} : { metrics_url: `${metricsUrl}/metrics` }) })
      )
      return UserServer.of({ url, metricsUrl })
    })
  ).pipe(Layer.provide(HttpRouter.serve(routes, quiet)), Layer.provide(listenerOn(options.internal)))
  return listening.pipe(Layer.provide(metricsListener(options.metrics)))
}
