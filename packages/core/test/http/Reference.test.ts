import { adminApiMutations } from "./mutations.ts"
import { messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import * as OpenApiDocument from "@galaxy/contract/openapi/OpenApiDocument"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { services, surfaces } from "./harness.ts"

const document = OpenApiDocument.make()
/** Those that gateways answer by themselves are no routes of a backend. */
const operations = Object.entries(document.paths)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
  .filter((it) => !it.operation.tags.includes("Gateway"))

const each = (method: string, base: string, ends: string) => ends.split(" ").map((end) => `${method} ${base}${end}`)

/** Operations that have no message type: those of the specification for gateways and administrators. */
const inventory = [
  "POST /public/auth/send-email-code",
  "POST /public/auth/confirm-email-code",
  "GET /internal/sessions/{device_session_id}",
  "GET /internal/users/{user_id}/account-internal",
  "GET /internal/users/{user_id}/events",
  "GET /admin/admin-accounts",
  "POST /admin/admin-accounts",
  "GET /admin/admin-accounts/{username}",
  ...each("POST", "/admin/admin-accounts/{username}", "/disable /enable /reset-password"),
  "GET /admin/audit",
  "GET /admin/audit/{audit_id}",
  "GET /admin/blocked-addresses",
  "POST /admin/blocked-addresses",
  "POST /admin/blocked-addresses/remove",
  "GET /admin/users",
  "GET /admin/users/{user_id}",
  ...each("GET", "/admin/users/{user_id}", "/sessions /revocations /export"),
  ...each("POST", "/admin/users/{user_id}", "/sanctions /limits /entitlements /soft-delete"),
  ...each("POST", "/admin/users/{user_id}", "/sanctions/{code}/lift /limits/{code}/lift"),
  "GET /admin/games",
  "POST /admin/games",
  "GET /admin/games/{game_id}",
  "PATCH /admin/games/{game_id}",
  ...each("GET", "/admin/games/{game_id}", "/members /applications /why"),
  ...each(
    "POST",
    "/admin/games/{game_id}",
    "/open-enrollment /ready-to-start /start /pause /resume /cancel /retry-start"
  ),
  ...each("POST", "/admin/games/{game_id}", "/force-start /force-stop /ban-member"),
  ...each("POST", "/admin/games/{game_id}/applications/{application_id}", "/approve /reject"),
  "GET /admin/runtimes/{game_id}",
  ...each("GET", "/admin/runtimes/{game_id}", "/operations /health"),
  ...each("POST", "/admin/runtimes/{game_id}", "/restart /patch /force-next-turn"),
  "GET /admin/engine-versions",
  "POST /admin/engine-versions",
  "PATCH /admin/engine-versions/{version}",
  "POST /admin/engine-versions/{version}/disable",
  ...each(
    "GET",
    "/admin/mail",
    "/deliveries /deliveries/{delivery_id} /deliveries/{delivery_id}/attempts /dead-letters"
  ),
  "POST /admin/mail/deliveries/{delivery_id}/resend",
  ...each("GET", "/admin/notifications", "/{notification_id} /dead-letters /malformed"),
  "GET /admin/notifications",
  "GET /admin/geo/users/{user_id}/countries",
  "GET /admin/diagnostics"
]

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

  it("has every operation that the specification lists, and none that it has dropped", () => {
    for (const line of inventory) {
      const [method = "", path = ""] = line.split(" ")
      assert.property(document.paths[`/api/v1${path}`] ?? {}, method.toLowerCase(), line)
    }
    const internal = operations.filter((it) => it.path.startsWith("/api/v1/internal/"))
    assert.deepStrictEqual(
      internal.filter((it) => it.method !== "get"),
      []
    )
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
