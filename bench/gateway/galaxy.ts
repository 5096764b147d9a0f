/** The gateway as operators run it, but for the push stream: real Redis, real calls, budgets on. */
import { PushSource } from "@galaxy/edge/hub/PushSource"
import * as FastestEdgeCrypto from "@galaxy/host-node/gateway/FastestEdgeCrypto"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import * as RedisReplayStore from "@galaxy/host-node/gateway/RedisReplayStore"
import { incoming } from "@galaxy/host-node/processes/cluster/Membership"
import { load } from "@galaxy/host-node/config/load"
import { telemetry as telemetrySettings } from "@galaxy/host-node/config/telemetry"
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import * as telemetry from "@galaxy/host-node/processes/telemetry"
import { Effect, Layer, Redacted, Stream } from "effect"
import { serverSeed } from "./account.ts"
import { reportUsage } from "./usage.ts"

const [backendUrl = "", redisUrl = "", mode = "off", collector = ""] = process.argv.slice(2)
/** Budgets count, and nobody reaches them. */
const much = { burst: 1e9, perSecond: 1e6 }

const push = Layer.succeed(
  PushSource,
  PushSource.of({
    frames: () =>
      Stream.concat(Stream.succeed({ type: "resume", outcome: "FRESH", cursor: "0.0" } as const), Stream.never)
  })
)

const logs = mode === "all"

/** As the settings would have it. */
const settings = load(
  telemetrySettings,
  {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_METRICS_EXPORTER: mode === "off" ? "none" : "otlp",
    OTEL_TRACES_EXPORTER: logs || mode === "traces" ? "otlp" : "none",
    OTEL_LOGS_EXPORTER: logs ? "otlp" : "none"
  },
  new Set()
)
if ("problems" in settings) throw settings

const log = JsonLog.layer({ level: logs ? "info" : "warn", target: { line: () => undefined } })

const gateway = GatewayServer.layer({
  host: "127.0.0.1",
  port: 0,
  incoming: process.env["BENCH_LISTENING"] === "handed" ? incoming : undefined,
  accessLog: { which: logs ? "all" : "off", perSecond: 50 },
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
  Layer.provide(telemetry.layer({ settings, process: "galaxy-gateway" })),
  Layer.provide(log)
)

const told = Layer.effectDiscard(
  Effect.map(GatewayServer.GatewayServer, ({ port }) => {
    reportUsage(port)
  })
)

await Effect.runPromise(Layer.launch(Layer.provide(told, gateway)))
