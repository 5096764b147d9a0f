/** Several backends: which is called, what goes on to another, and what is never made twice. */
import { toEffect } from "@galaxy/edge/Awaitable"
import { type BackendAnswer, BackendClient, type ForwardRequest } from "@galaxy/edge/BackendClient"
import { BackendStates } from "@galaxy/edge/BackendStates"
import { type Backend, Backends } from "@galaxy/edge/Backends"
import * as BalancedBackend from "@galaxy/edge/BalancedBackend"
import { BackendUnavailable, type CallFate } from "@galaxy/edge/Refusal"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"

const origin = { sourceIp: "192.0.2.1", requestId: "r", traceparent: "" }
const command = (method: "GET" | "POST"): ForwardRequest => ({
  ...origin,
  messageType: `a.${method.toLowerCase()}`,
  method,
  path: "/",
  body: undefined,
  userId: "u",
  deviceSessionId: "s"
})

/** One backend, as a test says that it is. */
class Stub implements Backend {
  readonly name: string
  /** Why calls have no answer; undefined where they have one. */
  fails: BackendUnavailable | undefined
  probe: "ready" | "hangs" | BackendUnavailable = "ready"
  hangs = false
  leaving = false
  calls = 0
  #kept: Array<() => void> = []

  constructor(name: string) {
    this.name = name
  }

  isLeaving = () => this.leaving

  down(fate: CallFate | undefined): void {
    this.fails = new BackendUnavailable(fate === undefined ? {} : { fate })
    this.probe = new BackendUnavailable()
  }

  up(): void {
    this.fails = undefined
    this.probe = "ready"
  }

