/** The exporters that write spans and metrics into the log. */
import { counter } from "@galaxy/contract/telemetry/instruments"
import { ConfigurationInvalid, load } from "@galaxy/host-node/config/load"
import { stdoutExporters, telemetry as settings } from "@galaxy/host-node/config/telemetry"
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import * as Telemetry from "@galaxy/host-node/processes/telemetry"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { afterEach, beforeEach, vi } from "vitest"

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] }))
afterEach(() => void vi.useRealTimers())

type Line = Readonly<Record<string, unknown>>

/** Runs a process's work with these variables; `lines` are those of its log, with this message. */
const during = (
  environment: Readonly<Record<string, string>>,
  work: (lines: (message: string) => ReadonlyArray<Line>) => Effect.Effect<void>
) =>
  Effect.gen(function* () {
    const values = load({ ...settings, ...stdoutExporters("GATEWAY") }, environment, new Set(Object.keys(environment)))
    if (values instanceof ConfigurationInvalid) throw values
    const { stdoutMetrics, stdoutTraces } = values
    const said: Array<string> = []
    const lines = (message: string) =>
      said.map((it) => JSON.parse(it) as Line).filter((it) => it["message"] === message)
    const layer = Telemetry.layer({ settings: values, process: "galaxy-test", stdoutMetrics, stdoutTraces }).pipe(
      Layer.provideMerge(JsonLog.layer({ level: "info", target: { line: (it) => void said.push(it) } }))
    )
    yield* Effect.provide(work(lines), layer)
  })

const spans = { GATEWAY_OTEL_STDOUT_TRACES_ENABLED: "true" }

const named = (name: string) => Effect.withSpan(Effect.void, name, { attributes: { "user.email": "ada@example.org" } })

describe("spans in the log", () => {
  it.effect("are lines when they end, without attributes and queries, and find their parents", () =>
    during(spans, (lines) =>
      Effect.gen(function* () {
        yield* Effect.withSpan(
          Effect.andThen(
            named("inner /x?token=secret"),
            Effect.sync(() => assert.strictEqual(lines("span").length, 1))
          ),
          "outer"
        )
        const [inner, outer] = lines("span")
        assert.deepStrictEqual([inner?.["span"], outer?.["span"]], ["inner /x", "outer"])
        assert.match(String(inner?.["id"]), /^[0-9a-f]{16}$/)
        assert.strictEqual(inner?.["span_trace_id"], outer?.["span_trace_id"])
        assert.isNumber(outer?.["duration_ms"])
        assert.notMatch(JSON.stringify([inner, outer]), /secret|example\.org/)
      })
    )
  )

  it.effect("have a bound in a second, and what is left out is told", () =>
    during(spans, (lines) =>
      Effect.gen(function* () {
        yield* Effect.replicateEffect(named("one"), 700)
        assert.strictEqual(lines("span").length, 500)
        vi.advanceTimersByTime(10_000)
        assert.strictEqual(lines("spans were left out of the log, since there were too many")[0]?.["spans"], 200)
        yield* named("another")
        assert.strictEqual(lines("span").length, 501)
      })
    )
  )

  it.effect("are as many as the sampler lets through, and none unless they are asked for", () =>
    Effect.gen(function* () {
      for (const environment of [{ ...spans, OTEL_TRACES_SAMPLER: "always_off" }, {}]) {
        yield* during(environment, (lines) =>
          Effect.andThen(
            named("one"),
            Effect.sync(() => assert.deepStrictEqual(lines("span"), []))
          )
        )
      }
    })
  )
})

describe("metrics in the log", () => {
  const add = counter("galaxy.gateway.budget.refused")

  it.effect("are a line each minute, as Prometheus reads them", () =>
    during({ GATEWAY_OTEL_STDOUT_METRICS_ENABLED: "true" }, (lines) =>
      Effect.gen(function* () {
        yield* TestClock.adjust("59 seconds")
        assert.deepStrictEqual(lines("metrics"), [])
        add(1, "stdout test")
        yield* TestClock.adjust("61 seconds")
        assert.strictEqual(lines("metrics").length, 2)
        const text = String(lines("metrics")[0]?.["metrics"])
        assert.match(text, /^galaxy_gateway_budget_refused_total\{galaxy_budget="stdout test"\} 1$/m)
        assert.match(text, /^process_memory_usage_bytes \d+$/m)
      })
    )
  )
})
