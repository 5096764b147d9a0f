/** The gateway's public routes, as any HTTP client sees them. */
import { once } from "node:events"
import * as http from "node:http"
import { GatewayInfo } from "@galaxy/contract/api/GatewayInfo"
import { unsubscribePath } from "@galaxy/contract/api/PublicMail"
import { EdgeCrypto } from "@galaxy/edge/EdgeCrypto"
import { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import { ReplayStore } from "@galaxy/edge/ReplayStore"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import * as Fixture from "./fixture.ts"

interface Sent {
  readonly method?: string
  readonly headers?: Record<string, string>
  /** Several parts are sent chunked, without a length. */
  readonly body?: string | ReadonlyArray<string>
  /** The address of this machine that it comes from. */
  readonly from?: string
}

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly json: unknown
}

const answered = async (request: http.ClientRequest) => {
  const [response] = (await once(request, "response")) as [http.IncomingMessage]
  let text = ""
  for await (const chunk of response.setEncoding("utf8")) text += String(chunk)
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

const sendRaw = (path: string, { method = "POST", headers = {}, body = "", from }: Sent) =>
  Effect.flatMap(GatewayServer, ({ url }) =>
    Effect.promise(async () => {
      // The path as it is: a URL would be tidied first.
      const request = http.request(url, { path, method, headers, agent: false, ...(from && { localAddress: from }) })
      // A server that has refused may hang up while the rest is still being sent.
      request.on("error", () => undefined)
      const answer = answered(request)
      if (typeof body !== "string") for (const part of body) request.write(part)
      request.end(typeof body === "string" ? body : undefined)
      return answer
    })
  )

const send = (path: string, sent: Sent) =>
  Effect.map(
    sendRaw(path, sent),
    ({ text, ...answer }): Answer => ({
      ...answer,
      json: text === "" ? undefined : (JSON.parse(text) as unknown)
    })
  )

const jsonType = { "content-type": "application/json" }

const post = (path: string, json: unknown, headers: Record<string, string> = {}) =>
  send(path, { headers: { ...jsonType, ...headers }, body: JSON.stringify(json) })

const get = (path: string) => send(path, { method: "GET" })

const sendCode = "/api/v1/public/auth/send-email-code"
const confirmCode = "/api/v1/public/auth/confirm-email-code"

/** Refused with this code, in the envelope of every REST surface. */
const isError = (answer: Answer, status: number, code: string) => {
  assert.strictEqual(answer.status, status)
  assert.match(answer.headers["content-type"] ?? "", /^application\/json/)
  const { error, ...more } = answer.json as { error: { code: string; message: string } }
  assert.deepStrictEqual(more, {})
  assert.deepStrictEqual(Object.keys(error).toSorted(), ["code", "message"])
  assert.strictEqual(error.code, code)
  assert.isNotEmpty(error.message)
}

const withoutCalls = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { publicCalls } = yield* Fixture.Script
    const before = publicCalls.length
    const result = yield* test
    assert.strictEqual(publicCalls.length, before)
    return result
  })

const bodyOf = (bytes: number, filler = "x") => {
  const frame = JSON.stringify({ email: "" }).length
  const size = Buffer.byteLength(filler)
  const count = Math.floor((bytes - frame) / size)
  const text = JSON.stringify({ email: filler.repeat(count) + "x".repeat(bytes - frame - count * size) })
  assert.strictEqual(Buffer.byteLength(text), bytes)
  return text
}

const bound = 16 * 1024

