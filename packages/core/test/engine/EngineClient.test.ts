import * as EngineClient from "@galaxy/core/engine/EngineClient"
import * as EngineSettings from "@galaxy/core/engine/EngineSettings"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpClient, HttpClientError, HttpClientResponse } from "effect/http"

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

describe("an engine that isn't there", () => {
  const asked = (http: Layer.Layer<HttpClient.HttpClient>, at = engine) =>
    Effect.flatMap(EngineClient.EngineClient, (client) => Effect.flip(client.report(at, { race: "Vega" }))).pipe(
      Effect.provide(EngineClient.layer.pipe(Layer.provide([EngineSettings.layer(), http])))
    )

  it.effect("has got nothing where the connection is refused, and perhaps all where it is cut", () =>
    Effect.gen(function* () {
      // Port 2 is nobody's, and one that `fetch` would connect to.
      const nowhere = { ...engine, endpoint: new URL("http://127.0.0.1:2") }
      const refused = yield* asked(FetchHttpClient.layer, nowhere)
      assert.deepInclude(refused, { _tag: "EngineUnreachable", lost: true, unsent: true })
      const cut = Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make((request) =>
          Effect.fail(
            new HttpClientError.HttpClientError({
              reason: new HttpClientError.TransportError({ request, cause: new Error("ECONNRESET") })
            })
          )
        )
      )
      const lost = yield* asked(cut)
      assert.deepInclude(lost, { _tag: "EngineUnreachable", lost: true })
      assert.isFalse("unsent" in lost)
    })
  )
})

describe("calls about state files", () => {
  /** Answers each request, and keeps what was asked. */
  const clientOf = (answer: (request: { readonly method: string; readonly path: string }) => Response) => {
    const asked: Array<{ readonly method: string; readonly path: string; readonly bytes: number | undefined }> = []
    const http = HttpClient.make((request, url) =>
      Effect.sync(() => {
        const path = `${url.pathname}${url.search}`
        const bytes = request.body._tag === "Uint8Array" ? request.body.body.byteLength : undefined
        asked.push({ method: request.method, path, bytes })
        return HttpClientResponse.fromWeb(request, answer({ method: request.method, path }))
      })
    )
    const layer = EngineClient.layer.pipe(
      Layer.provide([EngineSettings.layer(), Layer.succeed(HttpClient.HttpClient, http)])
    )
    return { asked, client: Effect.provide(EngineClient.EngineClient, layer) }
  }

  const absent = () => Response.json({ error: { code: "not_found", message: "no such route" } }, { status: 404 })

  it.effect("carry bytes as they are, also none", () =>
    Effect.gen(function* () {
      const file = Uint8Array.from([0, 255, 10])
      const { asked, client } = clientOf(({ method, path }) =>
        method === "PUT"
          ? new Response(null, { status: 204 })
          : new Response(path.endsWith("empty") ? null : file, { status: 200 })
      )
      const calls = yield* client
      assert.deepStrictEqual(yield* calls.stateFile(engine, "galaxy/1 a.json"), file)
      assert.strictEqual((yield* calls.stateFile(engine, "empty")).byteLength, 0)
      yield* calls.putState(engine, "galaxy/1", file)
      assert.deepStrictEqual(asked, [
        { method: "GET", path: "/api/v1/admin/state/galaxy/1%20a.json", bytes: undefined },
        { method: "GET", path: "/api/v1/admin/state/empty", bytes: undefined },
        { method: "PUT", path: "/api/v1/admin/state/galaxy/1", bytes: 3 }
      ])
    })
  )

  it.effect("are bounded, and refused by an engine that gives nothing away", () =>
    Effect.gen(function* () {
      const large = yield* clientOf(() => new Response(new Uint8Array(16 * 1024 * 1024 + 1))).client
      assert.include((yield* Effect.flip(large.stateFile(engine, "a"))).reason, "more than 16777216 bytes")
      const none = yield* clientOf(absent).client
      for (const call of [
        none.state(engine, 3),
        none.stateFile(engine, "a"),
        none.putState(engine, "a", new Uint8Array(1)),
        none.openState(engine)
      ]) {
        assert.deepInclude(yield* Effect.flip(call), { _tag: "EngineRefused", code: "not_found" })
      }
      const odd = yield* clientOf(() => Response.json({ turn: 1, files: [{ path: "a", size: -1, sha256: "x" }] }))
        .client
      assert.include((yield* Effect.flip(odd.state(engine))).reason, "not a valid list")
    })
  )
})
