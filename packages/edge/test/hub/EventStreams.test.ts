/** Signed streams over a scripted backend: how much is asked of it at once, and what a short outage does. */
import { BackendClient, type SessionIdentity } from "@galaxy/edge/BackendClient"
import * as EdgeSettings from "@galaxy/edge/EdgeSettings"
import type { Envelope } from "@galaxy/edge/Envelope"
import * as EventStreams from "@galaxy/edge/hub/EventStreams"
import * as PushHub from "@galaxy/edge/hub/PushHub"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { SessionCache } from "@galaxy/edge/SessionCache"
import { Verifier } from "@galaxy/edge/Verifier"
import { crypto, device, envelopeOf, peer } from "@galaxy/testkit/TestEdge"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Stream } from "effect"
import { TestClock } from "effect/testing"

/** Counts reads that run at the same time; each takes a second. */
class Backend {
  running = 0
  most = 0
  reads = 0
  failing = 0
  /** What the session cache says of every session. */
  session: "active" | "revoked" | "unknown" = "active"

  sessionOf(id: string): Option.Option<SessionIdentity> {
    if (this.session === "unknown") return Option.none()
    return Option.some({ userId: id, publicKey: new Uint8Array(32), status: this.session })
  }

  readonly slow = <A, E>(answer: Effect.Effect<A, E>) =>
    Effect.suspend(() => {
      this.reads++
      this.running++
      this.most = Math.max(this.most, this.running)
      return Effect.sleep("1 second").pipe(
        Effect.andThen(answer),
        Effect.ensuring(Effect.sync(() => void this.running--))
      )
    })

  readonly layer = Layer.mergeAll(
    Layer.succeed(BackendClient, {
      session: () => Effect.die("sessions come from the cache"),
      forward: () => new BackendUnavailable(),
      public: () => Effect.die("no public call is made here"),
      events: () =>
        this.slow(
          Effect.suspend(() =>
            this.failing-- > 0
              ? Effect.fail(new BackendUnavailable())
              : Effect.succeed({ events: [], oldest: 0, newest: 0 })
          )
        ),
      ready: Effect.void
    }),
    Layer.succeed(SessionCache, {
      get: (id) => Effect.sync(() => this.sessionOf(id)),
      find: (id) => this.sessionOf(id),
      recheck: () => Effect.succeed(Option.none()),
      onRevoked: () => () => undefined,
      isCurrent: () => true,
      revokeSession: () => Effect.void,
      revokeUser: () => Effect.void,
      setFollowed: () => Effect.void,
      clear: Effect.void
    })
  )
}

/** Everybody is who they say they are. */
const verifier = Layer.succeed(Verifier, {
  verify: (rpc, envelope, from, signal) => ({
    envelope,
    peer: from,
    rpc,
    signal,
    session: { userId: envelope.deviceSessionId, publicKey: new Uint8Array(32), status: "active" }
  })
})

const streams = (backend: Backend, settings: Partial<EdgeSettings.EdgeSettingsShape> = {}) =>
  EventStreams.layer.pipe(
    Layer.provideMerge(PushHub.layer()),
    Layer.provide(Layer.mergeAll(verifier, backend.layer, crypto, EdgeSettings.layer(settings)))
  )

const subscription = (number: number): Envelope => envelopeOf(device(number), { messageType: "gateway.subscribe" })

const seconds = (count: number) =>
  Effect.forEach(Array.from({ length: count }), () => TestClock.adjust("1 second"), { discard: true })

describe("many event streams", () => {
  it.effect("catch up a few at a time, all of them", () => {
    const backend = new Backend()
    const count = 200
    return Effect.gen(function* () {
      const { subscribe } = yield* EventStreams.EventStreams
      const hub = yield* PushHub.PushHub
      const seen = new Map<number, number>()
      const fibers = yield* Effect.forEach(
        Array.from({ length: count }, (_, number) => number),
        (number) =>
          Effect.forkChild(
            Stream.runForEach(subscribe(subscription(number), peer), () =>
              Effect.sync(() => void seen.set(number, (seen.get(number) ?? 0) + 1))
            )
          )
      )
      // Each reads once to begin: how far the events of its user go.
      yield* seconds(20)
      assert.strictEqual(seen.size, count)
      assert.strictEqual(backend.reads, count)
      assert.isAtMost(backend.most, 32)
      backend.most = 0
      yield* hub.catchUpAll
      yield* seconds(20)
      assert.strictEqual(backend.reads, 2 * count)
      assert.isAtMost(backend.most, 32)
      assert.strictEqual(backend.running, 0)
      yield* Fiber.interruptAll(fibers)
      assert.strictEqual(yield* hub.size, 0)
    }).pipe(Effect.provide(streams(backend, { heartbeatMs: 3_600_000 })))
  })

  it.effect("that are left while they wait for their turn take none", () => {
    const backend = new Backend()
    return Effect.gen(function* () {
      const { subscribe } = yield* EventStreams.EventStreams
      const fibers = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, number) => number),
        (number) => Effect.forkChild(Stream.runDrain(subscribe(subscription(number), peer)))
      )
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interruptAll(fibers)
      assert.strictEqual(backend.running, 0)
      assert.isAtMost(backend.reads, 32)
      const last = yield* Effect.forkChild(Stream.runHead(subscribe(subscription(1_000), peer)))
      yield* seconds(2)
      assert.isTrue(Option.isSome(yield* Fiber.join(last)))
    }).pipe(Effect.provide(streams(backend)))
  })
})

