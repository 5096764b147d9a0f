/** Everything between players' programs and a backend, with real sockets, and each part of it to be broken. */
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import * as NodeEdgeCrypto from "@galaxy/host-node/gateway/NodeEdgeCrypto"
import * as PushServer from "@galaxy/host-node/push/PushServer"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Context, Effect, Exit, Layer, Redacted, References, Scope } from "effect"
import { deviceKey, generous, seed as signingSeed } from "../fixture.ts"
import { App } from "./App.ts"
import { MemoryBackend, User } from "./MemoryBackend.ts"

export const userIds = ["0190f7a2-6d3e-7c11-9a55-00000000000a", "0190f7a2-6d3e-7c11-9a55-00000000000b"] as const
const sessionIds = [
  "0190f7a2-6d3e-7c11-9a55-0000000000a1",
  "0190f7a2-6d3e-7c11-9a55-0000000000a2",
  "0190f7a2-6d3e-7c11-9a55-0000000000b1"
] as const

const gatewayKey = new Uint8Array(deviceKey(signingSeed[0] ?? 0).publicKey)
/** A port on which nothing listens. */
const nowhere = 1
const quiet = Layer.succeed(References.MinimumLogLevel, "None")

/** A part that can be ended and started again. */
interface Part {
  readonly start: Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

const part = (build: Effect.Effect<void, never, Scope.Scope>): Part => {
  let running: Scope.Closeable | undefined
  const end = Effect.suspend(() => {
    const scope = running
    running = undefined
    return scope === undefined ? Effect.void : Scope.close(scope, Exit.void)
  })
  return {
    start: Effect.gen(function* () {
      if (running !== undefined) return
      running = yield* Scope.make()
      yield* Scope.provide(build, running)
    }),
    end
  }
}

/**
 * The link leads to this port for as long as its part runs. The port of a part that has ended may be another schedule's, whose
 * sessions have the same names.
 */
const leads = (link: FaultyLink.FaultyLink, port: number) =>
  Effect.acquireRelease(link.lead("127.0.0.1", port), () => link.lead("127.0.0.1", nowhere))

export interface World {
  readonly backend: MemoryBackend
  readonly apps: ReadonlyArray<App>
  /** Between programs and gateway, and between gateway and push server. */
  readonly edge: FaultyLink.FaultyLink
  readonly push: FaultyLink.FaultyLink
  readonly gateway: Part
  readonly pushServer: Part
  readonly startApp: (app: App) => Effect.Effect<void, never, Scope.Scope>
}

/** Two users, one of them on two devices. Nothing runs yet. */
export const world = (seed: number): Effect.Effect<World, never, Scope.Scope> =>
  Effect.gen(function* () {
    const users = userIds.map((id) => new User(id))
    const [first, second] = users as [User, User]
    const backend = new MemoryBackend(users, new SeededRandom(seed ^ 0x5eed))
    const apps = sessionIds.map((id, index) => new App(id, index < 2 ? first : second))
    for (const { key, sessionId, user } of apps) {
      backend.sessions.set(sessionId, { userId: user.id, publicKey: key.publicKey, status: "active" })
    }
    const edge = yield* FaultyLink.make("127.0.0.1", nowhere)
    const push = yield* FaultyLink.make("127.0.0.1", nowhere)
    const store = yield* Layer.build(ReplayStore.layerMemory())

    const pushServer = part(
      Effect.gen(function* () {
        const built = yield* Layer.build(
          PushServer.layer({
            host: "127.0.0.1",
            port: 0,
            callers: { trustedNetwork: true },
            pingIntervalMs: 100,
            pingTimeoutMs: 200,
            drainMs: 20
          }).pipe(Layer.provide(backend.broker), Layer.provide(quiet), Layer.orDie)
        )
        yield* leads(push, Context.get(built, PushServer.PushServer).port)
      })
    )
    const gateway = part(
      Effect.gen(function* () {
        const built = yield* Layer.build(
          GatewayServer.layer({
            ...generous,
            host: "127.0.0.1",
            port: 0,
            hub: { inboxCapacity: 4 },
            times: { drainMs: 20 },
            edge: { freshnessPastMs: 600_000 }
          }).pipe(
            Layer.provide(
              Layer.mergeAll(
                backend.client,
                Layer.succeedContext(store),
                NodeEdgeCrypto.layer({ signingSeed: Redacted.make(signingSeed) }),
                GrpcPushSource.layer({
                  urls: [`http://${push.host}:${push.port}`],
                  clientId: "model",
                  pingIntervalMs: 100,
                  pingTimeoutMs: 200
                })
              )
            ),
            Layer.provide(quiet),
            Layer.orDie
          )
        )
        yield* leads(edge, Context.get(built, GatewayServer.GatewayServer).port)
      })
    )
    const baseUrl = `http://${edge.host}:${edge.port}`
    yield* Effect.addFinalizer(() => Effect.andThen(gateway.end, pushServer.end))
    return { backend, apps, edge, push, gateway, pushServer, startApp: (app) => app.start(baseUrl, gatewayKey) }
  })
