/** The gateway's calls of the backend, against a server that answers as a test says. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { toEffect } from "@galaxy/edge/Awaitable"
import { BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import * as HttpBackendClient from "@galaxy/host-node/gateway/HttpBackendClient"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Logger, Option, Redacted, Schedule } from "effect"

interface Asked {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

type Answer = (response: http.ServerResponse) => void

const json =
  (status: number, value: unknown): Answer =>
  (response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value))

/** A backend, and the gateway's client of it. */
const backend = (options: { readonly token?: string; readonly timeoutMs?: number } = {}) =>
  Effect.gen(function* () {
    const asked: Array<Asked> = []
    const script: { answer: Answer } = { answer: json(200, {}) }
    const server = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const opened = http.createServer((request, response) => {
          let body = ""
          request.setEncoding("utf8").on("data", (text: string) => {
            body += text
          })
          request.on("end", () => {
            asked.push({ method: request.method, url: request.url, headers: request.headers, body })
            script.answer(response)
          })
        })
        await new Promise<void>((resolve) => opened.listen(0, "127.0.0.1", resolve))
        return opened
      }),
      (opened) =>
        Effect.promise(async () => {
          opened.closeAllConnections()
          await new Promise((resolve) => opened.close(resolve))
        })
    )
    const { port } = server.address() as AddressInfo
    const context = yield* Layer.build(
      HttpBackendClient.layer({
        url: `http://127.0.0.1:${port}`,
        timeoutMs: options.timeoutMs,
        token: options.token === undefined ? undefined : Redacted.make(options.token)
      })
    )
    const client = yield* Effect.provide(BackendClient, context)
    return { client, asked, script, server }
  })

const userId = "0190f7a2-6d3e-7c11-9a55-000000000001"
const deviceSessionId = "0190f7a2-6d3e-7c11-9a55-000000000002"
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
const origin = { sourceIp: "203.0.113.7", requestId: "r-1", traceparent }
const command = {
  ...origin,
  method: "POST",
  path: "/api/v1/user/x",
  body: { name: "Ünï" },
  userId,
  deviceSessionId
} as const
const forward = (client: BackendClient["Service"], other: Partial<ForwardRequest> = {}) =>
  toEffect((signal) => client.forward({ ...command, ...other }, signal))

const unavailable = { _tag: "backend_unavailable" }

const fails = <A>(effect: Effect.Effect<A, { readonly _tag: string }>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => assert.strictEqual(_tag, unavailable._tag))

it.live("a command carries who sent it, from where, and the gateway's token", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, asked, script } = yield* backend({ token: "secret" })
      script.answer = json(409, { error: { code: "conflict", message: "no" } })
      assert.deepStrictEqual(yield* forward(client), {
        status: 409,
        json: { error: { code: "conflict", message: "no" } }
      })
      const [request] = asked
      assert.strictEqual(request?.method, "POST")
      assert.strictEqual(request?.url, "/api/v1/user/x")
      assert.strictEqual(request?.body, '{"name":"Ünï"}')
      assert.deepInclude(request?.headers, {
        "content-type": "application/json",
        "x-user-id": userId,
        "x-device-session-id": deviceSessionId,
        "x-forwarded-for": "203.0.113.7",
        "x-request-id": "r-1",
        "x-gateway-token": "secret",
        traceparent
      })
    })
  )
)

it.live("a GET has no body, and a trace id that is none goes no further", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, asked } = yield* backend()
      for (const wrong of ["", "x", `${traceparent}\r\nx-user-id: y`, traceparent.toUpperCase(), `${traceparent}-1`]) {
        yield* forward(client, { method: "GET", path: "/a?b=c%20d", body: undefined, traceparent: wrong })
      }
      assert.lengthOf(asked, 5)
      for (const { url, body, headers } of asked) {
        assert.strictEqual(url, "/a?b=c%20d")
        assert.strictEqual(body, "")
        assert.notProperty(headers, "traceparent")
        assert.notProperty(headers, "content-type")
        assert.notProperty(headers, "x-gateway-token")
        assert.strictEqual(headers["x-user-id"], userId)
      }
    })
  )
)

it.live("a public call speaks for nobody", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, asked } = yield* backend()
      yield* client.public({ ...origin, path: "/api/v1/public/x", body: { a: 1 }, acceptLanguage: "de, en;q=0.5" })
      yield* client.public({ ...origin, path: "/api/v1/public/x", body: { a: 1 }, acceptLanguage: undefined })
      assert.strictEqual(asked[0]?.headers["accept-language"], "de, en;q=0.5")
      assert.notProperty(asked[1]?.headers, "accept-language")
      for (const { headers } of asked) {
        assert.notProperty(headers, "x-user-id")
        assert.strictEqual(headers["x-forwarded-for"], "203.0.113.7")
      }
    })
  )
)

