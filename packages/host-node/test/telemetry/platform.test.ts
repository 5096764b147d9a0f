/** A trace from a player's call to the engine's answer, and what Prometheus has for each panel of the dashboard. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { metrics, prometheusName } from "@galaxy/contract/telemetry/metrics"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule, Stream } from "effect"
import { startCollector } from "./collector.ts"
import { hasForTests } from "../../../../scripts/lib/hasForTests.ts"
import { begunGame, platform, there, turnMade } from "./platform.ts"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"

const hasPrometheus = hasForTests(
  spawnSync("prometheus", ["--version"]).status === 0,
  "panels of the dashboard (there is no prometheus)"
)
if (!there) console.warn("skipped: telemetry of processes (no PostgreSQL or no Redis server)")

const dashboards = fileURLToPath(new URL("../../../../docs/operating/dashboards/", import.meta.url))

/** Scrapes the targets each quarter of a second; returns where it answers. */
const prometheus = (targets: Readonly<Record<string, string>>) =>
  Effect.gen(function* () {
    const folder = mkdtempSync(join(tmpdir(), "galaxy-prometheus-"))
    const port = yield* Effect.promise(freePort)
    const jobs = Object.entries(targets).map(
      ([job, url]) => `  - job_name: ${job}\n    static_configs: [{ targets: ["${new URL(url).host}"] }]\n`
    )
    writeFileSync(
      join(folder, "prometheus.yml"),
      `global: { scrape_interval: 250ms }\nrule_files: ["${dashboards}alerts.yml"]\nscrape_configs:\n${jobs.join("")}`
    )
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(
          "prometheus",
          [
            `--config.file=${join(folder, "prometheus.yml")}`,
            `--storage.tsdb.path=${join(folder, "data")}`,
            `--web.listen-address=127.0.0.1:${port}`
          ],
          { stdio: "ignore" }
        )
      ),
      (child: ChildProcess) =>
        Effect.promise(async () => {
          const gone = new Promise((resolve) => child.once("exit", resolve))
          child.kill("SIGKILL")
          await gone
          rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
        })
    )
    const url = `http://127.0.0.1:${port}`
    yield* Effect.tryPromise(async () => {
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error("not yet")
    }).pipe(Effect.retry({ times: 200, schedule: Schedule.spaced("50 millis") }))
    return url
  })

interface Dashboard {
  readonly panels: ReadonlyArray<{
    readonly title: string
    readonly targets?: ReadonlyArray<{ readonly expr: string }>
  }>
}

const dashboard = JSON.parse(readFileSync(`${dashboards}galaxy.json`, "utf8")) as Dashboard

const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => ({ title, expr: expr.replaceAll("$__rate_interval", "1m").replaceAll("$job", ".*") }))
)

