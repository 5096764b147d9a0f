/**
 * The parts of a test's platform, each in a scope of its own, so that the backend and the gateway can end and start
 * again while the world around them stays: database, engines, mailbox and clock.
 *
 * Everybody reaches the backend and the gateway through links, whose addresses stay the same over restarts.
 */
import { DeadlineClock } from "@galaxy/core/shared/BackgroundLoop"
import { MailTransport } from "@galaxy/core/mail/MailTransport"
import { NewSeed } from "@galaxy/core/runtime/RuntimeJobs"
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as BackendServer from "@galaxy/host-node/processes/BackendServer"
import { Clock, Context, Effect, Exit, Layer, Redacted, References, Scope } from "effect"
import { SqlClient } from "effect/sql"
import * as InProcessEngineHost from "../engine/InProcessEngineHost.ts"
import * as FaultyLink from "../FaultyLink.ts"
import * as MovableClock from "../MovableClock.ts"
import type { Database } from "../TestDatabase.ts"
import * as databases from "./databases.ts"
import * as FaultyEngines from "./FaultyEngines.ts"
import * as parts from "./parts.ts"
import * as Postbox from "./Postbox.ts"

/** Operators are mailed about what fails. */
const adminEmail = "operators@example.org"

/** What a platform is made of; what is left out is the testkit's own. */
export interface PlatformOptions {
  /** Seeds of galaxies begin with this text. */
  readonly seed: string
  /** The time at the start; the present when absent. */
  readonly startAt: string | number | Date | undefined
  /** URL of a PostgreSQL server. */
  readonly postgres: string | undefined
  /** URL of a Redis. */
  readonly redis: string | undefined
  readonly backend: Partial<BackendServer.BackendServerOptions> | undefined
  readonly gateway: Partial<GatewayServer.GatewayOptions> | undefined
}

/** A part of the platform that can be started again. */
export type PartName = "backend" | "gateway"

/** A running platform. */
export interface Platform {
  readonly gatewayUrl: string
  readonly backendUrl: string
  readonly clock: MovableClock.MovableClock
  readonly postbox: Postbox.Postbox
  readonly database: databases.FaultyDatabase
  readonly engines: FaultyEngines.EngineFaults["Service"]
  readonly push: FaultyLink.FaultyLink
  readonly redis: FaultyLink.FaultyLink | undefined
  /** The database client of the present backend. */
  readonly sql: () => SqlClient.SqlClient
  /** Clock and level of the log, for effects of the test. */
  readonly services: Context.Context<never>
  readonly stop: (part: PartName) => Effect.Effect<void>
  readonly start: (part: PartName) => Effect.Effect<void>
  /** Ends the backend as a power failure does: nothing that it still does reaches anybody. */
  readonly kill: Effect.Effect<void>
  /** Ends both, makes the world around them new, and starts them again. */
  readonly renew: Effect.Effect<void>
}

/** A link that lets nothing through. The effect that it returns ends that. */
export const severed = (link: FaultyLink.FaultyLink): Effect.Effect<Effect.Effect<void>> =>
  Effect.as(Effect.andThen(link.refuseNew(true), link.cut), link.refuseNew(false))

interface Running {
  readonly scope: Scope.Closeable
  readonly context: Context.Context<never>
}