layer(Fixture.gateway({ ...Fixture.generous, edge: { probeKeptMs: 0 } }), { excludeTestServices: true })(
  "public routes",
  (it) => {
    it.effect("tell what a client has to know of the gateway", () =>
      Effect.gen(function* () {
        const { publicKey } = yield* EdgeCrypto
        const { status, json } = yield* get("/api/v1/public/gateway-info")
        assert.strictEqual(status, 200)
        const { server_time_ms, ...info } = Schema.decodeUnknownSync(GatewayInfo)(json)
        assert.deepStrictEqual(info, {
          protocol_version: "v1",
          signing_public_key: Buffer.from(publicKey).toString("base64"),
          freshness_past_ms: 60_000,
          freshness_future_ms: 10_000
        })
        assert.isBelow(Math.abs(server_time_ms - Date.now()), 10_000)
      })
    )

    it.effect("probes tell whether it lives and is ready by itself, and show its backend", () =>
      Effect.gen(function* () {
        const script = yield* Fixture.Script
        const backends = { ready: 1, unready: 0, unavailable: 0 }
        const ready = { status: "ready", missing: [], backend: "ready", backends }
        assert.deepInclude(yield* get("/readyz"), { status: 200, json: ready })
        script.ready = false
        const alone = yield* get("/readyz")
        const alive = yield* get("/healthz")
        script.ready = true
        assert.deepInclude(alone, {
          status: 200,
          json: { ...ready, backend: "unavailable", backends: { ready: 0, unready: 0, unavailable: 1 } }
        })
        assert.strictEqual(alive.status, 200)
      })
    )

    it.effect("mails are stopped by a POST with whatever body; a GET only shows the button", () =>
      Effect.gen(function* () {
        const script = yield* Fixture.Script
        const form = { "content-type": "application/x-www-form-urlencoded" }
        const path = `${unsubscribePath}?token=a-b_C1`
        const before = script.publicCalls.length
        script.publicAnswer = { status: 200, json: { kind: "game.started" } }
        for (const sent of [{}, { headers: form, body: "List-Unsubscribe=One-Click" }, { body: "x".repeat(100_000) }]) {
          const done = yield* send(path, sent)
          assert.deepStrictEqual([done.status, done.json], [200, { kind: "game.started" }])
        }
        const calls = script.publicCalls.slice(before)
        assert.deepStrictEqual(
          calls.map((it) => [it.path, it.body]),
          [1, 2, 3].map(() => [path, undefined])
        )
        const browser = { accept: "text/html,*/*", "accept-language": "ru-RU,en;q=0.5" }
        const page = yield* sendRaw(path, { method: "GET", headers: browser })
        assert.strictEqual(page.status, 200)
        assert.match(page.text, /<form method="post"><button>Не присылать<\/button><\/form>/)
        assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/)
        assert.strictEqual(page.headers["referrer-policy"], "no-referrer")
        assert.strictEqual(script.publicCalls.length, before + 3)
        const done = yield* sendRaw(path, { headers: { ...browser, ...form } })
        assert.match(done.text, /Такие письма больше не будут приходить/)
        // What can't be a token isn't asked about.
        yield* withoutCalls(
          Effect.gen(function* () {
            for (const token of ["", "?token=", "?token=a%2Fb", `?token=${"a".repeat(513)}`]) {
              isError(yield* send(`${unsubscribePath}${token}`, {}), 400, "invalid_request")
            }
          })
        )
        script.publicAnswer = "down"
        isError(yield* send(path, {}), 503, "service_unavailable")
        script.publicAnswer = { status: 200, json: { challenge_id: "c1" } }
      })
    )

    for (const path of [sendCode, confirmCode]) {
      it.effect(`${path}: the backend is asked with what it may believe, and its answer comes back`, () =>
        Effect.gen(function* () {
          const script = yield* Fixture.Script
          const body = { email: "ada@example.test", code: "112358", challenge_id: path, more: { kept: [1, null, "é"] } }
          const answer = yield* post(path, body, {
            "accept-language": "ru-RU, de;q=0.5",
            "x-forwarded-for": "203.0.113.9",
            forwarded: "for=203.0.113.9",
            "x-real-ip": "203.0.113.9",
            "x-user-id": Fixture.userId,
            "x-request-id": "theirs",
            "x-galaxy-peer-ip": "203.0.113.9"
          })
          assert.strictEqual(answer.status, 200)
          assert.deepStrictEqual(answer.json, { challenge_id: "c1" })
          const { requestId, ...call } = script.publicCalls.at(-1) ?? { requestId: "" }
          assert.deepStrictEqual(call, {
            path,
            body,
            acceptLanguage: "ru-RU, de;q=0.5",
            sourceIp: "127.0.0.1",
            traceparent: ""
          })
          assert.match(requestId, /^[0-9a-f-]{36}$/)
          assert.strictEqual(answer.headers["x-request-id"], requestId)
        })
      )

      it.effect(`${path}: the backend's refusals come back as they are, its absence as service_unavailable`, () =>
        Effect.gen(function* () {
          const script = yield* Fixture.Script
          const usual = script.publicAnswer
          const json = { error: { code: "account_permanently_blocked", message: "blocked" } }
          script.publicAnswer = { status: 400, json }
          const refused = yield* post(path, {})
          script.publicAnswer = "down"
          const absent = yield* post(path, {})
          script.publicAnswer = usual
          assert.deepInclude(refused, { status: 400, json })
          isError(absent, 503, "service_unavailable")
        })
      )

      it.effect(`${path}: only JSON is read`, () =>
        withoutCalls(
          Effect.gen(function* () {
            for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
              const headers: Record<string, string> = type === "" ? {} : { "content-type": type }
              isError(yield* send(path, { headers, body: "{}" }), 415, "unsupported_media_type")
            }
            for (const body of ["", "{", "{} {}", "nonsense", '{"email":"\n"}']) {
              isError(yield* send(path, { headers: jsonType, body }), 400, "invalid_request")
            }
          })
        )
      )

      it.effect(`${path}: JSON may say its charset`, () =>
        Effect.gen(function* () {
          const headers = { "content-type": "Application/JSON ; charset=utf-8" }
          assert.strictEqual((yield* send(path, { headers, body: "{}" })).status, 200)
        })
      )

      it.effect(`${path}: the body must have at most 16 KiB`, () =>
        Effect.gen(function* () {
          for (const filler of ["x", "é", "宇"]) {
            const whole = bodyOf(bound, filler)
            assert.strictEqual((yield* send(path, { headers: jsonType, body: whole })).status, 200)
            assert.strictEqual((yield* send(path, { headers: jsonType, body: [whole] })).status, 200)
          }
          yield* withoutCalls(
            Effect.gen(function* () {
              for (const filler of ["x", "é", "宇"]) {
                const body = bodyOf(bound + 1, filler)
                isError(yield* send(path, { headers: jsonType, body }), 413, "payload_too_large")
                const parts = [body.slice(0, 100), body.slice(100)]
                isError(yield* send(path, { headers: jsonType, body: parts }), 413, "payload_too_large")
              }
              const endless = Array.from({ length: 64 }, () => "x".repeat(16 * 1024))
              isError(yield* send(path, { headers: jsonType, body: endless }), 413, "payload_too_large")
            })
          )
        })
      )
    }

    const methods = [
      [sendCode, "POST"],
      [confirmCode, "POST"],
      ["/api/v1/public/gateway-info", "GET"],
      ["/healthz", "GET"],
      ["/readyz", "GET"]
    ] as const
    it.effect("the trace of a stranger goes on for logs, and asks nobody to record it", () =>
      Effect.gen(function* () {
        const { publicCalls } = yield* Fixture.Script
        const theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"
        for (const path of [sendCode, confirmCode, `${unsubscribePath}?token=abc`]) {
          yield* post(path, {}, { traceparent: `${theirs}01` })
          assert.strictEqual(publicCalls.at(-1)?.traceparent, `${theirs}00`)
          yield* post(path, {}, { traceparent: `${theirs}zz` })
          assert.strictEqual(publicCalls.at(-1)?.traceparent, "")
        }
      })
    )

    it.effect("HEAD is answered like GET, without the body", () =>
      withoutCalls(
        Effect.gen(function* () {
          for (const [path, method] of methods) {
            const { status, json } = yield* send(path, { method: "HEAD" })
            assert.deepStrictEqual(
              { path, status, json },
              { path, status: method === "GET" ? 200 : 405, json: undefined }
            )
          }
          assert.strictEqual((yield* send("/nothing", { method: "HEAD" })).status, 404)
        })
      )
    )

    it.effect("another method is told which one is right", () =>
      withoutCalls(
        Effect.gen(function* () {
          for (const [path, right] of methods) {
            for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"].filter((it) => it !== right)) {
              const answer = yield* send(`${path}?a=b`, { method, headers: jsonType })
              isError(answer, 405, "method_not_allowed")
              assert.include(answer.headers.allow ?? "", right)
            }
          }
        })
      )
    )

    it.effect("everything else is not_found", () =>
      withoutCalls(
        Effect.gen(function* () {
          const paths = [
            "/",
            "/api/v1/public/auth",
            `${sendCode}/`,
            "/api/v1/user/account",
            "/api/v1/internal/users/1/events",
            "/api/v1/admin/users",
            "/healthz/../api/v1/admin/users",
            "/%2e%2e/healthz",
            "/%zz",
            "/galaxy.gateway.v1.Other/ExecuteCommand",
            "/constructor"
          ]
          for (const path of paths) {
            const answer = yield* get(path)
            assert.strictEqual(answer.status, 404, path)
            isError(answer, 404, "not_found")
          }
        })
      )
    )
  }
)

