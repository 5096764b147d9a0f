/** The gateway as operators run it: real Redis, real calls, the backend's push stream over gRPC, budgets on. */
import * as FastestEdgeCrypto from "@galaxy/host-node/gateway/FastestEdgeCrypto"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { Effect, Layer, Redacted, References } from "effect"
import { serverSeed } from "./account.ts"
import { reportUsage } from "./usage.ts"

const [backendUrl = "", redisUrl = "", pushUrl = ""] = process.argv.slice(2)
/** Budgets count, and nobody reaches them. */
const much = { burst: 1e9, perSecond: 1e6 }

const gateway = GatewayServer.layer({
  host: "127.0.0.1",
  port: 0,
  budgets: { ip: much, session: much, user: much, messageType: much, reservations: much }
}).pipe(
  Layer.provide(
    Layer.mergeAll(
      HttpBackendClient.layer({ url: backendUrl }),
      GrpcPushSource.layer({ urls: [pushUrl], clientId: "bench" }),
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
