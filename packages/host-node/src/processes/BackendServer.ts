/**
 * A whole backend as one layer: services, workers, REST and push listeners.
 *
 * The host brings what differs between shapes: database, mail transport, engine host, countries.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Accounts from "@galaxy/core/account/Accounts"
import * as Admins from "@galaxy/core/admin/Admins"
import type { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import * as AuthPruner from "@galaxy/core/auth/AuthPruner"
import * as AuthSettings from "@galaxy/core/auth/AuthSettings"
import * as Challenges from "@galaxy/core/auth/Challenges"
import * as Sessions from "@galaxy/core/auth/Sessions"
import * as SignInNetworks from "@galaxy/core/auth/SignInNetworks"
import * as CountryCounters from "@galaxy/core/geo/CountryCounters"
import type { GeoIp } from "@galaxy/core/geo/GeoIp"
import * as Backend from "@galaxy/core/http/Backend"
import type { Callers } from "@galaxy/core/http/Callers"
import * as Probes from "@galaxy/core/http/probes"
import * as Lobby from "@galaxy/core/lobby/Lobby"
import * as LobbyConfig from "@galaxy/core/lobby/game/LobbyConfig"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import type { MailTransport } from "@galaxy/core/mail/MailTransport"
import * as MailWorker from "@galaxy/core/mail/MailWorker"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as Notifications from "@galaxy/core/notification/Notifications"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import * as PushLog from "@galaxy/core/push/PushLog"
import * as PushPruner from "@galaxy/core/push/PushPruner"
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as PlayerOrders from "@galaxy/core/play/PlayerOrders"
import * as EngineVersions from "@galaxy/core/engine/EngineVersions"
import * as Runtime from "@galaxy/core/runtime/Runtime"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import * as RuntimeConfig from "@galaxy/core/runtime/RuntimeConfig"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { DatabaseOwnership } from "@galaxy/core/shared/DatabaseOwnership"
import type { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import * as Standing from "@galaxy/core/standing/Standing"
import { Context, Effect, Layer, type Redacted } from "effect"
import { FetchHttpClient, HttpRouter, HttpServer } from "effect/http"
import type { SqlClient } from "effect/sql"
import { builtinImage, builtinVersion } from "../engine-host/EngineProgram.ts"
import { hostsOf } from "../http/hosts.ts"
import { createListener } from "../http/Listener.ts"
import * as PushServer from "../push/PushServer.ts"

export interface BackendServerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly pushHost: string
  readonly pushPort: number
  /** Who may call the REST surfaces and subscribe to the push stream. */
  readonly callers: Callers
  /** Names under which it is asked, beside those of loopback where it listens there; elsewhere any when there are none. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  /** Keys login codes and seals mails: 32 bytes, the same for all backends of a database. */
  readonly secret: Redacted.Redacted<Uint8Array>
  /** The first administrator, made when there is none of this name. */
  readonly admin?: { readonly user: string; readonly password: Redacted.Redacted } | undefined
  readonly mailFrom: string
  /** Milliseconds that events are kept for streams that resume. */
  readonly keepEventsMs: number
  readonly auth?: Partial<AuthSettings.AuthSettingsShape> | undefined
  readonly lobby?: Partial<LobbyConfig.LobbySettings> | undefined
  readonly runtime?: RuntimeConfig.RuntimeOptions | undefined
  readonly mail?: Partial<MailWorker.MailWorkerOptions> | undefined
}

/** Where the backend listens. */
export class BackendServer extends Context.Service<BackendServer, { readonly url: string; readonly pushUrl: string }>()(
  "@galaxy/host-node/processes/BackendServer"
) {}

/** What a shape brings. */
export type Ports =
  | SqlClient.SqlClient
  | DatabaseOwnership
  | DatabaseSignal
  | MailTransport
  | EngineHost
  | GeoIp
  | PasswordHasher

