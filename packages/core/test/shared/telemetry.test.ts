/** The route of a path, the trace of what is left behind, and the access log. */
import { routeTemplates } from "@galaxy/core/shared/http/routeTemplate"
import * as AccessLog from "@galaxy/core/shared/http/AccessLog"
import { Measuring } from "@galaxy/core/shared/Measuring"
import { measured } from "@galaxy/core/shared/http/measured"
import { traceparent } from "@galaxy/core/shared/traceparent"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Layer, Logger, Metric, References, Tracer } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"

describe("the route of a path", () => {
  it("is a template of ours or one value for all others", () => {
    const of = routeTemplates(["/", "/games", "/games/:game_id", "/games/:game_id/turns", "/games/mine", "/_app/*"])
    for (const [path, route] of [
      ["/", "/"],
      ["/games", "/games"],
      ["/games/1", "/games/:game_id"],
      ["/games/mine", "/games/mine"],
      ["/games/1/turns", "/games/:game_id/turns"],
      ["/games/1/turns/2", "_OTHER"],
      ["/_app/a/b/c.js", "/_app/*"],
      ["/evil", "_OTHER"],
      ["", "_OTHER"],
      [`/${"a/".repeat(5_000)}`, "_OTHER"]
    ] as const) {
      assert.strictEqual(of(path), route, path.slice(0, 80))
    }
  })
})

describe("the trace of what is left behind", () => {
  const caller = Tracer.externalSpan({ traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: false })

  it.effect("is the caller's where nobody records here, and nothing without a caller", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* Effect.withSpan(traceparent, "own"), "")
      const inner = Effect.withSpan(traceparent, "inner")
      assert.strictEqual(yield* Effect.withParentSpan(inner, caller), `00-${"a".repeat(32)}-${"b".repeat(16)}-00`)
    })
  )

  it.effect("is the recorded span's", () => {
    class Recorded implements Tracer.Span {
      readonly _tag = "Span"
      readonly spanId = "d".repeat(16)
      readonly traceId = "c".repeat(32)
      readonly attributes = new Map<string, unknown>()
      readonly status: Tracer.SpanStatus = { _tag: "Started", startTime: 0n }
      readonly sampled = true
      readonly kind = "internal"
      readonly links = []
      readonly name: string
      readonly parent: Tracer.Span["parent"]
      readonly annotations: Tracer.Span["annotations"]
      constructor({ name, parent, annotations }: Parameters<Tracer.Tracer["span"]>[0]) {
        this.name = name
        this.parent = parent
        this.annotations = annotations
      }
      end(): void {}
      attribute(): void {}
      event(): void {}
      addLinks(): void {}
    }
    const tracer = Tracer.make({ span: (options) => new Recorded(options) })
    return Effect.gen(function* () {
      assert.strictEqual(yield* Effect.withSpan(traceparent, "own"), `00-${"c".repeat(32)}-${"d".repeat(16)}-01`)
    }).pipe(Effect.provideService(Tracer.Tracer, tracer))
  })
})

