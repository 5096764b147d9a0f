/**
 * The backend's REST surfaces as one layer of routes: public, user, internal and admin, with their probes.
 *
 * Here every module's handlers come together. A host adds a listener and the services that the handlers require by
 * type.
 */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { PublicApi } from "@galaxy/contract/api/PublicApi"
import { UserApi } from "@galaxy/contract/api/UserApi"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { type HttpApi, HttpApiBuilder } from "effect/http-api"
import * as AccountInternal from "../account/http/internal.ts"
import * as AccountUser from "../account/http/user.ts"
import * as AdminAdmin from "../admin/http/admin.ts"
import * as AuditAdmin from "../audit/http/admin.ts"
import { adminMutation } from "../audit/http/adminMutation.ts"
import { dryRun } from "../audit/http/dryRun.ts"
import * as AuthInternal from "../auth/http/internal.ts"
import * as AuthPublic from "../auth/http/public.ts"
import * as AuthAdmin from "../auth/http/admin.ts"
import * as AuthBlocked from "../auth/http/blockedAddresses.ts"
import * as AuthUser from "../auth/http/user.ts"
import * as EngineAdmin from "../engine/http/admin.ts"
import * as GameAdmin from "../lobby/http/admin.ts"
import * as GameUser from "../lobby/game/http/user.ts"
import * as ApplicationAdmin from "../lobby/application/http/admin.ts"
import * as ApplicationUser from "../lobby/application/http/user.ts"
import * as InviteLook from "../lobby/invite/http/look.ts"
import * as InviteUser from "../lobby/invite/http/user.ts"
import * as MembershipUser from "../lobby/membership/http/user.ts"
import * as GeoAdmin from "../geo/http/admin.ts"
import * as MailAdmin from "../mail/http/admin.ts"
import * as NotificationAdmin from "../notification/http/admin.ts"
import * as NotificationPublic from "../notification/http/public.ts"
import * as PlayUser from "../play/http/user.ts"
import * as PushInternal from "../push/http/internal.ts"
import * as PushUser from "../push/http/user.ts"
import * as RaceNameUser from "../race-name/http/user.ts"
import * as RuntimeBackends from "../runtime/http/adminBackends.ts"
import * as RuntimeHosts from "../runtime/http/adminHosts.ts"
import * as RuntimeAdmin from "../runtime/http/admin.ts"
import * as StandingAdmin from "../standing/http/admin.ts"
import { adminIdentity } from "../admin/http/identity.ts"
import { inputErrors } from "../shared/http/inputErrors.ts"
import { callerIdentity } from "./callerIdentity.ts"
import { measured } from "../shared/http/measured.ts"
import { shape } from "../shared/http/shape.ts"
import { LastStorageReport } from "../shared/http/storageReports.ts"
import type { Callers } from "./Callers.ts"
import { diagnostics } from "./diagnostics.ts"
import { gatewayOnly } from "./gatewayOnly.ts"
import { notFound, routesOf } from "./notFound.ts"
import * as Probes from "./probes.ts"
import * as Reference from "./reference.ts"

/** Surrounds the routes of some APIs with what all answers have in common. */
export const surround = <A, E, R>(
  routes: Layer.Layer<A, E, R>,
  apis: ReadonlyArray<HttpApi.Constraint>,
  callers: Callers
) => {
  const admitted = gatewayOnly(callers)
  const others = [...Probes.routes, ...Reference.routes]
  const routed = notFound(apis, others)
  const timed = measured([...routesOf(apis), ...others].map((it) => it.path))
  const lastReport = { at: Number.NEGATIVE_INFINITY }
  return Layer.mergeAll(
    routes,
    Probes.probes,
    Reference.reference,
    HttpRouter.middleware(
      (http) => Effect.provideService(timed(shape(admitted(dryRun(routed(http))))), LastStorageReport, lastReport),
      { global: true }
    )
  ).pipe(Layer.provide([callerIdentity, adminIdentity, adminMutation, inputErrors]))
}

/** Handlers of sign-in, accounts and sessions. */
export const identity = Layer.mergeAll(
  AuthPublic.auth,
  AccountUser.account,
  AuthUser.sessions,
  AuthInternal.internalSessions,
  AccountInternal.internalAccounts,
  PushInternal.internalEvents,
  NotificationPublic.mail
)

const apis = [PublicApi, UserApi, InternalApi, AdminApi] as const

const groups = Layer.mergeAll(
  identity,
  GameUser.layer,
  InviteUser.layer,
  InviteLook.layer,
  ApplicationUser.layer,
  ApplicationAdmin.applications,
  RaceNameUser.layer,
  MembershipUser.layer,
  PlayUser.games,
  PushUser.notices,
  AdminAdmin.adminAccounts,
  AuditAdmin.audit,
  diagnostics,
  GameAdmin.games,
  RuntimeAdmin.runtimes,
  RuntimeHosts.engineHosts,
  RuntimeBackends.backends,
  EngineAdmin.engineVersions,
  StandingAdmin.users,
  MailAdmin.mail,
  NotificationAdmin.notifications,
  GeoAdmin.geo,
  AuthAdmin.userEnds,
  AuthAdmin.userSessions,
  AuthBlocked.blockedAddresses
)

/** All surfaces. If a group of handlers is missing above, the layer's type still requires it, and no host compiles. */
export const layer = (callers: Callers) =>
  surround(
    Layer.mergeAll(
      HttpApiBuilder.layer(PublicApi),
      HttpApiBuilder.layer(UserApi),
      HttpApiBuilder.layer(InternalApi),
      HttpApiBuilder.layer(AdminApi)
    ).pipe(Layer.provide(groups)),
    apis,
    callers
  )
