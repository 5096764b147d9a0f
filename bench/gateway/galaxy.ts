/** The gateway as operators run it, but for the push stream: real Redis, real calls, budgets on. */
import { PushSource } from "@galaxy/edge/hub/PushSource"
import * as FastestEdgeCrypto from "@galaxy/host-node/gateway/FastestEdgeCrypto"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { incoming } from "@galaxy/host-node/processes/cluster/Membership"
import { Effect, Layer, Redacted, References, Stream } from "effect"
import { serverSeed } from "./account.ts"
import { reportUsage } from "./usage.ts"

const [backendUrl = "", redisUrl = ""] = process.argv.slice(2)
/** Budgets count, and nobody reaches them. */
const much = { burst: 1e9, perSecond: 1e6 }

const push = Layer.succeed(
  PushSource,
  PushSource.of({
    frames: () =>
      Stream.concat(Stream.succeed({ type: "resume", outcome: "FRESH", cursor: "0.0" } as const), Stream.never)
  })
)

const gateway = GatewayServer.layer({
  host: "127.0.0.1",
  port: 0,
  incoming: process.env["BENCH_LISTENING"] === "handed" ? incoming : undefined,
  budgets: { ip: much, session: much, user: much, messageType: much, reservations: much }
}).pipe(
  Layer.provide(
    Layer.mergeAll(
      HttpBackendClient.layer({ url: backendUrl }),
      push,
      RedisReplayStore.layer({ url: Redacted.make(redisUrl), prefix: "bench:" }),
      FastestEdgeCrypto.layer({ signingSeed: Redacted.make(serverSeed) })
    )
  ),
  Layer.provide(Layer.succeed(References.MinimumLogLevel, "Warn"))
)

const told = Layer.effectDiscard(
  Effect.map(GatewayServer.GatewayServer, ({ port }) => {
    reportUsage(port)
  })
)

await Effect.runPromise(Layer.launch(Layer.provide(told, gateway)))
