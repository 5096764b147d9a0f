/** Spans, metrics and lines reach a collector in each protocol; one that fails or is silent costs the process nothing. */
import { counter } from "@galaxy/contract/telemetry/instruments"
import { ConfigurationInvalid, load } from "@galaxy/host-node/config/load"
import { telemetry as settings } from "@galaxy/host-node/config/telemetry"
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import * as PlainLog from "@galaxy/host-node/logging/PlainLog"
import { overGrpc } from "@galaxy/host-node/telemetry/otlp/grpc"
import * as Telemetry from "@galaxy/host-node/processes/telemetry"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { startCollector } from "./collector.ts"

const collector = Effect.acquireRelease(
  Effect.promise(() => startCollector()),
  ({ close }) => Effect.sync(close)
)

const valuesOf = (environment: Readonly<Record<string, string>>) => {
  const values = load(settings, environment, new Set())
  if (values instanceof ConfigurationInvalid) throw values
  return values
}

const all = { OTEL_TRACES_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: "otlp", OTEL_LOGS_EXPORTER: "otlp" }

/** Runs with these variables and ends, which sends what is left. Returns the lines of the log. */
const during = <A, E>(environment: Readonly<Record<string, string>>, work: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const layer = Telemetry.layer({ settings: valuesOf(environment), process: "galaxy-test" }).pipe(
      Layer.provideMerge(JsonLog.layer({ level: "info", target: { line: (it) => void lines.push(it) } }))
    )
    yield* Effect.provide(work, layer)
    return lines
  })

const refusals = counter("galaxy.gateway.budget.refused")

const trace = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }

const work = Effect.gen(function* () {
  refusals(1, "ip")
  const write = yield* PlainLog.make
  write?.("a plain line of bob@example.org", { reason: "none@example.org" }, trace)
  yield* Effect.logInfo("mail for ada@example.org").pipe(Effect.annotateLogs({ request_id: "r-1" }))
  yield* Effect.annotateCurrentSpan({ "http.route": "/x", "user.secret": "kept", "url.query": "token=kept" })
}).pipe(Effect.withSpan("outer /u/0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a?token=kept"))

