/** The listener for Prometheus: it serves one path to whoever names this machine. */
import { request } from "node:http"
import { counter, histogram, maxSeries } from "@galaxy/contract/telemetry/instruments"
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import * as AdminListener from "@galaxy/host-node/telemetry/AdminListener"
import * as Collecting from "@galaxy/host-node/telemetry/collecting"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"

const listening = Effect.gen(function* () {
  const lines: Array<string> = []
  yield* Layer.build(
    AdminListener.layer({ host: "127.0.0.1", port: 0 }, { service_name: 'a "name"' }).pipe(
      Layer.provide(Collecting.layer),
      Layer.provideMerge(JsonLog.layer({ level: "info", target: { line: (it) => void lines.push(it) } }))
    )
  )
  return /"metrics_url":"([^"]+)"/.exec(lines.join("\n"))?.[1] ?? ""
})

const asked = (url: string, method = "GET", host?: string) =>
  Effect.promise(
    () =>
      new Promise<{ readonly status: number; readonly text: string; readonly type: string }>((resolve) => {
        const call = request(url, { method, ...(host === undefined ? {} : { headers: { host } }) }, (response) => {
          let text = ""
          response.setEncoding("utf8").on("data", (part: string) => {
            text += part
          })
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text, type: response.headers["content-type"] ?? "" })
          )
        })
        call.end()
      })
  )

describe("the listener for Prometheus", () => {
  it.live("serves /metrics by OpenTelemetry's rules, and nothing else", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* listening
        counter("galaxy.signups")(3)
        histogram("galaxy.turn.duration")(0.2)
        const { status, text, type } = yield* asked(url)
        assert.strictEqual(status, 200)
        assert.match(type, /^text\/plain; version=0\.0\.4/)
        assert.include(text, '# TYPE target_info gauge\ntarget_info{service_name="a \\"name\\""} 1\n')
        assert.match(text, /# TYPE galaxy_signups_total counter\ngalaxy_signups_total (?:[3-9]|[1-9]\d+)\n/)
        assert.match(text, /galaxy_turn_duration_seconds_bucket\{le="0\.25"\} \d/)
        assert.match(text, /process_cpu_time_seconds_total\{cpu_mode="user"\} \d/)
        assert.match(text, /nodejs_eventloop_utilization \d/)
        assert.strictEqual((yield* asked(url, "HEAD")).text, "")
        assert.strictEqual((yield* asked(url, "POST")).status, 405)
        assert.strictEqual((yield* asked(url.replace("/metrics", "/healthz"))).status, 404)
        assert.strictEqual((yield* asked(url, "GET", "evil.example")).status, 403)
      })
    )
  )

  it.live("says that its port is in use", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { port } = new URL(yield* listening)
        const error = yield* Effect.flip(
          Layer.build(AdminListener.layer({ host: "127.0.0.1", port: Number(port) }, {}))
        )
        assert.match(error.message, /EADDRINUSE/)
      })
    )
  )

  it.live("has a bound on the series of a metric", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* listening
        const name = "galaxy_gateway_events_sent_total{"
        const read = Effect.map(asked(url), ({ text }) => text.split("\n").filter((it) => it.startsWith(name)))
        const sum = (lines: ReadonlyArray<string>) =>
          lines.reduce((total, it) => total + Number(it.slice(it.lastIndexOf(" "))), 0)
        // Other tests of this process may have counted something already.
        const before = sum(yield* read)
        const add = counter("galaxy.gateway.events.sent")
        for (let at = 0; at < maxSeries + 500; at++) add(1, `kind-${at}`)
        const lines = yield* read
        assert.strictEqual(lines.length, maxSeries + 1)
        assert.strictEqual(sum(lines) - before, maxSeries + 500)
        const others = lines.filter((it) => it.startsWith(`${name}galaxy_event_kind="_OTHER"}`))
        assert.isAtLeast(sum(others), 500)
      })
    )
  )
})