it.live("a session is found, isn't there, or can't be told", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, asked, script } = yield* backend()
      const deviceSessionId = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a"
      const publicKey = Buffer.alloc(32, 7)
      const record = {
        device_session_id: deviceSessionId,
        user_id: userId,
        client_public_key: publicKey.toString("base64"),
        status: "revoked",
        created_at: "2026-01-01T00:00:00.000Z"
      }
      script.answer = json(200, record)
      assert.deepStrictEqual(
        yield* client.session(deviceSessionId),
        Option.some({ userId, publicKey: new Uint8Array(publicKey), status: "revoked" as const })
      )
      assert.strictEqual(asked[0]?.url, `/api/v1/internal/sessions/${deviceSessionId}`)
      script.answer = json(404, { error: { code: "not_found", message: "no such session" } })
      assert.isTrue(Option.isNone(yield* client.session(deviceSessionId)))
      for (const answer of [
        json(200, { ...record, status: "perhaps" }),
        json(200, {}),
        json(200, null),
        json(401, { error: { code: "unauthorized", message: "wrong token" } }),
        json(500, {}),
        json(302, {})
      ]) {
        script.answer = answer
        yield* fails(client.session(deviceSessionId))
      }
    })
  )
)

it.live("a user's events come as they are kept", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, asked, script } = yield* backend()
      script.answer = json(200, {
        events: [
          {
            sequence: 8,
            event_id: "0190f7a2-6d3e-7c11-9a55-00000000000e",
            kind: "game.turn.ready",
            payload: Buffer.from([0, 255, 10]).toString("base64"),
            request_id: "cause",
            trace_id: "",
            created_at: "2026-01-01T00:00:00.000Z"
          }
        ],
        oldest_sequence: 5,
        newest_sequence: 9
      })
      const page = yield* client.events(userId, 7, 100)
      assert.strictEqual(asked[0]?.url, `/api/v1/internal/users/${userId}/events?after=7&limit=100`)
      assert.deepStrictEqual({ oldest: page.oldest, newest: page.newest }, { oldest: 5, newest: 9 })
      assert.deepInclude(page.events[0], { userId, sequence: 8, kind: "game.turn.ready", deviceSessionId: "" })
      assert.deepStrictEqual(page.events[0]?.payload, Uint8Array.of(0, 255, 10))
      script.answer = json(404, {})
      yield* fails(client.events(userId, 7, 100))
    })
  )
)

for (const [what, answer] of Object.entries<Answer>({
  "says nothing": () => undefined,
  "stops in the middle": (response) => {
    response.writeHead(200, { "content-length": "100" }).write("{")
  },
  "breaks off": (response) => {
    response.writeHead(200, { "content-length": "100" }).write("{")
    response.destroy()
  },
  "hangs up": (response) => response.destroy(),
  "answers in HTML": (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  "answers without end": (response) => {
    const piece = Buffer.alloc(1_048_576, " ")
    const more = () => {
      while (!response.destroyed && response.write(piece));
    }
    response.writeHead(200, { "content-type": "application/json" }).on("drain", more)
    response.on("error", () => undefined)
    more()
  }
})) {
  it.live(`a backend that ${what} is unavailable`, () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { client, script } = yield* backend({ timeoutMs: 200 })
        script.answer = answer
        yield* fails(forward(client))
        script.answer = json(200, { a: 1 })
        assert.deepStrictEqual(yield* forward(client), { status: 200, json: { a: 1 } })
      })
    )
  )
}

it.live("a command runs at most once, also where its answer is lost", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, asked, script } = yield* backend()
      yield* forward(client)
      script.answer = (response) => response.destroy()
      yield* fails(forward(client))
      assert.lengthOf(asked, 2)
    })
  )
)

it.live("a backend that isn't there is unavailable, and not ready", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, script, server } = yield* backend()
      yield* client.ready
      script.answer = json(503, {})
      yield* fails(client.ready)
      yield* Effect.promise(async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      })
      yield* fails(client.ready)
      yield* fails(forward(client))
    })
  )
)

it.live("says once that the backend is lost and once that it is back, however many ask", () => {
  const lines: Array<string> = []
  const listening = Logger.layer([Logger.make(({ message }) => lines.push(String(message)))])
  return Effect.scoped(
    Effect.gen(function* () {
      const { client, script } = yield* backend()
      const hangUp: Answer = (response) => response.destroy()
      for (const answer of [hangUp, json(200, {}), hangUp]) {
        script.answer = answer
        for (let round = 0; round < 5; round++) yield* Effect.result(client.ready)
      }
      assert.deepStrictEqual(lines, ["the backend is lost", "the backend is back", "the backend is lost"])
    })
  ).pipe(Effect.provide(listening))
})

it.live("sessions, histories and probes are asked for while as many calls wait as may", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, asked, script } = yield* backend()
      script.answer = (response) => {
        const url = asked.at(-1)?.url ?? ""
        if (url.includes("/sessions/")) json(404, {})(response)
        if (url.includes("/events?")) json(200, { events: [], oldest_sequence: 0, newest_sequence: 0 })(response)
        if (url === "/readyz") json(200, {})(response)
      }
      yield* Effect.forEach(Array.from({ length: 100 }), () => Effect.forkScoped(forward(client)))
      const asking = Effect.suspend(() => (asked.length === 64 ? Effect.void : Effect.fail("not yet")))
      yield* Effect.retry(asking, Schedule.spaced("5 millis"))
      assert.isTrue(Option.isNone(yield* client.session(userId)))
      assert.deepStrictEqual((yield* client.events(userId, 0, 1)).events, [])
      yield* client.ready
      assert.strictEqual(asked.length, 67)
    })
  )
)