/** Starts everything; it ends with the scope. What can't start is a defect. */
export const make = Effect.fnUntraced(function* (
  options: PlatformOptions
): Effect.fn.Return<Platform, never, Scope.Scope> {
  const outer = yield* Effect.scope
  const realClock = yield* Clock.Clock
  const clock = MovableClock.make()
  const { startAt } = options
  const rewind =
    startAt === undefined
      ? Effect.suspend(() => clock.setWall(Date.now() - clock.currentTimeMillisUnsafe()))
      : Effect.suspend(() => clock.setWall(new Date(startAt).getTime() - clock.currentTimeMillisUnsafe()))
  yield* rewind
  const postbox = Postbox.make()
  let games = 0
  const services = Context.make(Clock.Clock, clock).pipe(
    Context.add(MovableClock.MovableClockService, clock),
    // Moving the clock makes nothing late that is at work meanwhile.
    Context.add(DeadlineClock, realClock),
    // Tests report what they see; the platform logs only when something is wrong.
    Context.add(References.MinimumLogLevel, "Warn"),
    Context.add(
      NewSeed,
      Effect.sync(() => `${options.seed}-${++games}`)
    )
  )

  /** Builds a layer in a scope of its own. */
  const build = <A>(layer: Layer.Layer<A, unknown>) =>
    Effect.gen(function* () {
      const scope = yield* Scope.fork(outer)
      const context = yield* Layer.buildWithScope(
        Layer.provideMerge(layer, Layer.succeedContext(services)),
        scope
      ).pipe(
        Effect.provide(services),
        Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Scope.close(scope, exit))),
        Effect.orDie
      )
      return { scope, context }
    })

  const [toGateway, toBackend, push, database, world, redis] = yield* Effect.all(
    [
      FaultyLink.make("127.0.0.1", 0),
      FaultyLink.make("127.0.0.1", 0),
      FaultyLink.make("127.0.0.1", 0),
      options.postgres === undefined ? databases.pglite : databases.postgres(options.postgres),
      build(FaultyEngines.layer.pipe(Layer.provide(InProcessEngineHost.layer()))),
      options.redis === undefined ? Effect.undefined : FaultyLink.to(options.redis)
    ],
    { concurrency: "unbounded" }
  )
  const at = (link: FaultyLink.FaultyLink) => `http://${link.host}:${link.port}`
  const leads = (link: FaultyLink.FaultyLink, url: string) => {
    const { hostname, port } = new URL(url)
    return link.lead(hostname, Number(port))
  }

  const outside: Layer.Layer<Database | EngineHost | MailTransport> = Layer.mergeAll(
    database.layer,
    Layer.succeedContext(world.context),
    Layer.succeed(MailTransport, postbox.transport)
  )
  const replay: Layer.Layer<ReplayStore.ReplayStore, unknown> =
    options.redis === undefined || redis === undefined
      ? ReplayStore.layerMemory()
      : RedisReplayStore.layer({ url: Redacted.make(redis.via(options.redis)) })

  const begin: Readonly<Record<PartName, Effect.Effect<Running>>> = {
    backend: Effect.gen(function* () {
      const made = yield* build(parts.backend({ adminEmail, ...options.backend }).pipe(Layer.provideMerge(outside)))
      const { url, pushUrl } = Context.get(made.context, BackendServer.BackendServer)
      yield* leads(toBackend, url)
      yield* leads(push, pushUrl)
      return made
    }),
    gateway: Effect.gen(function* () {
      const layer = parts.gateway({ url: at(toBackend), pushUrl: at(push) }, options.gateway)
      const made = yield* build(layer.pipe(Layer.provide(replay)))
      yield* leads(toGateway, Context.get(made.context, GatewayServer.GatewayServer).url)
      return made
    })
  }

  const running = { backend: yield* begin.backend, gateway: yield* begin.gateway }
  const engines = Context.get(world.context, FaultyEngines.EngineFaults)
  const sql = () => Context.getUnsafe(running.backend.context, SqlClient.SqlClient)
  const start = (part: PartName) =>
    Effect.map(begin[part], (made) => {
      running[part] = made
    })
  const stop = (part: PartName) => Effect.suspend(() => Scope.close(running[part].scope, Exit.void))

  return {
    gatewayUrl: at(toGateway),
    backendUrl: at(toBackend),
    clock,
    postbox,
    database,
    engines,
    push,
    redis,
    sql,
    services,
    stop,
    start,
    kill: Effect.gen(function* () {
      const { mode } = postbox
      postbox.mode = "hang"
      const restored = yield* Effect.all([database.fail("cut", sql()), severed(toBackend), severed(push)])
      yield* stop("backend")
      yield* Effect.all(restored, { discard: true })
      postbox.mode = mode
    }),
    renew: Effect.gen(function* () {
      yield* stop("gateway")
      yield* stop("backend")
      yield* Effect.all([engines.reset, database.wipe], { concurrency: 2, discard: true })
      postbox.clear()
      games = 0
      yield* rewind
      yield* start("backend")
      yield* start("gateway")
    })
  }
})