const tight = { burst: 2, perSecond: 0.001 }

layer(Fixture.gateway({ budgets: { publicIp: tight } }), { excludeTestServices: true })(
  "the budget of an address",
  (it) => {
    it.effect("ends with 429 and the time to wait, whoever is named and whatever is sent", () =>
      Effect.gen(function* () {
        yield* post(sendCode, { email: "ada@example.test" })
        yield* send(confirmCode, { headers: { "x-forwarded-for": "203.0.113.9" }, body: "no JSON" })
        yield* withoutCalls(
          Effect.gen(function* () {
            const answer = yield* post(sendCode, { email: "bob@example.test" }, { "x-forwarded-for": "203.0.113.10" })
            isError(answer, 429, "rate_limited")
            assert.match(answer.headers["retry-after"] ?? "", /^\d+$/)
            assert.isAtLeast(Number(answer.headers["retry-after"]), 900)
            assert.isAtMost(Number(answer.headers["retry-after"]), 1_000)
          })
        )
        assert.strictEqual((yield* get("/api/v1/public/gateway-info")).status, 200)
        assert.strictEqual((yield* get("/healthz")).status, 200)
      })
    )
  }
)

// One every 1.6 s: the second is told to wait for 2 s, since the header has no fractions.
layer(Fixture.gateway({ budgets: { publicIp: { burst: 1, perSecond: 0.625 } } }), { excludeTestServices: true })(
  "a wait with a fraction",
  (it) => {
    it.effect("is rounded up, so that nobody comes back too early", () =>
      Effect.gen(function* () {
        yield* post(sendCode, { email: "ada@example.test" })
        const answer = yield* post(sendCode, { email: "ada@example.test" })
        isError(answer, 429, "rate_limited")
        assert.strictEqual(answer.headers["retry-after"], "2")
      })
    )
  }
)

