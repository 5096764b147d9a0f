/** The runtime over HTTP: its routes for players and for administrators. */
import { AdminEngineHostsGroup } from "@galaxy/contract/api/admin/EngineHosts"
import { AdminEngineVersionsGroup } from "@galaxy/contract/api/admin/EngineVersions"
import { AdminMutation } from "@galaxy/contract/api/admin/AdminMutation"
import { AdminRuntimesGroup } from "@galaxy/contract/api/admin/Runtimes"
import * as AuditLog from "@galaxy/core/audit/AuditLog"
import { adminMutation } from "@galaxy/core/audit/http/adminMutation"
import { AdminIdentity, CallerIdentity } from "@galaxy/contract/api/Identity"
import { InputErrors } from "@galaxy/contract/api/InputErrors"
import { GamesGroup } from "@galaxy/contract/api/UserGamesGroups"
import type { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import type { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import type { ReadyFlags } from "@galaxy/core/play/ReadyFlags"
import * as EngineAdmin from "@galaxy/core/engine/http/admin"
import type { EngineHosts } from "@galaxy/core/runtime/EngineHosts"
import * as RuntimeAdmin from "@galaxy/core/runtime/http/admin"
import * as RuntimeHosts from "@galaxy/core/runtime/http/adminHosts"
import * as PlayUser from "@galaxy/core/play/http/user"
import * as Runtime from "@galaxy/core/runtime/Runtime"
import type { Runtimes } from "@galaxy/core/runtime/Runtimes"
import type { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { Effect, Layer } from "effect"
import { HttpApi, HttpApiBuilder } from "effect/http-api"
import type { SqlClient } from "effect/sql"
import { callerOf, callers } from "../http/callerOf.ts"

/** The runtime's parts of both surfaces. */
class GamesApi extends HttpApi.make("user").add(GamesGroup).middleware(CallerIdentity).middleware(InputErrors) {}
class RuntimesApi extends HttpApi.make("admin")
  .add(AdminRuntimesGroup, AdminEngineVersionsGroup, AdminEngineHostsGroup)
  .middleware(AdminMutation)
  .middleware(AdminIdentity)
  .middleware(InputErrors) {}

type Needs = PlayerOrders | ReadyFlags | Runtimes | EngineHosts | EngineVersions | DatabaseSignal | SqlClient.SqlClient

/** Calls to both surfaces, by a user or an administrator; paths begin after `/api/v1`. */
export const surface = Effect.flatMap(Effect.context<Needs>(), (context) =>
  callerOf(
    Layer.mergeAll(HttpApiBuilder.layer(GamesApi), HttpApiBuilder.layer(RuntimesApi)).pipe(
      Layer.provide([PlayUser.games, RuntimeAdmin.runtimes, RuntimeHosts.engineHosts, EngineAdmin.engineVersions]),
      Layer.provide(Runtime.layerForAdmins),
      Layer.provide([callers, adminMutation.pipe(Layer.provide(AuditLog.layer))]),
      Layer.provide(Layer.succeedContext(context))
    ),
    "/api/v1"
  )
)
