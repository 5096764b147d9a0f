/** Streams by themselves: in which order events go out, what is read, and what a client that doesn't take them costs. */
import type * as PushHub from "@galaxy/edge/hub/PushHub"
import type { LiveEvent } from "@galaxy/edge/hub/PushSource"
import { SessionRevoked } from "@galaxy/edge/Refusal"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { event, Kept, session, settle, type Subscriber, subscribers } from "./subscribers.ts"

describe("an event stream", () => {
  it.effect("begins with the time, then what is kept, then what comes, after one read", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.newest = 4
      const { happens, open } = yield* subscribers(kept)
      const { heard, stream } = open(2)
      assert.deepStrictEqual(heard, ["server_time", 3, 4])
      yield* happens()
      assert.deepStrictEqual(open(5).heard, ["server_time"])
      assert.strictEqual(kept.reads, 2)
      assert.isFalse(stream.isOver)
    })
  )

  it.effect("reads on where a page isn't enough", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.newest = 9
      const { open } = yield* subscribers(kept)
      assert.deepStrictEqual(open(2).heard, ["server_time", 3, 4, 5, 6, 7, 8, 9])
      assert.strictEqual(kept.reads, 3)
    })
  )

  it.effect("that wants live events only gets no old one", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.newest = 7
      const { happens, open } = yield* subscribers(kept)
      const subscriber = open(0)
      assert.deepStrictEqual(subscriber.out, [{ type: "server_time", newest: 7 }])
      yield* happens()
      assert.deepStrictEqual(subscriber.heard, ["server_time", 8])
      assert.strictEqual(kept.reads, 1)
    })
  )

  it.effect("says which numbers are no longer kept, which never were, and which will be given again", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.oldest = 5
      kept.newest = 6
      const { hub, open } = yield* subscribers(kept)
      assert.deepStrictEqual(open(2).out[1], { type: "gap", first: 3, last: 4, resumedAfter: 4 })
      assert.deepStrictEqual(open(9).out[1], { type: "gap", first: 7, last: 9, resumedAfter: 6 })
      const subscriber = open(6)
      kept.newest = 4
      kept.oldest = 1
      yield* hub.catchUpAll
      yield* settle
      assert.deepStrictEqual(subscriber.out[1], { type: "gap", first: 5, last: 6, resumedAfter: 4 })
      hub.publish(event(++kept.newest, "", "anew"))
      assert.deepStrictEqual(subscriber.heard, ["server_time", "gap", 5])
    })
  )

  it.effect("passes over what is meant for another session, and notices no hole there", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      const { happens, open } = yield* subscribers(kept)
      const subscriber = open(0)
      yield* happens()
      yield* happens("session-2")
      yield* happens(session)
      assert.deepStrictEqual(subscriber.heard, ["server_time", 1, 3])
      assert.strictEqual(kept.reads, 1)
    })
  )

  for (const [what, end, tag] of [
    ["its session is revoked", (hub: PushHub.PushHub["Service"]) => hub.revokeSession(session), "session_revoked"],
    ["its user is", (hub: PushHub.PushHub["Service"]) => hub.revokeUser("user-1"), "session_revoked"],
    ["the gateway shuts down", (hub: PushHub.PushHub["Service"]) => hub.close, "shutting_down"]
  ] as const) {
    it.effect(`ends when ${what}: live, while it is read for, and while its client takes nothing`, () =>
      Effect.gen(function* () {
        const kept = new Kept()
        const { happens, hub, open } = yield* subscribers(kept)
        const [idle, slow] = [open(0), open(0)]
        slow.isTaking = false
        for (let count = 0; count < 10; count++) yield* happens()
        kept.isPrompt = false
        const opening = open(1)
        yield* end(hub)
        for (const [{ ended }, place] of [
          [idle, "stream"],
          [slow, "stream"],
          [opening, "request"]
        ] as const) {
          const { ending, place: at } = ended ?? { ending: "defect", place: undefined }
          assert.strictEqual(typeof ending === "string" ? ending : ending._tag, tag)
          assert.strictEqual(at, place)
        }
        const sent = [idle, slow, opening].map(({ out }) => out.length)
        kept.answerAll()
        yield* happens()
        slow.take()
        yield* settle
        assert.deepStrictEqual(
          [idle, slow, opening].map(({ out }) => out.length),
          sent
        )
        assert.strictEqual(yield* hub.size, 0)
      })
    )
  }

  it.effect("that is closed by its client hears and reads nothing more", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.isPrompt = false
      const { happens, hub, open } = yield* subscribers(kept)
      const subscriber = open(1)
      subscriber.stream.close()
      kept.answerAll()
      yield* happens()
      yield* hub.close
      yield* settle
      assert.deepStrictEqual(subscriber.out, [])
      assert.isUndefined(subscriber.ended)
    })
  )

  it.effect("whose client takes nothing holds a few events; the rest is read when it goes on", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      const { happens, open } = yield* subscribers(kept)
      const subscriber = open(0)
      subscriber.isTaking = false
      for (let count = 0; count < 10; count++) yield* happens()
      // The one that filled it; four more wait.
      assert.deepStrictEqual(subscriber.heard, ["server_time", 1])
      assert.strictEqual(kept.reads, 1)
      subscriber.take()
      yield* settle
      assert.deepStrictEqual(subscriber.heard, ["server_time", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      // 2 to 6 are no longer there, and a page has three.
      assert.strictEqual(kept.reads, 5)
    })
  )

  it.effect("beats only while its client takes what is sent, and has begun", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.isPrompt = false
      const { happens, open } = yield* subscribers(kept)
      const subscriber = open(0)
      subscriber.stream.beat()
      kept.answer()
      yield* settle
      subscriber.stream.beat()
      subscriber.isTaking = false
      yield* happens()
      subscriber.stream.beat()
      subscriber.take()
      subscriber.stream.close()
      subscriber.stream.beat()
      assert.deepStrictEqual(subscriber.heard, ["server_time", "heartbeat", 1])
    })
  )

  it.effect("asks whether it may go on before it reads what it may have missed", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      const { checks, hub, open } = yield* subscribers(kept)
      const subscriber = open(0)
      kept.newest = 3
      yield* hub.catchUpAll
      yield* settle
      assert.deepStrictEqual(subscriber.heard, ["server_time", 1, 2, 3])
      checks.refusal = new SessionRevoked()
      kept.newest = 4
      yield* hub.catchUpAll
      yield* settle
      assert.deepStrictEqual(subscriber.heard, ["server_time", 1, 2, 3])
      assert.deepStrictEqual(subscriber.ended?.place, "stream")
    })
  )

  const Step = Schema.Literals([
    "commit",
    "lose",
    "late",
    "repeat",
    "burst",
    "prune",
    "lost connection",
    "answer",
    "stop",
    "take",
    "join",
    "leave"
  ])

  it.effect.prop(
    "has neither hole nor repeat, whatever is lost, late, repeated or slow, beside others of its user",
    [Schema.Array(Step), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5 }))],
    ([steps, resumeAfter]) =>
      Effect.gen(function* () {
        const kept = new Kept()
        kept.newest = 5
        kept.isPrompt = false
        const { happens, hub, open } = yield* subscribers(kept, { maxStreamsPerSession: 100 })
        const delayed: Array<LiveEvent> = []
        const all: Array<Subscriber> = [open(resumeAfter), open(0)]
        for (const [index, step] of steps.entries()) {
          const one = all[index % all.length]
          if (step === "commit") yield* happens()
          if (step === "lose") kept.newest++
          if (step === "late") delayed.push(event(++kept.newest))
          if (step === "repeat") hub.publish(event(kept.newest))
          if (step === "burst") for (let count = 0; count < 9; count++) yield* happens()
          if (step === "prune") kept.oldest = Math.min(kept.newest, kept.oldest + 2)
          if (step === "lost connection") yield* hub.catchUpAll
          if (step === "answer") kept.answer()
          if (step === "stop" && one !== undefined) one.isTaking = false
          if (step === "take") one?.take()
          if (step === "join") all.push(open(index % 2 === 0 ? 0 : kept.newest))
          if (step === "leave" && all.length > 1) all.splice(index % all.length, 1)[0]?.stream.close()
          if (index % 3 === 0) yield* settle
        }
        // Before the end: whoever has heard of an event gets it without being told again that something was missed.
        const lost = steps.some((step) => step === "lose" || step === "late" || step === "prune")
        kept.answerAll()
        for (const it of all) it.take()
        if (lost) {
          for (const it of delayed) hub.publish(it)
          yield* hub.catchUpAll
        }
        yield* settle
        for (const it of all) assert.strictEqual(it.told, kept.newest)
      }),
    { arbitrary: { runs: 400 } }
  )
})
