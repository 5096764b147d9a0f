/** Pages of listed origins may call, over every protocol that browsers speak; those of others are told nothing. */
import type { IncomingHttpHeaders } from "node:http"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import * as Setting from "@galaxy/host-node/config/Setting"
import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "./fixture.ts"
import { type Answer, type Sent, overHttp1, versions } from "./plainRequests.ts"

const [page, stranger] = ["https://play.example.org", "https://play.example.org.evil.test"]
const execute = "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"
const sendCode = "/api/v1/public/auth/send-email-code"
const info = "/api/v1/public/gateway-info"

const corsOf = ({ headers }: Answer) =>
  Object.keys(headers)
    .filter((name) => name.startsWith("access-control-"))
    .toSorted()

const listed = (headers: IncomingHttpHeaders, name: string) => String(headers[name]).split(", ")

const preflight = (path: string, origin: string): Sent => ({
  method: "OPTIONS",
  path,
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,connect-protocol-version,x-grpc-web"
  }
})

const calls: ReadonlyArray<Sent> = [
  { method: "POST", path: execute, headers: { "content-type": "application/json" }, body: "{}" },
  { method: "POST", path: execute, headers: { "content-type": "application/proto", "connect-protocol-version": "1" } },
  { method: "POST", path: execute, headers: { "content-type": "application/grpc-web+proto" }, body: "\0\0\0\0\0" },
  { method: "POST", path: sendCode, headers: { "content-type": "application/json" }, body: "{}" },
  { method: "POST", path: sendCode, headers: { "content-type": "text/plain" }, body: "{}" },
  { method: "GET", path: info },
  { method: "GET", path: "/api/v1/public/none" }
]

layer(Fixture.gateway({ ...Fixture.generous, corsOrigins: [page] }), { excludeTestServices: true })(
  "a gateway with a list of origins",
  (it) => {
    for (const [version, send] of Object.entries(versions)) {
      it.effect(`${version}: answers the preflights of listed pages alone`, () =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          for (const path of [execute, sendCode, info]) {
            const answer = yield* Effect.promise(() => send(url, preflight(path, page)))
            assert.strictEqual(answer.status, 204, path)
            assert.strictEqual(answer.headers["access-control-allow-origin"], page)
            assert.include(listed(answer.headers, "access-control-allow-methods"), "POST")
            const allowed = listed(answer.headers, "access-control-allow-headers")
            for (const name of [
              "content-type",
              "connect-protocol-version",
              "connect-timeout-ms",
              "x-grpc-web",
              "grpc-timeout"
            ])
              assert.include(allowed, name)
            assert.notProperty(answer.headers, "access-control-allow-credentials")
            assert.deepStrictEqual(listed(answer.headers, "vary"), [
              "Origin",
              "Access-Control-Request-Method",
              "Access-Control-Request-Headers"
            ])
            for (const origin of [
              stranger,
              "null",
              "http://play.example.org",
              `${page}, ${page}`,
              page.toUpperCase()
            ]) {
              const refused = yield* Effect.promise(() => send(url, preflight(path, origin)))
              assert.strictEqual(refused.status, 405, `${path} ${origin}`)
              assert.deepStrictEqual(corsOf(refused), [], `${path} ${origin}`)
              assert.strictEqual(refused.headers["vary"], "Origin")
            }
          }
        })
      )

      it.effect(`${version}: has answers and refusals say so to listed pages alone`, () =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          for (const call of calls) {
            const of = (origin?: string) => {
              const headers = { ...call.headers, ...(origin === undefined ? {} : { origin }) }
              return Effect.promise(() => send(url, { ...call, headers }))
            }
            const answer = yield* of(page)
            assert.deepStrictEqual(
              corsOf(answer),
              ["access-control-allow-origin", "access-control-expose-headers"],
              call.path
            )
            assert.strictEqual(answer.headers["access-control-allow-origin"], page)
            const exposed = listed(answer.headers, "access-control-expose-headers")
            for (const name of ["grpc-status", "grpc-message", "grpc-status-details-bin", "retry-after"])
              assert.include(exposed, name)
            for (const other of [yield* of(stranger), yield* of()]) {
              assert.deepStrictEqual(corsOf(other), [], call.path)
              assert.strictEqual(other.status, answer.status)
              assert.strictEqual(other.headers["vary"], "Origin")
            }
          }
          const probe = yield* Effect.promise(() =>
            send(url, { method: "GET", path: "/healthz", headers: { origin: page } })
          )
          assert.deepStrictEqual([probe.status, ...corsOf(probe)], [200])
        })
      )
    }
  }
)

layer(Fixture.gateway({ corsOrigins: [page], bounds: { requestsPerAddress: 0 } }), { excludeTestServices: true })(
  "a gateway without room",
  (it) => {
    for (const [version, send] of Object.entries(versions)) {
      it.effect(`${version}: lets a listed page read that it is to wait`, () =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          const of = (origin: string) =>
            Effect.promise(() => send(url, { method: "GET", path: info, headers: { origin } }))
          const answer = yield* of(page)
          assert.strictEqual(answer.status, 429)
          assert.property(answer.headers, "retry-after")
          assert.strictEqual(answer.headers["access-control-allow-origin"], page)
          assert.deepStrictEqual(corsOf(yield* of(stranger)), [])
        })
      )
    }
  }
)

layer(Fixture.gateway(), { excludeTestServices: true })("a gateway without a list", (it) => {
  it.effect("says nothing to pages of any origin", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      for (const origin of [page, "*", "null"]) {
        const refused = yield* Effect.promise(() => overHttp1(url, preflight(sendCode, origin)))
        assert.deepStrictEqual([refused.status, ...corsOf(refused)], [405])
        const answer = yield* Effect.promise(() => overHttp1(url, { method: "GET", path: info, headers: { origin } }))
        assert.deepStrictEqual([answer.status, ...corsOf(answer)], [200])
      }
    })
  )
})

it("an origin is a scheme, a host and perhaps a port, exactly as browsers send it", () => {
  for (const text of ["https://play.example.org", "http://127.0.0.1:5173", "https://xn--bcher-kva.example"]) {
    assert.deepStrictEqual(Setting.origin(text), { value: text })
  }
  for (const text of [
    "*",
    "null",
    "play.example.org",
    "https://a.test/",
    "https://A.test",
    "https://a.test:443",
    "file://x",
    "https://*.a.test"
  ]) {
    assert.property(Setting.origin(text), "problem", text)
  }
})