/** Whether a query returns at least one series. */
const answered = (url: string, query: string) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`)
    const { data, error } = (await response.json()) as {
      readonly data?: { readonly result: ReadonlyArray<unknown> }
      readonly error?: string
    }
    if (data === undefined) throw new Error(`${query}: ${error}`)
    return data.result.length > 0
  })

const namesIn = (text: string) =>
  new Set([...text.matchAll(/\b((?:galaxy|db|http|rpc|process|nodejs|v8js)_[a-z0-9_]+)/g)].map((it) => it[1]))

const known = new Set(
  Object.entries(metrics).flatMap(([name, { kind }]) => {
    const own = prometheusName(name)
    return kind === "histogram" ? [`${own}_bucket`, `${own}_sum`, `${own}_count`] : [own]
  })
)
const labels = new Set(
  Object.values(metrics).flatMap(({ attributes }) => attributes.map((it: string) => it.replaceAll(".", "_")))
)

describe("the dashboard and the alerts", () => {
  it("ask for metrics and labels that there are", () => {
    const asked = [...queries.map((it) => it.expr), readFileSync(`${dashboards}alerts.yml`, "utf8")].join("\n")
    const missing = [...namesIn(asked)].filter((it) => it !== undefined && !known.has(it) && !labels.has(it))
    assert.deepStrictEqual(missing, [])
  })

  it.skipIf(!hasPrometheus)("are rules that Prometheus takes", () => {
    const { status, stderr } = spawnSync("promtool", ["check", "rules", `${dashboards}alerts.yml`], {
      encoding: "utf8"
    })
    assert.strictEqual(status, 0, stderr)
  })

  it.skipIf(!hasPrometheus)("fire when they should", () => {
    const folder = mkdtempSync(join(tmpdir(), "galaxy-alerts-"))
    const cases = readFileSync(new URL("./alerts.test.yml", import.meta.url), "utf8")
    writeFileSync(join(folder, "test.yml"), cases.replace("RULES", `${dashboards}alerts.yml`))
    const { status, stderr, stdout } = spawnSync("promtool", ["test", "rules", join(folder, "test.yml")], {
      encoding: "utf8"
    })
    rmSync(folder, { recursive: true })
    assert.strictEqual(status, 0, `${stdout}${stderr}`)
  })
})

describe.skipIf(!there)("telemetry of separate processes", () => {
  it.live(
    "one trace goes from gateway to engine, and every panel has series",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { collected, grpcUrl } = yield* Effect.acquireRelease(
            Effect.promise(() => startCollector()),
            ({ close }) => Effect.sync(close)
          )
          const whole = yield* platform({
            OTEL_TRACES_EXPORTER: "otlp",
            OTEL_LOGS_EXPORTER: "otlp",
            OTEL_METRICS_EXPORTER: "otlp",
            OTEL_METRIC_EXPORT_INTERVAL: "500",
            OTEL_BSP_SCHEDULE_DELAY: "100",
            OTEL_BLRP_SCHEDULE_DELAY: "100",
            OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
            OTEL_EXPORTER_OTLP_ENDPOINT: grpcUrl
          })
          const prometheusUrl = hasPrometheus
            ? yield* prometheus({ "galaxy-gateway": whole.gatewayMetrics, "galaxy-backend": whole.backendMetrics })
            : undefined
          const [ada, lin] = yield* Effect.all([whole.signIn("ada"), whole.signIn("lin")])
          yield* Effect.forkScoped(Stream.runDrain(lin.client.events("now")))
          const gameId = yield* begunGame(ada, lin)
          yield* turnMade(whole.backendUrl, ada, gameId)
          // What an engine answers to a player.
          yield* ada.client.call("user.games.report", { game_id: gameId, turn: 1 })
          // Refusals: by the gateway's budget, by its checks, and by the backend.
          yield* Effect.flip(ada.client.call("lobby.games.start", { game_id: gameId }))
          for (let at = 0; at < 40; at++) {
            yield* Effect.promise(() =>
              fetch(`${whole.gatewayUrl}/api/v1/public/auth/send-email-code`, {
                method: "POST",
                headers: { "content-type": "application/json" },
                body: JSON.stringify({ email: "many@example.org" })
              })
            )
          }

          const report = yield* Effect.promise(() =>
            collected.until((all) => {
              const calls = all.spans.filter((it) => it.attributes["galaxy.message_type"] === "user.games.report")
              return calls.find((call) =>
                all.spans.some((it) => it.service === "galaxy-engine" && it.traceId === call.traceId)
              )
            })
          )
          const trace = yield* Effect.promise(() =>
            collected.until((all) => {
              const own = all.spans.filter((it) => it.traceId === report.traceId)
              const services = new Set(own.map((it) => it.service))
              return services.size === 3 ? own : undefined
            })
          )
          // From the engine's span up to the gateway's, without a gap.
          const byId = new Map(trace.map((it) => [it.spanId, it]))
          const path: Array<string> = []
          const engineSpan = trace.find(
            (it) => it.service === "galaxy-engine" && byId.get(it.parent)?.service !== it.service
          )
          for (let at = engineSpan; at !== undefined; at = byId.get(at.parent)) path.push(at.service)
          assert.deepStrictEqual(
            [...new Set(path)],
            ["galaxy-engine", "galaxy-backend", "galaxy-gateway"],
            JSON.stringify(trace)
          )
          assert.strictEqual(report.parent, "")

          // Lines of the log come, too, and metrics of an engine.
          const line = yield* Effect.promise(() =>
            collected.until((all) => all.lines.find((it) => it.service === "galaxy-gateway"))
          )
          assert.isNotEmpty(line.text)
          yield* Effect.promise(() =>
            collected.until((all) =>
              all.metrics.find((it) => it.service === "galaxy-engine" && it.name === "galaxy.engine.turn.duration")
            )
          )
          assert.notInclude(collected.raw, "example.org")
          assert.notInclude(collected.raw, ada.deviceSessionId)

          for (const { title, expr } of queries) {
            if (prometheusUrl === undefined) break
            yield* answered(prometheusUrl, expr).pipe(
              Effect.repeat({ until: (it) => it, times: 240, schedule: Schedule.spaced("250 millis") }),
              Effect.tap((it) => Effect.sync(() => assert.isTrue(it, `${title}: ${expr}`)))
            )
          }
          const text = yield* Effect.promise(async () =>
            [whole.gatewayMetrics, whole.backendMetrics].map(async (it) => (await fetch(it)).text())
          )
          for (const each of text) {
            const all = yield* Effect.promise(() => each)
            assert.notInclude(all, "example.org")
            assert.notMatch(all, /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}(?!.*target_info)/)
          }
          assert.match(whole.gateway.output, /"message":"request".*"reason":"rate_limited"/)
        })
      ),
    240_000
  )
})