layer(Fixture.gateway({ budgets: { ...Fixture.generous.budgets, publicIdentity: tight } }), {
  excludeTestServices: true
})("the budget of an identity", (it) => {
  it.effect("ends with 429 for this e-mail address, however it is written, and for no other", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* post(sendCode, { email: "ada@example.test" })).status, 200)
      assert.strictEqual((yield* post(sendCode, { email: " Ada@Example.test " })).status, 200)
      const answer = yield* withoutCalls(post(sendCode, { email: "ADA@EXAMPLE.TEST" }))
      isError(answer, 429, "rate_limited")
      assert.isAtLeast(Number(answer.headers["retry-after"]), 900)
      assert.strictEqual((yield* post(sendCode, { email: "bob@example.test" })).status, 200)
    })
  )

  it.effect("is one for a domain in any script", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* post(sendCode, { email: "ada@bücher.example" })).status, 200)
      assert.strictEqual((yield* post(sendCode, { email: "ada@xn--bcher-kva.example" })).status, 200)
      isError(yield* withoutCalls(post(sendCode, { email: "ada@BÜCHER.example" })), 429, "rate_limited")
    })
  )

  it.effect("is each network's own: who uses it up keeps nobody else from the address or the challenge", () =>
    Effect.gen(function* () {
      for (const [path, body] of [
        [sendCode, { email: "owner@example.test" }],
        [confirmCode, { challenge_id: "owners", code: "00000000" }]
      ] as const) {
        yield* post(path, body)
        yield* post(path, body)
        isError(yield* withoutCalls(post(path, body)), 429, "rate_limited")
        const elsewhere = yield* send(path, { headers: jsonType, body: JSON.stringify(body), from: "127.0.0.2" })
        assert.strictEqual(elsewhere.status, 200)
      }
    })
  )

  it.effect("ends with 429 for this challenge, and for no other", () =>
    Effect.gen(function* () {
      const guess = (challenge_id: string, code: string) => post(confirmCode, { challenge_id, code })
      assert.strictEqual((yield* guess("one", "000000")).status, 200)
      assert.strictEqual((yield* guess("one", "000001")).status, 200)
      isError(yield* withoutCalls(guess("one", "000002")), 429, "rate_limited")
      assert.strictEqual((yield* guess("two", "000000")).status, 200)
    })
  )
})

const brokenStore = Layer.succeed(ReplayStore, {
  reserve: () => new ReplayStoreUnavailable({ why: "it is away" }),
  ready: () => Effect.fail(new ReplayStoreUnavailable({ why: "it is away" }))
})

layer(Fixture.gateway({}, brokenStore), { excludeTestServices: true })("without a replay store", (it) => {
  it.effect("it lives and isn't ready", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get("/healthz")).status, 200)
      assert.deepInclude(yield* get("/readyz"), {
        status: 503,
        json: {
          status: "unavailable",
          missing: ["replay_store"],
          why: { replay_store: "it is away" },
          backend: "ready",
          backends: { ready: 1, unready: 0, unavailable: 0 }
        }
      })
    })
  )
})

describe("many who ask whether it is ready", () => {
  it.live("cost no more than one", () => {
    let probes = 0
    const counting = Layer.succeed(ReplayStore, {
      reserve: () => new ReplayStoreUnavailable({ why: "nobody reserves here" }),
      ready: () => Effect.sync(() => void (probes += 1))
    })
    return Effect.gen(function* () {
      const all = yield* Effect.forEach(Array.from({ length: 50 }), () => get("/readyz"), { concurrency: 10 })
      assert.isTrue(all.every(({ status }) => status === 200))
      assert.strictEqual(probes, 1)
    }).pipe(Effect.provide(Fixture.gateway({ edge: { probeKeptMs: 600_000 } }, counting)))
  })
})
