import * as EngineClient from "@galaxy/core/engine/EngineClient"
import * as EngineSettings from "@galaxy/core/engine/EngineSettings"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

const engine = { endpoint: new URL("http://engine.test"), token: Redacted.make("token") }

/** What the platform makes of an engine's answer to a report, of which it reads at most 100 bytes. */
const reportOf = (body: string, headers: Readonly<Record<string, string>>) =>
  Effect.flatMap(EngineClient.EngineClient, (client) => client.report(engine, { race: "Vega" })).pipe(
    Effect.provide(
      EngineClient.layer.pipe(
        Layer.provide(EngineSettings.layer({ maxAnswerBytes: 100 })),
        Layer.provide(
          Layer.succeed(
            HttpClient.HttpClient,
            HttpClient.make((request) =>
              Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(body, { headers })))
            )
          )
        )
      )
    )
  )

const long = JSON.stringify({ text: "x".repeat(200) })

describe("the size of an engine's answer", () => {
  it.effect("may be announced or not", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* reportOf('{"a":1}', { "content-length": "7" }), { a: 1 })
      assert.deepStrictEqual(yield* reportOf('{"a":1}', {}), { a: 1 })
    })
  )

  it.effect("is bounded where it isn't announced, or is announced as too large", () =>
    Effect.gen(function* () {
      for (const headers of [{}, { "content-length": `${long.length}` }, { "content-length": "seven" }] as const) {
        const error = yield* Effect.flip(reportOf(long, { ...headers }))
        assert.strictEqual(error.reason, "the answer has more than 100 bytes")
      }
    })
  )

  it.effect("is bounded where the announced one is that of a compressed body, or of a part", () =>
    Effect.gen(function* () {
      // The client has decoded it by then, and the announced length is that of the encoded body.
      for (const headers of [{ "content-encoding": "gzip" }, { "transfer-encoding": "chunked" }]) {
        const error = yield* Effect.flip(reportOf(long, { ...headers, "content-length": "7" }))
        assert.strictEqual(error.reason, "the answer has more than 100 bytes")
      }
    })
  )
})