  answerAll(): void {
    for (const it of this.#kept.splice(0)) it()
  }

  #answer<A>(value: A): A | BackendUnavailable | Promise<A> {
    this.calls += 1
    if (this.hangs) return new Promise((resolve) => this.#kept.push(() => resolve(value)))
    return this.fails ?? value
  }

  readonly client = BackendClient.of({
    session: () => toEffect(() => this.#answer(Option.none())),
    forward: () => this.#answer<BackendAnswer>({ status: 200, json: this.name }),
    public: () => toEffect(() => this.#answer<BackendAnswer>({ status: 200, json: this.name })),
    events: () => toEffect(() => this.#answer({ events: [], oldest: 0, newest: 0 })),
    ready: Effect.suspend(() => {
      if (this.probe === "hangs") return Effect.never
      return this.probe === "ready" ? Effect.void : Effect.fail(this.probe)
    })
  })
}

interface Platform {
  readonly stubs: ReadonlyArray<Stub>
  all: ReadonlyArray<Backend>
  readonly client: BackendClient["Service"]
  readonly states: BackendStates["Service"]
}

const test = (what: string, count: number, run: (platform: Platform) => Effect.Effect<void>) => {
  it.effect(what, () => {
    const stubs = Array.from({ length: count }, (_, at) => new Stub(`b${at}`))
    const shown = { all: stubs as ReadonlyArray<Backend> }
    return Effect.gen(function* () {
      yield* run(Object.assign(shown, { stubs, client: yield* BackendClient, states: yield* BackendStates }))
    }).pipe(
      Effect.provide(
        BalancedBackend.layer().pipe(Layer.provide(Layer.succeed(Backends, Backends.of({ current: () => shown.all }))))
      )
    )
  })
}

const forward = ({ client }: Platform, method: "GET" | "POST" = "POST") =>
  Effect.match(
    toEffect((signal) => client.forward(command(method), signal)),
    {
      onFailure: ({ retryAfterMs }): string => `failed ${retryAfterMs ?? ""}`.trim(),
      onSuccess: ({ json }) => String(json)
    }
  )

const many = (platform: Platform, count: number, method: "GET" | "POST" = "POST") =>
  Effect.replicateEffect(forward(platform, method), count)

describe("several backends", () => {
  test("share the calls", 3, (platform) =>
    Effect.gen(function* () {
      yield* many(platform, 300)
      for (const { calls } of platform.stubs) assert.strictEqual(calls, 100)
      assert.deepStrictEqual(platform.states.counts(), { ready: 3, unready: 0, unavailable: 0 })
    })
  )

  test("who is busy gets fewer", 2, (platform) =>
    Effect.gen(function* () {
      const [slow, quick] = platform.stubs
      if (slow === undefined || quick === undefined) return
      slow.hangs = true
      const all = yield* Effect.replicateEffect(Effect.forkChild(forward(platform)), 10)
      yield* Effect.yieldNow
      assert.strictEqual(slow.calls, 1)
      assert.strictEqual(quick.calls, 9)
      slow.answerAll()
      yield* Effect.forEach(all, Fiber.join)
    })
  )

  test("a call that wasn't sent goes on to another, whatever it does, and its backend is left alone", 2, (platform) =>
    Effect.gen(function* () {
      const [dead, alive] = platform.stubs
      if (dead === undefined || alive === undefined) return
      dead.down("unsent")
      assert.deepStrictEqual(yield* many(platform, 50), Array(50).fill("b1"))
      assert.strictEqual(dead.calls, 1)
      assert.deepStrictEqual(platform.states.counts(), { ready: 1, unready: 0, unavailable: 1 })
      dead.up()
      yield* TestClock.adjust("1 second")
      yield* many(platform, 50)
      assert.isAbove(dead.calls, 20)
    })
  )

  test("a call that may have run is made again only if it reads", 2, (platform) =>
    Effect.gen(function* () {
      const [cut, alive] = platform.stubs
      if (cut === undefined || alive === undefined) return
      for (const fate of ["cut", undefined] as const) {
        cut.down(fate)
        cut.calls = alive.calls = 0
        const wrote = yield* many(platform, 4, "POST")
        assert.deepStrictEqual(wrote.toSorted(), ["b1", "b1", "failed", "failed"], fate)
        assert.strictEqual(cut.calls + alive.calls, 4)
        const read = yield* many(platform, 4, "GET")
        // One whose time is over may not take as long again.
        assert.deepStrictEqual(read.toSorted(), fate === "cut" ? Array(4).fill("b1") : ["b1", "b1", "failed", "failed"])
      }
      cut.down("cut")
      const call = Effect.exit(platform.client.public({ ...origin, path: "/", body: {}, acceptLanguage: undefined }))
      const signIns = yield* Effect.replicateEffect(call, 4)
      assert.strictEqual(signIns.filter(({ _tag }) => _tag === "Failure").length, 2)
      for (const read of [platform.client.session("s"), platform.client.events("u", 0, 1)])
        yield* Effect.replicateEffect(Effect.orDie(read as Effect.Effect<unknown, BackendUnavailable>), 4)
    })
  )

  test("one that holds calls of a kind back gets them only where all do", 2, (platform) =>
    Effect.gen(function* () {
      const [stuck, alive] = platform.stubs
      if (stuck === undefined || alive === undefined) return
      stuck.down(undefined)
      // Until its circuit opens, half of the calls get no answer.
      yield* many(platform, 30)
      const before = stuck.calls
      assert.isAtMost(before, 11)
      assert.deepStrictEqual(yield* many(platform, 30), Array(30).fill("b1"))
      assert.strictEqual(stuck.calls, before)
      // Another kind of call isn't held back by that.
      yield* many(platform, 10, "GET")
      assert.isAbove(stuck.calls, before)
      alive.down("unsent")
      const all = yield* many(platform, 40)
      assert.match(all.at(-1) ?? "", /^failed \d+$/)
    })
  )

  test("one that ends gets no further calls until it says otherwise", 2, (platform) =>
    Effect.gen(function* () {
      const [ending] = platform.stubs
      if (ending === undefined) return
      ending.leaving = true
      assert.deepStrictEqual(yield* many(platform, 20), Array(20).fill("b1"))
      ending.leaving = false
      ending.probe = new BackendUnavailable({ fate: "unready" })
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* many(platform, 20), Array(20).fill("b1"))
      assert.deepStrictEqual(platform.states.counts(), { ready: 1, unready: 1, unavailable: 0 })
      ending.up()
      yield* TestClock.adjust("1 second")
      yield* many(platform, 20)
      assert.isAbove(ending.calls, 5)
    })
  )

  test("one whose probe has no answer in time counts as away; the other goes on", 2, (platform) =>
    Effect.gen(function* () {
      const [silent] = platform.stubs
      if (silent === undefined) return
      silent.probe = "hangs"
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(platform.states.counts(), { ready: 1, unready: 0, unavailable: 1 })
      assert.deepStrictEqual(yield* many(platform, 20), Array(20).fill("b1"))
      yield* platform.client.ready.pipe(
        Effect.forkChild,
        Effect.tap(() => TestClock.adjust("2 seconds")),
        Effect.flatMap(Fiber.join),
        Effect.orDie
      )
    })
  )

  test("a read that waits at one that falls silent is made at the other, and a write is not", 2, (platform) =>
    Effect.gen(function* () {
      const [frozen, alive] = platform.stubs
      if (frozen === undefined || alive === undefined) return
      const { client } = platform
      const session = Effect.as(Effect.orDie(client.session("s")), "found")
      const events = Effect.as(Effect.orDie(client.events("u", 0, 1)), "found")
      const each = (call: Effect.Effect<string>) => Effect.replicateEffect(Effect.forkChild(call), 2)
      frozen.hangs = alive.hangs = true
      // Of two calls, each backend has one.
      const reads = yield* Effect.forEach([forward(platform, "GET"), session, events], each)
      const writes = yield* each(forward(platform, "POST"))
      yield* Effect.yieldNow
      assert.deepStrictEqual([frozen.calls, alive.calls], [4, 4])
      alive.hangs = false
      alive.answerAll()
      frozen.probe = "hangs"
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("2 seconds")
      const answers = yield* Effect.forEach(reads.flat(), Fiber.join)
      assert.deepStrictEqual(answers, ["b1", "b1", "found", "found", "found", "found"])
      assert.deepStrictEqual([frozen.calls, alive.calls], [4, 7])
      assert.isTrue(writes.some((it) => it.pollUnsafe() === undefined))
      frozen.answerAll()
      assert.sameMembers(yield* Effect.forEach(writes, Fiber.join), ["b0", "b1"])
    })
  )

  test("that one is ready is known while another is silent", 2, (platform) =>
    Effect.gen(function* () {
      for (const it of platform.stubs) {
        it.probe = "hangs"
        assert.isUndefined(yield* Effect.orDie(platform.client.ready))
        it.probe = "ready"
      }
    })
  )

  test("nobody is ready where there is nobody", 0, (platform) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(platform.client.ready))._tag, "backend_unavailable")
    }).pipe(Effect.orDie)
  )

  test("where all say that they aren't ready, they are called all the same", 2, (platform) =>
    Effect.gen(function* () {
      for (const it of platform.stubs) it.probe = new BackendUnavailable({ fate: "unready" })
      yield* TestClock.adjust("1 second")
      assert.isTrue((yield* many(platform, 10)).every((it) => it.startsWith("b")))
      assert.strictEqual(
        yield* Effect.match(platform.client.ready, { onFailure: () => "no", onSuccess: () => "yes" }),
        "no"
      )
    })
  )

  test("one that has come gets calls, and one that has gone gets none", 2, (platform) =>
    Effect.gen(function* () {
      const [first, second] = platform.stubs
      if (first === undefined || second === undefined) return
      platform.all = [first]
      yield* many(platform, 10)
      assert.strictEqual(second.calls, 0)
      platform.all = [second]
      yield* many(platform, 10)
      assert.strictEqual(first.calls, 10)
      assert.strictEqual(second.calls, 10)
      platform.all = []
      assert.strictEqual(yield* forward(platform), "failed")
      assert.deepStrictEqual(platform.states.counts(), { ready: 0, unready: 0, unavailable: 0 })
    })
  )
})
