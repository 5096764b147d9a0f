/** The gateway as operators run it, but for the push stream: real Redis, real calls, budgets on. */
import type { AccessLogShape } from "@galaxy/core/shared/http/AccessLog"
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

/** Access logs as the settings have them by default, but for the modes that are about other ones. */
const accessLogs: Readonly<Record<string, AccessLogShape>> = {
  off: { which: "off", perSecond: 0 },
  "all, lines for all": { which: "all", perSecond: 50 },
  "all, lines without bound": { which: "all", perSecond: 1e6 }
}
const accessLog = accessLogs[mode] ?? { which: "refusals", perSecond: 50 }
const [sent = ""] = mode.split(",")
const exporter = (...modes: ReadonlyArray<string>) => (modes.includes(sent) ? "otlp" : "none")

/** As the settings would have it. */
const settings = load(
  telemetrySettings,
  {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
    OTEL_METRICS_EXPORTER: exporter("metrics", "traces", "all"),
    OTEL_TRACES_EXPORTER: exporter("traces", "all"),
    OTEL_LOGS_EXPORTER: exporter("all")
  },
  new Set()
)
if ("problems" in settings) throw settings

const log = JsonLog.layer({ level: mode === "off" ? "warn" : "info", target: { stream: process.stdout } })

const gateway = GatewayServer.layer({
  host: "127.0.0.1",
  port: 0,
  incoming: process.env["BENCH_LISTENING"] === "handed" ? incoming : undefined,
  accessLog,
  budgets: { ip: much, session: much, user: much, messageType: much, reservations: much }
}).pipe(
  Layer.provide(
    Layer.mergeAll(
      HttpBackendClient.layer({ url: backendUrl }),
      push,
      RedisReplayStore.layer({
        url: Redacted.make(redisUrl),
        prefix: "bench:",
        budgets: process.env["BENCH_SHARED_BUDGETS"] === "true"
      }),
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