const protocols = [
  ["grpc", {}],
  ["grpc", { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" }],
  ["http/protobuf", {}],
  ["http/protobuf", { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" }]
] as const

describe("headers for the collector", () => {
  it("are not those that the exporter sets itself", () => {
    for (const header of ["connection", "Transfer-Encoding", "te", "content-length"]) {
      for (const name of ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"]) {
        const values = load(settings, { [name]: `a=b,${header}=close` }, new Set())
        assert.instanceOf(values, ConfigurationInvalid)
        assert.include(String(values), header.toLowerCase())
      }
    }
  })

  it.live("that HTTP/2 doesn't take are an outcome", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { grpcUrl } = yield* collector
        const headers = { connection: "close" }
        const transport = overGrpc("trace", { url: grpcUrl, headers, gzip: false, connectMs: 1_000 })
        yield* Effect.addFinalizer(() => Effect.sync(transport.close))
        const { type } = yield* Effect.promise((signal) => transport.send(new Uint8Array(1), "x", signal))
        assert.strictEqual(type, "retry")
      })
    )
  )
})

describe("OTLP", () => {
  it.live.each(protocols)("sends all signals over %s %o", ([protocol, more]) =>
    Effect.scoped(
      Effect.gen(function* () {
        const { collected, httpUrl, grpcUrl } = yield* collector
        yield* during(
          {
            ...all,
            OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
            OTEL_EXPORTER_OTLP_ENDPOINT: protocol === "grpc" ? grpcUrl : httpUrl,
            OTEL_EXPORTER_OTLP_HEADERS: "X-Token=a%20b",
            OTEL_SERVICE_NAME: "named",
            ...more
          },
          work
        )
        const [span] = collected.spans
        assert.strictEqual(span?.name, "outer /u/:id")
        assert.strictEqual(span?.service, "named")
        assert.deepStrictEqual(span?.attributes, { "http.route": "/x" })
        assert.deepInclude(collected.metrics, {
          service: "named",
          name: "galaxy.gateway.budget.refused",
          unit: "{request}"
        })
        assert.include(
          collected.metrics.map(({ name, unit }) => `${name} ${unit}`),
          "process.memory.usage By"
        )
        assert.deepInclude(collected.lines, {
          service: "named",
          text: "mail for <address>",
          traceId: span?.traceId ?? ""
        })
        assert.deepInclude(collected.lines, {
          service: "named",
          text: "a plain line of <address>",
          traceId: trace.traceId
        })
        for (const { headers } of collected.requests) assert.strictEqual(headers["x-token"], "a b")
        assert.notInclude(collected.raw, "kept")
        assert.notInclude(collected.raw, "example.org")
      })
    )
  )

  it.live("takes protocol and endpoint of each signal by itself", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { collected, httpUrl, grpcUrl } = yield* collector
        yield* during(
          {
            ...all,
            OTEL_EXPORTER_OTLP_ENDPOINT: grpcUrl,
            OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
            OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
            OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${httpUrl}/own/traces`
          },
          work
        )
        assert.deepStrictEqual(collected.requests.map((it) => it.path).toSorted(), [
          "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
          "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
          "/own/traces"
        ])
      })
    )
  )

  it.live.each(["grpc", "http/protobuf"] as const)(
    "sends a batch again that was refused for the moment, over %s",
    (protocol) =>
      Effect.scoped(
        Effect.gen(function* () {
          const { collected, httpUrl, grpcUrl } = yield* collector
          collected.faults.push("unavailable")
          yield* during(
            {
              OTEL_TRACES_EXPORTER: "otlp",
              OTEL_BSP_SCHEDULE_DELAY: "1",
              OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
              OTEL_EXPORTER_OTLP_ENDPOINT: protocol === "grpc" ? grpcUrl : httpUrl
            },
            Effect.andThen(
              work,
              Effect.promise(() => collected.until((it) => it.spans[0]))
            )
          )
          assert.strictEqual(collected.requests.length, 2)
        })
      )
  )

  it.effect.each(["grpc", "http/protobuf"] as const)(
    "has a second to send the rest to a collector that says nothing, over %s",
    (protocol) =>
      Effect.scoped(
        Effect.gen(function* () {
          const { collected, httpUrl, grpcUrl } = yield* collector
          for (let at = 0; at < 20; at++) collected.faults.push("silent")
          const ending = yield* Effect.forkChild(
            during(
              {
                OTEL_TRACES_EXPORTER: "otlp",
                OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
                OTEL_EXPORTER_OTLP_ENDPOINT: protocol === "grpc" ? grpcUrl : httpUrl
              },
              work
            )
          )
          yield* Effect.promise(() => collected.until((it) => it.requests[0]))
          let millis = 0
          for (; ending.pollUnsafe() === undefined && millis < 10_000; millis += 100) {
            yield* TestClock.adjust("100 millis")
            yield* Effect.promise(() => new Promise((done) => void setImmediate(done)))
          }
          assert.strictEqual(millis, 1_000)
          yield* Fiber.join(ending)
        })
      )
  )

  it.live("a collector that isn't there costs one line, and no more memory than a few batches", () =>
    Effect.gen(function* () {
      const lines = yield* during(
        {
          OTEL_TRACES_EXPORTER: "otlp",
          OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10",
          OTEL_BSP_SCHEDULE_DELAY: "1",
          OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9"
        },
        Effect.repeat(Effect.void.pipe(Effect.withSpan("one")), { times: 2_000 })
      )
      const lost = lines.filter((it) => it.includes("can't be sent"))
      assert.strictEqual(lost.length, 1)
      assert.match(lost[0] ?? "", /"level":"warn"/)
    })
  )

  it.live("records nothing where it is disabled, and not what a sampler leaves out", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { collected, httpUrl } = yield* collector
        const to = { ...all, OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl }
        yield* during({ ...to, OTEL_SDK_DISABLED: "TRUE" }, work)
        assert.deepStrictEqual(collected.requests, [])
        yield* during({ ...to, OTEL_TRACES_SAMPLER: "always_off" }, work)
        assert.deepStrictEqual(collected.spans, [])
        const remote = (sampled: boolean) =>
          Effect.withParentSpan(work, Tracer.externalSpan({ traceId: "a".repeat(32), spanId: "b".repeat(16), sampled }))
        yield* during(to, Effect.andThen(remote(false), remote(true)))
        assert.deepStrictEqual(
          collected.spans.map((it) => [it.traceId, it.parent]),
          [["a".repeat(32), "b".repeat(16)]]
        )
      })
    )
  )
})
