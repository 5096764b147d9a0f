/**
 * The backend's REST surfaces as one layer of routes: public, user, internal and admin, with their probes.
 *
 * Here every module's handlers come together; a host adds a listener, and the services that they ask for by type.
 */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { PublicApi } from "@galaxy/contract/api/PublicApi"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Layer, type Redacted } from "effect"
import { HttpRouter } from "effect/http"
import { type HttpApi, HttpApiBuilder } from "effect/http-api"
import * as LobbyHttp from "../lobby/http.ts"
import * as RuntimeHttpAdmin from "../runtime/httpAdmin.ts"
import * as RuntimeHttpGames from "../runtime/httpGames.ts"
import { gatewayOnly } from "./gatewayOnly.ts"
import * as handlers from "./handlers.ts"
import { adminIdentity, callerIdentity, inputErrors } from "./middleware.ts"
import { otherwise } from "./otherwise.ts"
import * as Probes from "./probes.ts"
import { shape } from "./shape.ts"

export interface BackendOptions {
  /** What a gateway has to send; absent where only gateways can reach the listener. */
  readonly gatewayToken?: Redacted.Redacted | undefined
}

/** Surrounds the routes of some APIs with what all answers have in common. */
export const surround = <A, E, R>(
  routes: Layer.Layer<A, E, R>,
  apis: ReadonlyArray<HttpApi.Constraint>,
  options: BackendOptions = {}
) => {
  const admitted = gatewayOnly(options.gatewayToken)
  const routed = otherwise(apis, Probes.routes)
  return Layer.mergeAll(
    routes,
    Probes.probes,
    HttpRouter.middleware((http) => shape(admitted(routed(http))), { global: true })
  ).pipe(Layer.provide([callerIdentity, adminIdentity, inputErrors]))
}

/** Handlers of sign-in, accounts and sessions. */
export const identity = Layer.mergeAll(
  handlers.auth,
  handlers.account,
  handlers.sessions,
  handlers.internalSessions,
  handlers.internalUsers
)

const apis = [PublicApi, UserApi, InternalApi, AdminApi] as const

const groups = Layer.mergeAll(
  identity,
  LobbyHttp.layer,
  RuntimeHttpGames.games,
  RuntimeHttpAdmin.runtimes,
  RuntimeHttpAdmin.engineVersions
)

/** All surfaces. A group of handlers that is missing above is asked for by type, and no host gives it. */
export const layer = (options: BackendOptions = {}) =>
  surround(
    Layer.mergeAll(
      HttpApiBuilder.layer(PublicApi),
      HttpApiBuilder.layer(UserApi),
      HttpApiBuilder.layer(InternalApi),
      HttpApiBuilder.layer(AdminApi)
    ).pipe(Layer.provide(groups)),
    apis,
    options
  )
