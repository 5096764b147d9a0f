import * as AdminCredentials from "@galaxy/contract/api/AdminCredentials"
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { HttpApiClient } from "effect/http-api"

it.effect("an admin client signs in with each request", () =>
  Effect.gen(function* () {
    const seen: Array<string | undefined> = []
    const server = HttpClient.make((request) =>
      Effect.sync(() => {
        seen.push(request.headers["authorization"])
        return HttpClientResponse.fromWeb(request, Response.json({ audit: [] }))
      })
    )
    const around = Layer.merge(
      Layer.succeed(HttpClient.HttpClient, server),
      AdminCredentials.layer({ username: "ada", password: Redacted.make("grüße: 8") })
    )
    const program = Effect.gen(function* () {
      const client = yield* HttpApiClient.make(AdminApi, { baseUrl: "http://127.0.0.1" })
      yield* client.adminAudit.list({ query: {} })
      yield* client.adminAudit.list({ query: {} })
    })
    // @ts-expect-error -- a client without credentials doesn't compile
    const unsigned: Effect.Effect<void, unknown> = Effect.provideService(program, HttpClient.HttpClient, server)
    assert.isDefined(unsigned)
    yield* Effect.provide(program, around)
    const token = Buffer.from("ada:grüße: 8", "utf8").toString("base64")
    assert.deepStrictEqual(seen, [`Basic ${token}`, `Basic ${token}`])
  })
)
