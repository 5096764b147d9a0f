/** The runtime over HTTP: its routes for players and for administrators. */
import { AdminEngineVersionsGroup } from "@galaxy/contract/api/admin/EngineVersions"
import { AdminMutation } from "@galaxy/contract/api/admin/AdminMutation"
import { AdminRuntimesGroup } from "@galaxy/contract/api/admin/Runtimes"
import * as AuditLog from "@galaxy/core/audit/AuditLog"
import { adminMutation } from "@galaxy/core/audit/http/adminMutation"
import { AdminIdentity, Administrator, CallerIdentity, userIdHeader } from "@galaxy/contract/api/Identity"
import { InputErrors } from "@galaxy/contract/api/InputErrors"
import { GamesGroup } from "@galaxy/contract/api/UserGamesGroups"
import * as Standing from "@galaxy/core/standing/Standing"
import { CountryCounters } from "@galaxy/core/geo/CountryCounters"
import { callerIdentity } from "@galaxy/core/http/callerIdentity"
import { inputErrors } from "@galaxy/core/shared/http/inputErrors"
import type { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import type { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import type { ReadyFlags } from "@galaxy/core/play/ReadyFlags"
import * as EngineAdmin from "@galaxy/core/engine/http/admin"
import * as RuntimeAdmin from "@galaxy/core/runtime/http/admin"
import * as PlayUser from "@galaxy/core/play/http/user"
import * as Runtime from "@galaxy/core/runtime/Runtime"
import type { Runtimes } from "@galaxy/core/runtime/Runtimes"
import type { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApi, HttpApiBuilder } from "effect/http-api"
import type { SqlClient } from "effect/sql"

/** The runtime's parts of both surfaces. */
class GamesApi extends HttpApi.make("user").add(GamesGroup).middleware(CallerIdentity).middleware(InputErrors) {}
class RuntimesApi extends HttpApi.make("admin")
  .add(AdminRuntimesGroup, AdminEngineVersionsGroup)
  .middleware(AdminMutation)
  .middleware(AdminIdentity)
  .middleware(InputErrors) {}

const noCounters = Layer.succeed(CountryCounters, { count: () => Effect.void })
const anyone = Layer.succeed(AdminIdentity, {
  basic: (http) => Effect.provideService(http, Administrator, { username: "root" })
})

export type Json = Readonly<Record<string, unknown>>
type Needs = PlayerOrders | ReadyFlags | Runtimes | EngineVersions | DatabaseSignal | SqlClient.SqlClient

/** Calls to both surfaces, by a user or an administrator. */
export const surface = Effect.gen(function* () {
  const context = yield* Effect.context<Needs>()
  const app = Layer.mergeAll(HttpApiBuilder.layer(GamesApi), HttpApiBuilder.layer(RuntimesApi)).pipe(
    Layer.provide([PlayUser.games, RuntimeAdmin.runtimes, EngineAdmin.engineVersions]),
    Layer.provide(Runtime.layerForAdmins),
    Layer.provide([
      callerIdentity.pipe(Layer.provide([noCounters, Standing.layer])),
      anyone,
      adminMutation.pipe(Layer.provide(AuditLog.layer)),
      inputErrors
    ]),
    Layer.provide(Layer.succeedContext(context)),
    Layer.provide(HttpServer.layerServices)
  )
  const { handler } = yield* Effect.acquireRelease(
    Effect.sync(() => HttpRouter.toWebHandler(app, { disableLogger: true })),
    ({ dispose }) => Effect.promise(dispose)
  )
  return (who: string, method: string, path: string, body?: Json) =>
    Effect.promise(async () => {
      const response = await handler(
        new Request(`http://backend/api/v1${path}`, {
          method,
          headers: {
            [userIdHeader]: who,
            "x-galaxy-admin": "test",
            ...(body === undefined ? {} : { "content-type": "application/json" })
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
      )
      const text = await response.text()
      return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Json }
    })
})
