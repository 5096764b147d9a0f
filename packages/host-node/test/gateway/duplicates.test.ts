/** One signed request, sent many times at once by who recorded it: it runs once. */
import { Code, ConnectError } from "@connectrpc/connect"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import type { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { assert, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import * as Fixture from "./fixture.ts"
import { testUrl } from "./redis.ts"
import { futureMs, serving } from "./redisGateway.ts"

const copies = 50
const protocols = Object.keys(Fixture.transports) as ReadonlyArray<Fixture.Protocol>

type Gateway = Context.Context<GatewayServer | Fixture.Script>

/** What became of one copy: its result, or why it was refused. */
const outcome = (call: () => Promise<{ readonly resultCode: string }>) =>
  Effect.promise(() =>
    call().then(
      ({ resultCode }) => resultCode,
      (cause: unknown) => {
        const error = ConnectError.from(cause)
        return `${Code[error.code]} ${error.findDetails(ErrorInfoSchema)[0]?.reason}`
      }
    )
  )

const sendCopies = (gateways: ReadonlyArray<Gateway>) =>
  Effect.gen(function* () {
    const clients = yield* Effect.all(
      gateways.flatMap((gateway) => protocols.map((protocol) => Effect.provide(Fixture.rpc(protocol), gateway)))
    )
    // Connections are there before the race.
    for (const client of clients)
      assert.strictEqual(yield* outcome(() => client.executeCommand(Fixture.request())), "ok")
    const scripts = gateways.map((gateway) => Context.get(gateway, Fixture.Script))
    const before = scripts.reduce((sum, script) => sum + script.calls.length, 0)
    const request = Fixture.request()
    const outcomes = yield* Effect.all(
      Array.from({ length: copies }, (_, copy) =>
        outcome(async () => {
          const client = clients[copy % clients.length]
          if (client === undefined) throw new Error("no client")
          return client.executeCommand(request)
        })
      ),
      { concurrency: "unbounded" }
    )
    assert.deepStrictEqual(outcomes.toSorted(), [
      ...Array.from({ length: copies - 1 }, () => "FailedPrecondition replayed_request"),
      "ok"
    ])
    const after = scripts.reduce((sum, script) => sum + script.calls.length, 0)
    assert.strictEqual(after - before, 1)
  })

const start = (store: Layer.Layer<ReplayStore.ReplayStore>) =>
  Layer.build(Layer.fresh(Fixture.gateway({ ...Fixture.generous, edge: { freshnessFutureMs: futureMs } }, store)))

it.live("in memory: of 50 copies over six transports one is answered", () =>
  Effect.scoped(Effect.flatMap(start(ReplayStore.layerMemory()), (gateway) => sendCopies([gateway])))
)

it.live.skipIf(testUrl === undefined)(
  "on Redis: of 50 copies over six transports to two gateways one is answered",
  () =>
    Effect.scoped(
      Effect.gen(function* () {
        const prefix = `galaxy:test:${globalThis.crypto.randomUUID()}:`
        const store = Layer.orDie(RedisReplayStore.layer({ url: Redacted.make(testUrl ?? ""), prefix }))
        const gateways = [yield* start(store), yield* start(store)]
        // New keys: the store doesn't vouch for the time before them.
        for (const gateway of gateways) yield* Effect.provide(serving, gateway)
        yield* sendCopies(gateways)
      })
    )
)
