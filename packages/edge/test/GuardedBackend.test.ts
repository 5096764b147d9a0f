/** What a backend that doesn't answer is still asked, and what its callers are told. */
import { BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import { toEffect } from "@galaxy/edge/Awaitable"
import * as GuardedBackend from "@galaxy/edge/GuardedBackend"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Logger, Option } from "effect"
import { TestClock } from "effect/testing"

const origin = { sourceIp: "192.0.2.1", requestId: "r", traceparent: "" }
const command = (messageType: string): ForwardRequest => ({
  ...origin,
  messageType,
  method: "GET",
  path: "/",
  body: undefined,
  userId: "u",
  deviceSessionId: "s"
})

/** A backend whose calls of some kinds fail, and which counts all. */
class Backend {
  readonly down = new Set<string>()
  readonly asked: Array<string> = []
  /** Keeps a call until it is given up. */
  hangs = false
  status = 200

  #answer<A>(name: string, answer: () => A): A | BackendUnavailable {
    this.asked.push(name)
    return this.down.has(name) ? new BackendUnavailable() : answer()
  }

  readonly layer = Layer.sync(BackendClient, () =>
    BackendClient.of({
      session: () => toEffect(() => this.#answer("sessions", () => Option.none())),
      forward: ({ messageType = "" }, signal) => {
        if (!this.hangs) return this.#answer(messageType, () => ({ status: this.status, json: {} }))
        this.asked.push(messageType)
        return new Promise((_, reject) => {
          signal?.addEventListener("abort", () => reject(new Error("given up")))
        })
      },
      public: () => toEffect(() => this.#answer("public", () => ({ status: this.status, json: {} }))),
      events: () => toEffect(() => this.#answer("events", () => ({ events: [], oldest: 0, newest: 0 }))),
      ready: toEffect(() => this.#answer("ready", () => undefined))
    })
  )
}

const test = (
  what: string,
  run: (backend: Backend, client: BackendClient["Service"], lines: Array<string>) => Effect.Effect<void>
) => {
  it.effect(what, () => {
    const backend = new Backend()
    const lines: Array<string> = []
    const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
    return Effect.flatMap(BackendClient, (client) => run(backend, client, lines)).pipe(
      Effect.provide(GuardedBackend.layer().pipe(Layer.provide(backend.layer), Layer.provide(logger)))
    )
  })
}

/** Milliseconds to wait, 0 where nobody says; or that it was answered. */
const waitOf = (call: Effect.Effect<unknown, BackendUnavailable>) =>
  Effect.match(call, { onFailure: ({ retryAfterMs }) => retryAfterMs ?? 0, onSuccess: () => "answered" })

const forward = (client: BackendClient["Service"], messageType: string) =>
  waitOf(toEffect((signal) => client.forward(command(messageType), signal)))

const times = <A>(count: number, effect: Effect.Effect<A>) => Effect.replicateEffect(effect, count)

describe("a backend behind circuits", () => {
  const calls = {
    command: (client) => forward(client, "user.account.get"),
    "look-up of a session": (client) => waitOf(client.session("s")),
    "public call": (client) => waitOf(client.public({ ...origin, path: "/", body: {}, acceptLanguage: undefined })),
    "history of events": (client) => waitOf(client.events("u", 0, 1))
  } satisfies Record<string, (client: BackendClient["Service"]) => Effect.Effect<number | string>>
  const names = {
    command: "user.account.get",
    "look-up of a session": "sessions",
    "public call": "public",
    "history of events": "events"
  }

  for (const [what, call] of Object.entries(calls)) {
    test(`a ${what} that fails again and again is held back, and tried again in time`, (backend, client, lines) =>
      Effect.gen(function* () {
        const name = names[what as keyof typeof names]
        backend.down.add(name)
        assert.deepStrictEqual(yield* times(10, call(client)), Array(10).fill(0))
        assert.deepStrictEqual(yield* times(100, call(client)), Array(100).fill(1_000))
        assert.strictEqual(backend.asked.length, 10)
        yield* TestClock.adjust(400)
        assert.strictEqual(yield* call(client), 600)
        yield* TestClock.adjust(600)
        assert.deepStrictEqual(yield* times(3, call(client)), [0, 2_000, 2_000])
        assert.strictEqual(backend.asked.length, 11)
        backend.down.clear()
        yield* TestClock.adjust(2_000)
        assert.deepStrictEqual(yield* times(3, call(client)), Array(3).fill("answered"))
        assert.strictEqual(lines.length, 2)
        assert.match(lines[0] ?? "", /get no answers and are held back/)
        assert.match(lines[1] ?? "", /are made again/)
        for (const line of lines) assert.include(line, name)
      }))
  }

  test("a route that fails holds back no other, and probes always pass", (backend, client) =>
    Effect.gen(function* () {
      backend.down.add("user.games.report").add("ready")
      yield* times(20, forward(client, "user.games.report"))
      assert.strictEqual(yield* forward(client, "user.games.report"), 1_000)
      assert.strictEqual(yield* forward(client, "user.account.get"), "answered")
      assert.strictEqual(yield* waitOf(client.session("s")), "answered")
      assert.deepStrictEqual(yield* times(30, waitOf(client.ready)), Array(30).fill(0))
    }))

  test("errors of the backend are answers", (backend, client) =>
    Effect.gen(function* () {
      for (const status of [400, 409, 500, 503]) {
        backend.status = status
        assert.deepStrictEqual(yield* times(30, forward(client, "a")), Array(30).fill("answered"))
      }
    }))

  test("calls that are given up say nothing, and the next one tries", (backend, client) =>
    Effect.gen(function* () {
      const givenUp = Effect.gen(function* () {
        const over = new AbortController()
        const fiber = yield* Effect.forkChild(
          Effect.tryPromise({ try: async () => client.forward(command("a"), over.signal), catch: () => "given up" })
        )
        yield* Effect.yieldNow
        over.abort()
        assert.isTrue(Exit.isFailure(yield* Fiber.await(fiber)))
      })
      backend.hangs = true
      yield* times(30, givenUp)
      backend.hangs = false
      assert.strictEqual(yield* forward(client, "a"), "answered")
      backend.down.add("a")
      yield* times(20, forward(client, "a"))
      yield* TestClock.adjust(1_000)
      backend.hangs = true
      yield* givenUp
      backend.hangs = false
      backend.down.clear()
      assert.strictEqual(yield* forward(client, "a"), "answered")
    }))
})
