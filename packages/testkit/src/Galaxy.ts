/**
 * A whole Galaxy in this process, for tests: the real gateway and backend on real sockets, PostgreSQL in memory,
 * engines without processes, mails in a list, and a clock that the test moves.
 *
 * Nothing here is a stand-in for our own code; only what lies outside (mail relay, disk, processes, time) is replaced.
 */
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import { MemoryMail, layerMemory as mailLayer } from "@galaxy/core/mail/MemoryMailTransport"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as BackendServer from "@galaxy/host-node/processes/BackendServer"
import { Context, type Duration, Effect, Layer, References } from "effect"
import type { SqlClient } from "effect/sql"
import * as InProcessEngineHost from "./engine/InProcessEngineHost.ts"
import * as parts from "./internal/parts.ts"
import * as MovableClock from "./MovableClock.ts"
import type { OutgoingMail } from "@galaxy/core/mail/MailTransport"
import * as TestDatabase from "./TestDatabase.ts"

/** Parts of the platform that a test replaces. Options given here win over the testkit's own. */
export interface GalaxyOptions {
  /** Used instead of PGlite in memory. */
  readonly database?: Layer.Layer<TestDatabase.Database>
  /** Used instead of engines in this process. */
  readonly engines?: Layer.Layer<EngineHost, never, SqlClient.SqlClient>
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

const gatewayOf = (options: GalaxyOptions) =>
  Layer.unwrap(Effect.map(BackendServer.BackendServer, (at) => parts.gateway(at, options.gateway))).pipe(
    Layer.provide(ReplayStore.layerMemory())
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
      admin: parts.admin,
      advance: clock.advance,
      mails: mail.accepted
    }
  })
)

/** The platform, with its lower layers for tests that look behind the gateway. */
export const layer = (options: GalaxyOptions = {}) =>
  galaxy.pipe(
    Layer.provideMerge(gatewayOf(options)),
    Layer.provideMerge(parts.backend(options.backend)),
    Layer.provide(options.engines ?? InProcessEngineHost.layer()),
    Layer.provideMerge(options.database ?? TestDatabase.layerPglite),
    Layer.provideMerge(mailLayer),
    Layer.provideMerge(MovableClock.layer),
    // Tests report what they see; the platform logs only when something is wrong.
    Layer.provideMerge(Layer.succeed(References.MinimumLogLevel, "Warn")),
    Layer.orDie
  )