describe("how long an answer takes", () => {
  const answered = HttpServerResponse.empty({ status: 204 })
  const request = HttpServerRequest.fromWeb(new Request("http://backend/games/1", { method: "GET" }))
  /** Each look at the monotonic clock finds it 1.5 ms later; the other one is set back all the time. */
  const clock = (): Clock.Clock => {
    let nanos = 0n
    let millis = 1e12
    const monotonicTimeNanosUnsafe = () => (nanos += 1_500_000n)
    const currentTimeMillisUnsafe = () => (millis -= 60_000)
    return {
      monotonicTimeNanosUnsafe,
      monotonicTimeNanos: Effect.sync(monotonicTimeNanosUnsafe),
      currentTimeMillisUnsafe,
      currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
      currentTimeNanosUnsafe: () => BigInt(currentTimeMillisUnsafe()) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(currentTimeMillisUnsafe()) * 1_000_000n),
      sleep: () => Effect.void
    }
  }
  /** Of one route, by status: how often it was measured, and the sum. */
  const measurements = (route: string) =>
    Effect.map(Metric.snapshot, (all) =>
      all.flatMap((it) => {
        const { attributes = {}, id, state } = it
        if (id !== "http.server.request.duration" || attributes["http.route"] !== route || !("sum" in state)) return []
        return [[attributes["http.response.status_code"] ?? "none", state.count, Math.round(state.sum * 1e4) / 1e4]]
      })
    )
  const asked = (template: string, http: Effect.Effect<HttpServerResponse.HttpServerResponse>, on = true) =>
    measured([template])(http).pipe(
      Effect.provideService(HttpServerRequest.HttpServerRequest, request),
      Effect.provideService(Measuring, on),
      Effect.provideService(Clock.Clock, clock())
    )

  it.effect("is measured by the clock that nobody sets, also where the caller goes away", () =>
    Effect.gen(function* () {
      yield* asked("/games/:first", Effect.succeed(answered))
      yield* Effect.exit(asked("/games/:first", Effect.interrupt))
      assert.deepStrictEqual(yield* measurements("/games/:first"), [
        ["204", 1, 0.0015],
        ["none", 1, 0.0015]
      ])
    })
  )

  it.effect("isn't measured where nobody reads metrics", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* asked("/games/:second", Effect.succeed(answered), false)).status, 204)
      assert.deepStrictEqual(yield* measurements("/games/:second"), [])
    })
  )
})

describe("the line of a request", () => {
  const refused = HttpServerResponse.jsonUnsafe({ error: { code: "not_found", message: "m" } }, { status: 404 })
  const answered = HttpServerResponse.jsonUnsafe({ ok: true })

  it.effect("is written for refusals or for all, and not more often than allowed", () =>
    Effect.gen(function* () {
      let lines = 0
      const logger = Logger.make(() => void lines++)
      const written = (which: AccessLog.AccessLogged, perSecond: number, times: number) =>
        Effect.gen(function* () {
          lines = 0
          for (let at = 0; at < times; at++) {
            yield* AccessLog.logged(refused)
            yield* AccessLog.logged(answered)
          }
          return lines
        }).pipe(
          Effect.provide(AccessLog.layer({ which, perSecond })),
          Effect.provideService(References.MinimumLogLevel, "Info"),
          Effect.provide(Logger.layer([logger]))
        )
      assert.strictEqual(yield* written("off", 1_000, 1), 0)
      assert.strictEqual(yield* written("refusals", 1_000, 1), 1)
      assert.strictEqual(yield* written("all", 1_000, 1), 2)
      assert.strictEqual(yield* written("all", 20, 100), 20)
      // Another backend of the same process has room of its own.
      assert.strictEqual(yield* written("all", 20, 100), 20)
      assert.strictEqual(AccessLog.codeOf(refused), "not_found")
      assert.isUndefined(AccessLog.codeOf(answered))
    })
  )

  it.effect("that is left out is counted and told, also where no other one follows", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.map(Logger.formatJson, (line) => void lines.push(line))
      const before = yield* suppressed
      yield* Effect.gen(function* () {
        yield* Effect.replicateEffect(AccessLog.logged(refused), 5)
        assert.strictEqual(lines.length, 2)
        yield* TestClock.adjust("9 seconds")
        assert.strictEqual(lines.length, 2)
        yield* TestClock.adjust("1 second")
        assert.match(lines[2] ?? "", /left out of the access log.*"requests":3/)
        yield* Effect.replicateEffect(AccessLog.logged(refused), 3)
        yield* TestClock.adjust("1 minute")
        assert.match(lines.at(-1) ?? "", /"requests":1/)
        assert.strictEqual(lines.length, 6)
      }).pipe(
        Effect.provide(AccessLog.layer({ which: "all", perSecond: 2 }).pipe(Layer.provideMerge(Logger.layer([logger]))))
      )
      assert.strictEqual(yield* suppressed, before + 4)
    })
  )
})

const suppressed = Effect.map(Metric.snapshot, (all) => {
  const found = all.find(({ id }) => id === "galaxy.access_log.suppressed")
  return found !== undefined && "count" in found.state ? Number(found.state.count) : 0
})
