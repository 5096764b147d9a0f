/**
 * A whole Galaxy in this process, for tests: the real gateway and backend on real sockets, PostgreSQL in memory,
 * engines without processes, mails in a list, and a clock that the test moves.
 *
 * Nothing here is a stand-in for our own code; only what lies outside (mail relay, disk, processes, time) is replaced.
 */
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import { MemoryMail, layerMemory as mailLayer } from "@galaxy/core/mail/MemoryMailTransport"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as BcryptPasswordHasher from "@galaxy/host-node/crypto/BcryptPasswordHasher"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import * as NodeEdgeCrypto from "@galaxy/host-node/gateway/NodeEdgeCrypto"
import * as BackendServer from "@galaxy/host-node/processes/BackendServer"
import { Context, type Duration, Effect, Layer, Redacted, References } from "effect"
import * as InProcessEngineHost from "./engine/InProcessEngineHost.ts"
import * as MovableClock from "./MovableClock.ts"
import type { OutgoingMail } from "@galaxy/core/mail/MailTransport"
import * as TestDatabase from "./TestDatabase.ts"

/** Parts of the platform that a test replaces. Options given here win over the testkit's own. */
export interface GalaxyOptions {
  /** Used instead of PGlite in memory. */
  readonly database?: Layer.Layer<TestDatabase.Database>
  readonly gateway?: Partial<GatewayServer.GatewayOptions>
  readonly backend?: Partial<BackendServer.BackendServerOptions>
}

/** The running platform of a test. */
export class Galaxy extends Context.Service<
  Galaxy,
  {
    /** Origin of the gateway, which players use. */
    readonly gatewayUrl: string
    /** Origin of the backend's own surfaces. */
    readonly backendUrl: string
    readonly admin: { readonly user: string; readonly password: string }
    /** Moves the platform's clock ahead and wakes whatever waits until then. */
    readonly advance: (by: Duration.Input) => Effect.Effect<void>
    /** Mails that were sent, oldest first. */
    readonly mails: Effect.Effect<ReadonlyArray<OutgoingMail>>
  }
>()("@galaxy/testkit/Galaxy") {}

const secret = Redacted.make(new Uint8Array(32).fill(7))
const gatewayToken = Redacted.make("a-gateway-token-of-tests")
const admin = { user: "admin", password: "a-password-of-tests" }
const unlimited = { burst: 1e9, perSecond: 1e9 }

const backendOf = (options: GalaxyOptions) =>
  BackendServer.layer({
    host: "127.0.0.1",
    port: 0,
    pushHost: "127.0.0.1",
    pushPort: 0,
    callers: { gatewayToken },
    secret,
    admin: { user: admin.user, password: Redacted.make(admin.password) },
    mailFrom: "Galaxy <galaxy@example.org>",
    keepEventsMs: 86_400_000,
    // Tests move the clock by days: that is no outage.
    runtime: { moveAfterOutage: false },
    ...options.backend
  }).pipe(
    Layer.provide(
      Layer.mergeAll(GeoIp.layerNone, BcryptPasswordHasher.layer({ cost: 4 }), InProcessEngineHost.layer())
    ),
    Layer.provideMerge(options.database ?? TestDatabase.layerPglite)
  )

const gatewayOf = (options: GalaxyOptions) =>
  GatewayServer.layer({
    host: "127.0.0.1",
    port: 0,
    // A test plays many players from one address.
    budgets: {
      ip: unlimited,
      session: unlimited,
      user: unlimited,
      messageType: unlimited,
      failuresIp: unlimited,
      failuresUser: unlimited,
      repeats: unlimited,
      publicIp: unlimited,
      publicIdentity: unlimited
    },
    ...options.gateway
  }).pipe(
    Layer.provide(
      Layer.unwrap(
        Effect.map(BackendServer.BackendServer, ({ url, pushUrl }) =>
          Layer.mergeAll(
            HttpBackendClient.layer({ url, token: gatewayToken }),
            GrpcPushSource.layer({ url: pushUrl, clientId: "testkit", token: gatewayToken }),
            ReplayStore.layerMemory(),
            NodeEdgeCrypto.layer({ signingSeed: secret })
          )
        )
      )
    )
  )

const galaxy = Layer.effect(
  Galaxy,
  Effect.gen(function* () {
    const gateway = yield* GatewayServer.GatewayServer
    const backend = yield* BackendServer.BackendServer
    const mail = yield* MemoryMail
    const clock = yield* MovableClock.MovableClockService
    return {
      gatewayUrl: gateway.url,
      backendUrl: backend.url,
      admin,
      advance: clock.advance,
      mails: mail.accepted
    }
  })
)

/** The platform, with its lower layers for tests that look behind the gateway. */
export const layer = (options: GalaxyOptions = {}) =>
  galaxy.pipe(
    Layer.provideMerge(gatewayOf(options)),
    Layer.provideMerge(backendOf(options)),
    Layer.provideMerge(mailLayer),
    Layer.provideMerge(MovableClock.layer),
    // Tests report what they see; the platform logs only when something is wrong.
    Layer.provideMerge(Layer.succeed(References.MinimumLogLevel, "Warn")),
    Layer.orDie
  )
