/** What a backend that doesn't answer is still asked, and what its callers are told. */
import { type BackendAnswer, BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import { toEffect } from "@galaxy/edge/Awaitable"
import * as GuardedBackend from "@galaxy/edge/GuardedBackend"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Logger, Metric, Option } from "effect"
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
  /** Keeps calls until they are given up, or answered all together. */
  hangs = false
  status = 200
  #kept: Array<(status: number) => void> = []

  answerAll(status: number): void {
    const kept = this.#kept
    this.#kept = []
    for (const answer of kept) answer(status)
  }

  #keep(signal: AbortSignal | undefined): Promise<BackendAnswer> {
    return new Promise((resolve, reject) => {
      this.#kept.push((status) => resolve({ status, json: {} }))
      signal?.addEventListener("abort", () => reject(new Error("given up")))
    })
  }

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
        return this.#keep(signal)
      },
      public: () => toEffect(() => this.#answer("public", () => ({ status: this.status, json: {} }))),
      events: () =>
        toEffect(async (signal) => {
          if (this.hangs) await this.#keep(signal)
          return this.#answer("events", () => ({ events: [], oldest: 0, newest: 0 }))
        }),
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

/** What the gauge says. */
const openCircuits = Effect.map(Metric.snapshot, (all) => {
  const found = all.find(({ id }) => id === "galaxy.gateway.circuits.open")
  return found !== undefined && "value" in found.state ? found.state.value : undefined
})

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

  test("a circuit that nobody tries any more isn't counted as open", (backend, client) =>
    Effect.gen(function* () {
      backend.down.add("user.games.report").add("user.account.get")
      yield* times(10, forward(client, "user.games.report"))
      yield* times(10, forward(client, "user.account.get"))
      assert.strictEqual(yield* openCircuits, 2)
      for (let turn = 0; turn < 12; turn++) {
        yield* TestClock.adjust("10 seconds")
        yield* forward(client, "user.account.get")
      }
      assert.strictEqual(yield* openCircuits, 1)
      backend.down.clear()
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* forward(client, "user.account.get"), "answered")
      assert.strictEqual(yield* openCircuits, 0)
      // It is open all the same: the next call tries it.
      backend.down.add("user.games.report")
      yield* times(2, forward(client, "user.games.report"))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* openCircuits, 1)
    }))

  test("errors of the backend are answers", (backend, client) =>
    Effect.gen(function* () {
      for (const status of [400, 409, 500, 503]) {
        backend.status = status
        assert.deepStrictEqual(yield* times(30, forward(client, "a")), Array(30).fill("answered"))
      }
    }))

  const slowly = (backend: Backend, client: BackendClient["Service"], status: number) =>
    Effect.gen(function* () {
      const fibers = yield* times(10, Effect.forkChild(forward(client, "slow")))
      yield* Effect.yieldNow
      yield* TestClock.adjust(9_000)
      backend.answerAll(status)
      return yield* Effect.forEach(fibers, Fiber.join)
    })

  test("one that comes after seconds and says that something is unavailable counts as none", (backend, client) =>
    Effect.gen(function* () {
      backend.hangs = true
      assert.deepStrictEqual(yield* slowly(backend, client, 200), Array(10).fill("answered"))
      assert.deepStrictEqual(yield* slowly(backend, client, 500), Array(10).fill("answered"))
      for (const status of [503, 504]) {
        assert.deepStrictEqual(yield* slowly(backend, client, status), Array(10).fill("answered"))
        assert.strictEqual(yield* forward(client, "slow"), 1_000)
        // The call that tries again says the same, and the circuit stays open.
        yield* TestClock.adjust(1_000)
        const probe = yield* Effect.forkChild(forward(client, "slow"))
        yield* Effect.yieldNow
        yield* TestClock.adjust(9_000)
        backend.answerAll(status)
        assert.strictEqual(yield* Fiber.join(probe), "answered")
        assert.strictEqual(yield* forward(client, "slow"), 2_000)
        yield* TestClock.adjust(2_000)
        const last = yield* Effect.forkChild(forward(client, "slow"))
        yield* Effect.yieldNow
        backend.answerAll(200)
        assert.strictEqual(yield* Fiber.join(last), "answered")
      }
    }))

  const givenUp = (client: BackendClient["Service"]) =>
    Effect.gen(function* () {
      const over = new AbortController()
      const fiber = yield* Effect.forkChild(
        Effect.tryPromise({ try: async () => client.forward(command("a"), over.signal), catch: () => "given up" })
      )
      yield* Effect.yieldNow
      over.abort()
      assert.isTrue(Exit.isFailure(yield* Fiber.await(fiber)))
    })

  test("calls that are given up say nothing", (backend, client) =>
    Effect.gen(function* () {
      backend.hangs = true
      yield* times(30, givenUp(client))
      backend.hangs = false
      assert.strictEqual(yield* forward(client, "a"), "answered")
    }))

  test("a call that tries again runs to its end, also where its client gives it up", (backend, client) =>
    Effect.gen(function* () {
      backend.down.add("a")
      yield* times(20, forward(client, "a"))
      yield* TestClock.adjust(1_000)
      backend.down.clear()
      backend.hangs = true
      const asked = backend.asked.length
      yield* givenUp(client)
      // Clients that give up at once can't take its place again and again.
      for (let count = 0; count < 20; count++) assert.isNumber(yield* forward(client, "a"))
      assert.strictEqual(backend.asked.length, asked + 1)
      backend.hangs = false
      backend.answerAll(200)
      yield* Effect.yieldNow
      assert.strictEqual(yield* forward(client, "a"), "answered")
    }))

  test("the same goes for a history of events whose reader goes away", (backend, client) =>
    Effect.gen(function* () {
      const events = waitOf(client.events("u", 0, 1))
      backend.down.add("events")
      yield* times(10, events)
      yield* TestClock.adjust(1_000)
      backend.down.clear()
      backend.hangs = true
      const reader = yield* Effect.forkChild(events)
      yield* Effect.yieldNow
      yield* Fiber.interrupt(reader)
      assert.isNumber(yield* events)
      backend.hangs = false
      backend.answerAll(200)
      yield* Effect.repeat(Effect.yieldNow, { times: 20 })
      assert.strictEqual(yield* events, "answered")
    }))

  test("a route that hangs leaves others their places, and a player leaves them to others", (backend, client) =>
    Effect.gen(function* () {
      backend.hangs = true
      const of = (userId: string, messageType: string) =>
        waitOf(toEffect((signal) => client.forward({ ...command(messageType), userId }, signal)))
      yield* times(22 + 512, Effect.forkChild(of("greedy", "user.games.command")))
      yield* Effect.yieldNow
      // A third of the places; the others wait, as many as may.
      assert.strictEqual(backend.asked.length, 22)
      const other = yield* Effect.forkChild(of("other", "user.games.command"))
      yield* Effect.yieldNow
      assert.strictEqual(backend.asked.length, 23)
      backend.hangs = false
      for (let count = 0; count < 100; count++) {
        assert.strictEqual(yield* of("other", "user.sessions.list"), "answered")
      }
      assert.strictEqual(
        yield* waitOf(client.public({ ...origin, path: "/", body: {}, acceptLanguage: undefined })),
        "answered"
      )
      assert.strictEqual(yield* of("greedy", "user.games.command"), 1_000)
      backend.answerAll(200)
      assert.strictEqual(yield* Fiber.join(other), "answered")
    }))

  test("who waits for a place is told at once when the route is held back, and else after 5 s", (backend, client) =>
    Effect.gen(function* () {
      backend.hangs = true
      const running = yield* times(22, Effect.forkChild(forward(client, "a")))
      const waiting = yield* times(10, Effect.forkChild(forward(client, "a")))
      yield* Effect.yieldNow
      yield* TestClock.adjust(4_999)
      assert.isUndefined(waiting[0]?.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* Effect.forEach(waiting, Fiber.join), Array(10).fill(1_000))
      const late = yield* times(10, Effect.forkChild(forward(client, "a")))
      yield* Effect.yieldNow
      backend.answerAll(503)
      yield* Effect.forEach(running, Fiber.join)
      assert.isTrue((yield* Effect.forEach(late, Fiber.join)).every((it) => typeof it === "number" && it > 0))
    }))
})
