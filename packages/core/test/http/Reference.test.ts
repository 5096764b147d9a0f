import { adminApiMutations } from "./mutations.ts"
import { messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import * as OpenApiDocument from "@galaxy/contract/openapi/OpenApiDocument"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { services, surfaces } from "./harness.ts"

const document = OpenApiDocument.make()
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
)

describe("the OpenAPI document", () => {
  it("has every operation that a message becomes, and every dry run", () => {
    for (const [type, route] of Object.entries(messageRoutes)) {
      assert.property(document.paths[route.path] ?? {}, route.method.toLowerCase(), type)
    }
    for (const { method, path } of adminApiMutations) {
      for (const at of [path, path.replace("/admin/", "/admin/dry-run/")]) {
        assert.property(document.paths[at] ?? {}, method.toLowerCase(), at)
      }
    }
  })

  it("names each operation once, under one of four tags, with its credentials", () => {
    const ids = operations.map((it) => it.operation.operationId)
    assert.strictEqual(new Set(ids).size, ids.length)
    for (const { path, operation } of operations) {
      assert.include(["Public", "User", "Internal", "Admin"], operation.tags[0])
      if (path === "/healthz" || path === "/readyz") continue
      const schemes = operation.security.flatMap((it) => Object.keys(it))
      const expected: Readonly<Record<string, ReadonlyArray<string>>> = {
        Admin: ["basic"],
        User: ["gatewayToken", "userId"]
      }
      assert.deepStrictEqual(schemes, [...(expected[operation.tags[0] ?? ""] ?? ["gatewayToken"])], path)
    }
  })

  it("refers to nothing that it doesn't have", () => {
    const known = new Set(
      (["schemas", "responses"] as const).flatMap((kind) =>
        Object.keys(document.components[kind]).map((name) => `#/components/${kind}/${name}`)
      )
    )
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)) assert.include([...known], ref)
  })

  it("says which reasons a conflict can have, and how ids and times look", () => {
    const text = JSON.stringify(document.components.schemas["ConflictError"])
    assert.include(text, "last_admin")
    const account = document.components.schemas["AdminAccount"]?.["properties"] as Record<string, unknown>
    assert.deepInclude(account["created_at"] as object, { type: "string", format: "date-time" })
    assert.include(String(document.components.schemas["AdminAccount"]?.["description"]), "disabled, never removed")
  })
})

layer(services(layerPglite), { timeout: "240 seconds" })("the reference", (it) => {
  it.effect("is served to everybody: the document, and a page that loads nothing", () =>
    Effect.gen(function* () {
      const call = yield* surfaces({ callers: { gatewayToken: Redacted.make("a gateway's token") } })
      const json = yield* call("GET", "/openapi.json")
      assert.deepStrictEqual([json.status, json.headers.get("content-type")], [200, "application/json"])
      assert.deepStrictEqual(json.body, JSON.parse(JSON.stringify(document)))
      assert.strictEqual((yield* call("POST", "/docs")).status, 405)
      const page = yield* call("GET", "/docs")
      assert.strictEqual(page.status, 200)
      assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/)
      for (const { path } of operations) assert.include(page.text, path)
      assert.notMatch(page.text, /<script|src=|https?:|@import|url\(/i)
    }).pipe(Effect.scoped)
  )
})
