/**
 * A backend of a cluster in this process: the whole core on a real PostgreSQL, behind links that a test cuts and holds.
 *
 * A frozen one does nothing until it is thawed: no byte reaches it or leaves it, and no timer of its wakes anybody. Then
 * it goes on where it was, as a process does that was stopped. A killed one never does anything again.
 */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Core from "@galaxy/core/Core"
import * as PasswordHasher from "@galaxy/core/admin/PasswordHasher"
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as GeoIp from "@galaxy/core/geo/GeoIp"
import type { MailTransport } from "@galaxy/core/mail/MailTransport"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { Clock, Context, Effect, Exit, Latch, Layer, Logger, Redacted, Scope } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import type { DoubleEngines } from "./DoubleEngines.ts"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"

/** What all backends have in common, apart from their database. */
export type Surroundings = EngineHost | HttpClient.HttpClient | DoubleEngines | MailTransport

export const secret = Redacted.make(new Uint8Array(32).fill(3))

/** A port that nothing listens on at the moment. */
/** The clock of the machine, whose sleepers wake only while the gate is open. */
const gatedClock = (gate: Latch.Latch) =>
  Effect.map(Clock.Clock, (live): Clock.Clock => {
    const gated = Object.create(live) as { -readonly [K in keyof Clock.Clock]: Clock.Clock[K] }
    gated.sleep = (duration) => Effect.andThen(live.sleep(duration), gate.await)
    return gated
  })

export interface MemberOptions {
  /** The database. */
  readonly url: string
  readonly surroundings: Context.Context<Surroundings>
  /** See `ClusterOptions`. */
  readonly timeScale: number
  readonly core?: Partial<Core.CoreOptions>
  readonly workers?: ReadonlyArray<Core.WorkerName>
}

const everyWorker: ReadonlyArray<Core.WorkerName> = [
  "mail",
  "channels",
  "runtime",
  "push-pruner",
  "auth-pruner",
  "account-ends",
  "erasure",
  "mail-pruner",
  "runtime-pruner",
  "notification-pruner",
  "invite-pruner",
  "state-pruner",
  "entitlements",
  "user-event-pruner",
  "race-name-sweeper"
]

/** Starts a backend; it ends with the scope, if nothing else has ended it before. */
export const start = Effect.fnUntraced(function* (options: MemberOptions) {
  const outer = yield* Effect.scope
  const scope = yield* Scope.make()
  const database = yield* FaultyLink.to(options.url)
  const port = yield* Effect.promise(freePort)
  const peers = yield* FaultyLink.make("127.0.0.1", port)
  const gate = Latch.makeUnsafe(true)
  const clock = yield* gatedClock(gate)
  const { surroundings } = options
  let dead = false
  const passes = Effect.andThen(
    gate.await,
    Effect.suspend(() => (dead ? Effect.never : Effect.void))
  )
  const engines = HttpClient.transform(Context.get(surroundings, HttpClient.HttpClient), (response) =>
    Effect.tap(Effect.andThen(passes, response), passes)
  )
  const workers = options.workers ?? ["runtime"]
  const sharding = RuntimeCluster.layerSql({
    address: { host: "127.0.0.1", port: peers.port },
    secret,
    timeScale: options.timeScale
  }).pipe(
    Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port, gracefulShutdownTimeout: 500 })),
    Layer.provide(FetchHttpClient.layer)
  )
  const layer = Core.layer(
    {
      secret,
      mailFrom: "Galaxy <galaxy@example.org>",
      withoutWorkers: everyWorker.filter((it) => !workers.includes(it)),
      ...options.core
    },
    sharding
  ).pipe(
    Layer.provideMerge(PgDatabaseSignal.layer),
    Layer.provideMerge(
      Postgres.layerOwned({ url: database.via(options.url), shared: true, maxConnections: 6, connectTimeoutMs: 2_000 })
    ),
    Layer.provide(Layer.merge(GeoIp.layerNone, PasswordHasher.layerNone)),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, engines)),
    Layer.provide(Layer.succeedContext(Context.omit(HttpClient.HttpClient)(surroundings))),
    Layer.provide(Layer.merge(Layer.succeed(Clock.Clock, clock), Logger.layer([])))
  )
  const context = yield* Effect.onError(Layer.buildWithScope(Layer.fresh(layer), scope), () =>
    Scope.close(scope, Exit.void)
  )
  let over = false
  const close = Effect.suspend(() => {
    over = true
    return Scope.close(scope, Exit.void)
  })
  yield* Scope.addFinalizer(
    outer,
    Effect.suspend(() => (over ? Effect.void : close))
  )

  const frozen = (is: boolean) =>
    Effect.suspend(() => {
      if (is) gate.closeUnsafe()
      else gate.openUnsafe()
      return Effect.andThen(database.hold(is), peers.hold(is))
    })

  return {
    context,
    runtimes: Context.get(context, Runtimes),
    address: `127.0.0.1:${peers.port}`,
    database,
    peers,
    freeze: frozen(true),
    thaw: frozen(false),
    /** An end in good order. */
    end: close,
    /** What it holds is gone at once, and nothing of it is heard any more. */
    kill: Effect.gen(function* () {
      over = true
      dead = true
      gate.closeUnsafe()
      for (const link of [database, peers]) {
        yield* link.refuseNew(true)
        yield* link.cut
      }
      // What is left of it in this process can reach nothing. Nobody waits for that.
      yield* Effect.forkIn(
        Effect.andThen(
          Effect.sync(() => gate.openUnsafe()),
          Scope.close(scope, Exit.void)
        ),
        outer
      )
    })
  }
})

export type Member = Effect.Success<ReturnType<typeof start>>