/** Everything that isn't a listener: the modules of the core over one migrated database. */
export const services = (options: BackendServerOptions) => {
  const secrets = Layer.mergeAll(
    SecretBox.layer({ secret: options.secret }),
    AuthSettings.layer({ codeKey: options.secret, ...options.auth })
  )
  const outbox = Layer.mergeAll(
    MailOutbox.layer({ messageIdDomain: MailOutbox.domainOf(options.mailFrom) }),
    PushLog.layer({ keepFor: options.keepEventsMs })
  )
  const identity = Layer.mergeAll(Challenges.layer, AuthPruner.layer()).pipe(
    Layer.provideMerge(Layer.mergeAll(Accounts.layer, Sessions.layer, SignInNetworks.layer)),
    Layer.provideMerge(Layer.mergeAll(Admins.layer, CountryCounters.layer))
  )
  const games = Lobby.layer.pipe(
    Layer.provideMerge(Runtime.layerForLobby),
    Layer.provide(LobbyConfig.layer(options.lobby))
  )
  const runtime = PlayerOrders.layer.pipe(
    Layer.provideMerge(Runtime.layerAtWork),
    Layer.provide(Lobby.layerForRuntime),
    Layer.provide(
      Layer.mergeAll(RuntimeConfig.layer(options.runtime), RuntimeCluster.layerSingle, FetchHttpClient.layer)
    )
  )
  const workers = Layer.mergeAll(MailWorker.layer({ from: options.mailFrom, ...options.mail }), PushPruner.layer())
  return Layer.mergeAll(identity, games, runtime, workers).pipe(
    Layer.provideMerge(Notifications.layer),
    Layer.provideMerge(outbox),
    Layer.provideMerge(Standing.layer),
    Layer.provideMerge(Layer.merge(secrets, BackgroundLoops.layer)),
    // Before anything reads the database, it has its tables.
    Layer.provideMerge(Migrations.layer)
  )
}

/** What has to be there before the first request: the built-in engine and, where configured, an administrator. */
const prepare = (options: BackendServerOptions) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const versions = yield* EngineVersions.EngineVersions
      yield* versions.register(builtinVersion, builtinImage)
      if (options.admin === undefined) return
      const made = yield* (yield* Admins.Admins).bootstrap(options.admin.user, options.admin.password)
      if (made)
        yield* Effect.logInfo("the first administrator was made").pipe(
          Effect.annotateLogs({ admin: options.admin.user })
        )
    })
  )

const shownHost = (host: string) =>
  host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host

const addresses = (options: BackendServerOptions) =>
  Layer.effect(
    BackendServer,
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const push = yield* PushServer.PushServer
      const port = "port" in address ? address.port : options.port
      const url = `http://${shownHost(options.host)}:${port}`
      yield* Effect.logInfo("backend listens").pipe(Effect.annotateLogs({ url }))
      return { url, pushUrl: `http://${shownHost(options.pushHost)}:${push.port}` }
    })
  )

/** A backend that no gateway can hear isn't ready, and neither is one that another has taken the database from. */
const readiness = Layer.unwrap(
  Effect.gen(function* () {
    const { listening } = yield* PushServer.PushServer
    const { held } = yield* DatabaseOwnership
    return Probes.layer({ "push listener": listening, "database lock": held })
  })
)

export const layer = (options: BackendServerOptions) => {
  const routes = Backend.layer(options.callers)
  const push = PushServer.layer({
    host: options.pushHost,
    port: options.pushPort,
    callers: options.callers,
    allowedHosts: options.allowedHosts
  }).pipe(Layer.provide(PushBroker.layer()))
  const guarded = { hosts: hostsOf(options.host, options.allowedHosts), sameSiteWrites: true }
  const listener = NodeHttpServer.layer(() => createListener(listenerSettings, guarded), {
    host: options.host,
    port: options.port
  })
  return addresses(options).pipe(
    // Not merged: what serves these routes is nobody else's router.
    Layer.provide(HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })),
    Layer.provide(readiness),
    Layer.provideMerge(push),
    Layer.provideMerge(listener),
    Layer.provideMerge(prepare(options)),
    Layer.provideMerge(services(options))
  )
}

/** Only gateways and operators call; they are quick. */
const listenerSettings = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000 }
