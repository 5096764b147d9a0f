/** Every path and method that the public routes don't have is answered in the envelope, over both versions of HTTP. */
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "./fixture.ts"
import { type Answer, versions } from "./plainRequests.ts"

const [sendCode, confirm, info] = [
  "/api/v1/public/auth/send-email-code",
  "/api/v1/public/auth/confirm-email-code",
  "/api/v1/public/gateway-info"
]
const unsubscribe = "/api/v1/public/mail/unsubscribe"

const [get, post] = [["GET", "HEAD"], ["POST"]]

const routes: Readonly<Record<string, ReadonlyArray<string>>> = {
  [sendCode]: post,
  [confirm]: post,
  [info]: get,
  "/healthz": get,
  "/readyz": get,
  [unsubscribe]: [...get, ...post]
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]

/** Other spellings of paths that there are, and paths that there aren't. */
const strange = (path: string): ReadonlyArray<string> =>
  [
    `/${path}`,
    `${path}/`,
    `${path};a=b`,
    path.replace(/(?<=.)\/(?=[^/]*$)/, "//"),
    path.replace(/(?<=.)\/(?=[^/]*$)/, "/./"),
    path.replace(/(?<=.)\/(?=[^/]*$)/, "%2f"),
    path.replace(/(?<=.)\/(?=[^/]*$)/, "\\"),
    path.replace(/.$/, (it) => `%${it.charCodeAt(0).toString(16)}`),
    path.toUpperCase(),
    `/x/..${path}`,
    `${path}%00`,
    `${path}%zz`
  ].filter((it) => it !== path)
const none = [
  "/none",
  "/api/v1/admin/users",
  "/api/v1/user/account",
  "/..",
  "/%2e%2e/healthz",
  "/constructor",
  "/__proto__"
]

const isError = (answer: Answer, method: string, status: number, code: string, what: string) => {
  assert.strictEqual(answer.status, status, what)
  assert.strictEqual(answer.headers["content-type"], "application/json", what)
  if (method === "HEAD") return assert.strictEqual(answer.text, "", what)
  const { error } = JSON.parse(answer.text) as { error: { code: string; message: string } }
  assert.strictEqual(error.code, code, what)
  return assert.isNotEmpty(error.message, what)
}

layer(Fixture.gateway(Fixture.generous), { excludeTestServices: true })("the public routes", (it) => {
  for (const [version, send] of Object.entries(versions)) {
    it.effect(`${version}: a method that a path doesn't have is told which it has`, () =>
      Effect.gen(function* () {
        const { url } = yield* GatewayServer
        for (const [path, allowed] of Object.entries(routes)) {
          for (const method of methods.filter((it) => !allowed.includes(it))) {
            const what = `${method} ${path}`
            const answer = yield* Effect.promise(() => send(url, { method, path: `${path}?a=b` }))
            isError(answer, method, 405, "method_not_allowed", what)
            assert.sameMembers(String(answer.headers["allow"]).split(", "), [...allowed], what)
          }
        }
      })
    )

    it.effect(`${version}: a path that isn't there, or is written in another way, is not found by any method`, () =>
      Effect.gen(function* () {
        const { url } = yield* GatewayServer
        const { publicCalls } = yield* Fixture.Script
        for (const path of [...Object.keys(routes).flatMap(strange), ...none]) {
          // The path of a message type is the protocols' own matter.
          for (const method of ["GET", "POST"]) {
            const answer = yield* Effect.promise(() => send(url, { method, path }))
            isError(answer, method, 404, "not_found", `${method} ${path}`)
          }
        }
        for (const method of methods) {
          const answer = yield* Effect.promise(() => send(url, { method, path: "/none" }))
          isError(answer, method, 404, "not_found", method)
          assert.notProperty(answer.headers, "allow")
        }
        const star = yield* Effect.promise(() => send(url, { method: "OPTIONS", path: "*" }))
        isError(star, "OPTIONS", 404, "not_found", "OPTIONS *")
        assert.isEmpty(publicCalls)
      })
    )

    it.effect(`${version}: it is no proxy`, () =>
      Effect.gen(function* () {
        const { url } = yield* GatewayServer
        const answer = yield* Effect.promise(() => send(url, { method: "CONNECT", path: "127.0.0.1:443" }))
        isError(answer, "CONNECT", 405, "method_not_allowed", "CONNECT")
        assert.strictEqual(answer.headers["allow"], "")
      })
    )
  }
})

const envelope = (code: string, more: object = {}) => ({ error: { code, message: "in words", ...more } })

layer(Fixture.gateway(Fixture.generous), { excludeTestServices: true })("an answer of the backend", (it) => {
  const ask = Effect.gen(function* () {
    const { url } = yield* GatewayServer
    return yield* Effect.promise(() =>
      versions["HTTP/1.1"](url, {
        method: "POST",
        path: sendCode,
        headers: { "content-type": "application/json" },
        body: "{}"
      })
    )
  })

  it.effect("comes back with its status and its envelope, and nothing beside them", () =>
    Effect.gen(function* () {
      const script = yield* Fixture.Script
      for (const [status, code, more] of [
        [400, "invalid_request", {}],
        [403, "forbidden", { reason: "foreign_host" }],
        [418, "of_later", { reason: "of_later" }],
        [429, "rate_limited", {}],
        [500, "internal_error", {}],
        [503, "service_unavailable", {}]
      ] as const) {
        script.publicAnswer = { status, json: { ...envelope(code, { ...more, stack: "at x.ts" }), trace: "secret" } }
        const answer = yield* ask
        assert.strictEqual(answer.status, status)
        assert.deepStrictEqual(JSON.parse(answer.text), envelope(code, more))
        assert.strictEqual(answer.headers["retry-after"], status === 429 ? "1" : undefined)
      }
    })
  )

  it.effect("of any other form is service_unavailable, and nothing of it is shown", () =>
    Effect.gen(function* () {
      const script = yield* Fixture.Script
      for (const [status, json] of [
        [200, null],
        [200, "secret"],
        [302, envelope("not_found")],
        [404, null],
        [404, { error: "secret" }],
        [500, { message: "secret" }],
        [502, "secret"],
        [600, envelope("not_found")]
      ] as const) {
        script.publicAnswer = { status, json }
        const answer = yield* ask
        isError(answer, "POST", 503, "service_unavailable", String(status))
        assert.notInclude(answer.text, "secret")
      }
    })
  )
})
