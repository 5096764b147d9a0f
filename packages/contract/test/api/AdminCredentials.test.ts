import * as AdminCredentials from "@galaxy/contract/api/AdminCredentials"
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import type { AdminIdentity } from "@galaxy/contract/api/Identity"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { HttpApiClient, type HttpApiMiddleware } from "effect/http-api"

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
    // A client without credentials doesn't compile: its requirement is in the type.
    const isRequired: HttpApiMiddleware.ForClient<AdminIdentity> extends Effect.Services<typeof program>
      ? true
      : never = true
    assert.isTrue(isRequired)
    yield* Effect.provide(program, around)
    const token = Buffer.from("ada:grüße: 8", "utf8").toString("base64")
    assert.deepStrictEqual(seen, [`Basic ${token}`, `Basic ${token}`])
  })
)
