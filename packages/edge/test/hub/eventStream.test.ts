import * as eventStream from "@galaxy/edge/hub/eventStream"
import * as PushHub from "@galaxy/edge/hub/PushHub"
import type { LiveEvent } from "@galaxy/edge/hub/PushSource"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"

const user = "user-1"
const session = "session-1"

const event = (sequence: number, deviceSessionId = ""): LiveEvent => ({
  userId: user,
  deviceSessionId,
  kind: "game.turn.ready",
  payload: new Uint8Array(),
  eventId: String(sequence),
  requestId: "",
  traceId: "",
  sequence
})

/** What the backend keeps: numbers `oldest`..`newest`. */
class Kept {
  oldest = 1
  newest = 0
  reads = 0

  page(after: number, limit: number): eventStream.KeptEvents {
    this.reads++
    const first = Math.max(after + 1, this.oldest)
    const events = Array.from({ length: Math.max(0, Math.min(limit, this.newest - first + 1)) }, (_, index) =>
      event(first + index)
    )
    return { events, oldest: this.newest === 0 ? 0 : this.oldest, newest: this.newest }
  }
}

const open = Effect.fnUntraced(function* (kept: Kept, resumeAfter: number, collected: Array<eventStream.Outgoing>) {
  const hub = yield* PushHub.PushHub
  const registration = yield* hub.register({ userId: user, deviceSessionId: session })
  const stream = eventStream.make({
    deviceSessionId: session,
    resumeAfter,
    registration,
    page: (after, limit) => Effect.sync(() => kept.page(after, limit)),
    mayGoOn: Effect.void,
    onEnd: (reason) => reason,
    pageSize: 3,
    heartbeatMillis: 20_000
  })
  return yield* Effect.forkChild(Stream.runForEach(stream, (it) => Effect.sync(() => void collected.push(it))))
})

const settle = Effect.forEach(Array.from({ length: 30 }), () => Effect.yieldNow, { discard: true })
const withHub = PushHub.layer({ inboxCapacity: 4, maxStreams: 3, maxStreamsPerSession: 2 })

/** Numbers told of, one by one: sent as events or inside a gap. Fails on a repeat or a hole. */
const told = (from: number, collected: ReadonlyArray<eventStream.Outgoing>): number => {
  let at = from
  for (const it of collected) {
    if (it.type === "event") {
      assert.strictEqual(it.event.sequence, at + 1)
      at = it.event.sequence
    } else if (it.type === "gap" && it.last >= it.first) {
      assert.strictEqual(it.first, at + 1)
      at = it.last
    }
  }
  return at
}