describe("an event stream whose backend is away", () => {
  it.effect("goes on after a short while", () => {
    const backend = new Backend()
    backend.failing = 3
    return Effect.gen(function* () {
      const { subscribe } = yield* EventStreams.EventStreams
      const first = yield* Effect.forkChild(Stream.runHead(subscribe(subscription(1), peer)))
      yield* seconds(10)
      const event = Option.getOrThrow(yield* Fiber.join(first))
      assert.strictEqual(event.eventType, "gateway.server_time")
    }).pipe(Effect.provide(streams(backend)))
  })

  it.effect("ends as backend_unavailable when it stays away", () => {
    const backend = new Backend()
    backend.failing = Number.POSITIVE_INFINITY
    return Effect.gen(function* () {
      const { subscribe } = yield* EventStreams.EventStreams
      const first = yield* Effect.forkChild(Effect.flip(Stream.runDrain(subscribe(subscription(1), peer))))
      yield* seconds(20)
      assert.strictEqual((yield* Fiber.join(first))._tag, "backend_unavailable")
      assert.strictEqual(yield* (yield* PushHub.PushHub).size, 0)
    }).pipe(Effect.provide(streams(backend)))
  })
})

describe("an event stream whose session ends between its check and its registration", () => {
  const refusedAs = (session: "revoked" | "unknown", code: string) => {
    const backend = new Backend()
    // The verifier has let it through already; the invalidation found no stream to end.
    backend.session = session
    return Effect.gen(function* () {
      const { subscribe } = yield* EventStreams.EventStreams
      const seen: Array<string> = []
      const stream = Stream.runForEach(subscribe(subscription(1), peer), (event) =>
        Effect.sync(() => void seen.push(event.eventType))
      )
      const running = yield* Effect.forkChild(Effect.flip(stream))
      yield* seconds(60)
      assert.deepStrictEqual(seen, [])
      assert.strictEqual((yield* Fiber.join(running))._tag, code)
      assert.strictEqual(backend.reads, 0)
      assert.strictEqual(yield* (yield* PushHub.PushHub).size, 0)
    }).pipe(Effect.provide(streams(backend)))
  }

  it.effect("is refused before its first event", () => refusedAs("revoked", "session_revoked"))

  it.effect("is refused too when its session is known no longer", () => refusedAs("unknown", "session_unknown"))
})

describe("heartbeats", () => {
  it.effect("come after each silence of twenty seconds, and only then", () => {
    const backend = new Backend()
    return Effect.gen(function* () {
      const { subscribe } = yield* EventStreams.EventStreams
      const hub = yield* PushHub.PushHub
      const seen: Array<string> = []
      const open = (number: number) =>
        Effect.forkChild(
          Stream.runForEach(subscribe(subscription(number), peer), (event) =>
            Effect.sync(() => void seen.push(`${number} ${event.eventType}`))
          )
        )
      // Each read takes a second, so the streams begin at 1 and at 11 seconds.
      const first = yield* open(1)
      yield* TestClock.adjust("10 seconds")
      yield* open(2)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(seen.splice(0), ["1 gateway.server_time", "2 gateway.server_time"])
      const { deviceSessionId: userId } = subscription(1)
      hub.publish({
        userId,
        deviceSessionId: "",
        kind: "game.turn.ready",
        payload: new Uint8Array(),
        eventId: "e",
        requestId: "",
        traceId: "",
        sequence: 1
      })
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(seen.splice(0), ["1 game.turn.ready"])
      // The event at 15 seconds has put off the first one's.
      yield* TestClock.adjust("15990 millis")
      assert.deepStrictEqual(seen.splice(0), [])
      yield* TestClock.adjust("9 millis")
      assert.deepStrictEqual(seen.splice(0), ["2 gateway.heartbeat"])
      yield* TestClock.adjust("3999 millis")
      assert.deepStrictEqual(seen.splice(0), [])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(seen.splice(0), ["1 gateway.heartbeat"])
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("40 seconds")
      assert.deepStrictEqual(seen.splice(0), ["2 gateway.heartbeat", "2 gateway.heartbeat"])
    }).pipe(Effect.provide(streams(backend)))
  })

  it.effect("come to all of many streams that fell silent at the same moment", () => {
    const backend = new Backend()
    return Effect.gen(function* () {
      const { subscribe } = yield* EventStreams.EventStreams
      let beats = 0
      yield* Effect.forEach(
        Array.from({ length: 200 }, (_, number) => number),
        (number) =>
          Effect.forkChild(
            Stream.runForEach(subscribe(subscription(number), peer), (event) =>
              Effect.sync(() => {
                if (event.eventType === "gateway.heartbeat") beats += 1
              })
            )
          )
      )
      yield* seconds(30)
      assert.strictEqual(beats, 200)
    }).pipe(Effect.provide(streams(backend)))
  })
})