describe("an event stream", () => {
  it.effect("begins with the time, then what is kept, then what comes", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.newest = 7
      const out: Array<eventStream.Outgoing> = []
      const fiber = yield* open(kept, 2, out)
      yield* settle
      kept.newest = 8
      yield* (yield* PushHub.PushHub).publish(event(8))
      yield* settle
      assert.deepStrictEqual(
        out.map((it) => (it.type === "event" ? it.event.sequence : it.type)),
        ["server_time", 3, 4, 5, 6, 7, 8]
      )
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  it.effect("that wants live events only gets no old one", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.newest = 7
      const out: Array<eventStream.Outgoing> = []
      const fiber = yield* open(kept, 0, out)
      yield* settle
      assert.deepStrictEqual(out, [{ type: "server_time", newest: 7 }])
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  it.effect("says which numbers are no longer kept, and which never were", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.oldest = 5
      kept.newest = 6
      const pruned: Array<eventStream.Outgoing> = []
      const ahead: Array<eventStream.Outgoing> = []
      const fibers = [yield* open(kept, 2, pruned), yield* open(kept, 9, ahead)]
      yield* settle
      assert.deepStrictEqual(pruned[1], { type: "gap", first: 3, last: 4, resumedAfter: 4 })
      assert.deepStrictEqual(ahead[1], { type: "gap", first: 7, last: 9, resumedAfter: 6 })
      yield* Fiber.interruptAll(fibers)
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  it.effect("beats every twenty seconds of silence", () =>
    Effect.gen(function* () {
      const out: Array<eventStream.Outgoing> = []
      const fiber = yield* open(new Kept(), 0, out)
      yield* settle
      yield* TestClock.adjust("65 seconds")
      yield* settle
      assert.strictEqual(out.filter((it) => it.type === "heartbeat").length, 3)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  it.effect("passes over what is meant for another session, and notices no hole there", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      const out: Array<eventStream.Outgoing> = []
      const fiber = yield* open(kept, 0, out)
      yield* settle
      const hub = yield* PushHub.PushHub
      kept.newest = 3
      yield* hub.publish(event(1))
      yield* hub.publish(event(2, "session-2"))
      yield* hub.publish(event(3, session))
      yield* settle
      assert.deepStrictEqual(
        out.flatMap((it) => (it.type === "event" ? [it.event.sequence] : [])),
        [1, 3]
      )
      assert.strictEqual(kept.reads, 2)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  for (const [what, end, reason] of [
    ["its session is revoked", (hub: PushHub.PushHub["Service"]) => hub.revokeSession(session), "session_revoked"],
    ["its user is", (hub: PushHub.PushHub["Service"]) => hub.revokeUser(user), "session_revoked"],
    ["the gateway shuts down", (hub: PushHub.PushHub["Service"]) => hub.close, "shutting_down"]
  ] as const) {
    it.effect(`ends when ${what}, also with a full inbox`, () =>
      Effect.gen(function* () {
        const kept = new Kept()
        const fiber = yield* open(kept, 0, [])
        yield* settle
        const hub = yield* PushHub.PushHub
        yield* end(hub)
        for (let sequence = 1; sequence <= 10; sequence++) yield* hub.publish(event(sequence))
        assert.strictEqual(yield* Effect.flip(Fiber.join(fiber)), reason)
      }).pipe(Effect.scoped, Effect.provide(withHub))
    )
  }

  it.effect("finds no room beyond the limits", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      const register = (deviceSessionId: string) => Effect.exit(hub.register({ userId: user, deviceSessionId }))
      const exits = [
        yield* register("a"),
        yield* register("a"),
        yield* register("a"),
        yield* register("b"),
        yield* register("c")
      ]
      assert.deepStrictEqual(
        exits.map((it) => it._tag),
        ["Success", "Success", "Success", "Success", "Failure"]
      )
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  it.effect("is ended by later ones of its session, the oldest first, and counts no more from then on", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      const register = hub.register({ userId: user, deviceSessionId: session })
      const [first, second, third] = [yield* register, yield* register, yield* register]
      assert.strictEqual(yield* hub.size, 2)
      yield* hub.publish(event(1))
      assert.deepStrictEqual(yield* first.take, { type: "end", reason: "displaced" })
      for (const it of [second, third]) assert.deepStrictEqual(yield* it.take, { type: "event", event: event(1) })
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  it.effect("gives way, when the hub is full, to one of a network that holds less", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      const register = (network: string, deviceSessionId: string) =>
        hub.register({ userId: user, deviceSessionId, network })
      const heavy = [yield* register("a", "1"), yield* register("a", "2"), yield* register("a", "3")]
      yield* register("b", "4")
      assert.deepStrictEqual(yield* heavy[0]!.take, { type: "end", reason: "displaced" })
      assert.strictEqual(yield* hub.size, 3)
      for (const network of ["a", "b"]) assert.strictEqual((yield* Effect.exit(register(network, "5")))._tag, "Failure")
      yield* register("c", "6")
      assert.deepStrictEqual(yield* heavy[1]!.take, { type: "end", reason: "displaced" })
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  it.effect("hears of what it may have missed once, before all else, however full its inbox is", () =>
    Effect.gen(function* () {
      const hub = yield* PushHub.PushHub
      const registration = yield* hub.register({ userId: user, deviceSessionId: session })
      yield* hub.publish(event(1))
      yield* hub.catchUpAll
      for (let sequence = 2; sequence <= 10; sequence++) yield* hub.publish(event(sequence))
      const items: Array<PushHub.Inbox> = []
      for (let taken = 0; taken < 5; taken++) items.push(yield* registration.take)
      assert.deepStrictEqual(
        items.map((it) => (it.type === "event" ? it.event.sequence : it.type)),
        ["catchUp", 7, 8, 9, 10]
      )
      const waiting = yield* Effect.forkChild(registration.take)
      yield* settle
      yield* hub.catchUpAll
      assert.deepStrictEqual(yield* Fiber.join(waiting), { type: "catchUp" })
    }).pipe(Effect.scoped, Effect.provide(withHub))
  )

  const Step = Schema.Literals(["commit", "lose", "late", "repeat", "burst", "prune", "lost connection", "run"])

  it.effect.prop(
    "has neither hole nor repeat under any order of live, lost, late and repeated events",
    [Schema.Array(Step), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 }))],
    ([steps, resumeAfter]) =>
      Effect.gen(function* () {
        const kept = new Kept()
        kept.newest = 5
        const out: Array<eventStream.Outgoing> = []
        const fiber = yield* open(kept, resumeAfter, out)
        const hub = yield* PushHub.PushHub
        const delayed: Array<LiveEvent> = []
        for (const step of steps) {
          if (step === "commit") yield* hub.publish(event(++kept.newest))
          if (step === "lose") kept.newest++
          if (step === "late") delayed.push(event(++kept.newest))
          if (step === "repeat" && kept.newest > 0) yield* hub.publish(event(kept.newest))
          if (step === "burst") for (let count = 0; count < 9; count++) yield* hub.publish(event(++kept.newest))
          if (step === "prune") kept.oldest = Math.min(kept.newest, kept.oldest + 2)
          if (step === "lost connection") yield* hub.catchUpAll
          if (step === "run") yield* settle
        }
        for (const it of delayed) yield* hub.publish(it)
        yield* hub.catchUpAll
        for (let round = 0; round < 20; round++) yield* settle
        assert.strictEqual(told(resumeAfter, out.slice(1)), kept.newest)
        yield* Fiber.interrupt(fiber)
      }).pipe(Effect.scoped, Effect.provide(withHub)),
    { arbitrary: { runs: 300 } }
  )
})
