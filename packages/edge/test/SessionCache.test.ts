/** The session cache against a scripted backend: bounds, times, and lookups that an invalidation overtakes. */
import type { SessionIdentity } from "@galaxy/edge/BackendClient"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import * as SessionCache from "@galaxy/edge/SessionCache"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import { Backend, device } from "@galaxy/testkit/TestEdge"

const [one, two, three] = [device(1), device(2), device(3)]

const cache = (backend: Backend, options: Partial<SessionCache.SessionCacheOptions> = {}) =>
  SessionCache.layer(options).pipe(Layer.provide(backend.layer))

const statusOf = Effect.fnUntraced(function* (deviceSessionId: string) {
  const found = yield* (yield* SessionCache.SessionCache).get(deviceSessionId)
  return Option.match(found, { onNone: () => "unknown", onSome: (it) => it.status })
})

const settle = Effect.forEach(Array.from({ length: 20 }), () => Effect.yieldNow, { discard: true })

/** Lookups that wait until the test answers them, in the order in which they were made. */
const script = (backend: Backend) => {
  const waiting: Array<Deferred.Deferred<Option.Option<SessionIdentity>, BackendUnavailable>> = []
  backend.answer = () =>
    Effect.suspend(() => {
      const answer = Deferred.makeUnsafe<Option.Option<SessionIdentity>, BackendUnavailable>()
      waiting.push(answer)
      return Deferred.await(answer)
    })
  const record = (status: SessionIdentity["status"]): Option.Option<SessionIdentity> =>
    Option.some({ userId: one.userId, publicKey: one.publicKey, status })
  return {
    answer: (index: number, status: SessionIdentity["status"]) => Deferred.succeed(waiting[index]!, record(status)),
    fail: (index: number) => Deferred.fail(waiting[index]!, new BackendUnavailable()),
    get asked() {
      return waiting.length
    }
  }
}

describe("the session cache", () => {
  it.effect("asks once, and knows a session for its time", () => {
    const backend = new Backend(one)
    return Effect.gen(function* () {
      const found = yield* (yield* SessionCache.SessionCache).get(one.deviceSessionId)
      assert.deepStrictEqual(found, Option.some({ userId: one.userId, publicKey: one.publicKey, status: "active" }))
      yield* TestClock.adjust(999)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      assert.strictEqual(backend.asked.length, 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      assert.strictEqual(backend.asked.length, 2)
    }).pipe(Effect.provide(cache(backend, { ttlMs: 1_000 })))
  })

  it.effect("doesn't believe what it heard by a clock that was ahead", () => {
    const backend = new Backend(one)
    return Effect.gen(function* () {
      yield* TestClock.setTime(3 * 86_400_000)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      yield* TestClock.setTime(1_000)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      assert.strictEqual(backend.asked.length, 2)
    }).pipe(Effect.provide(cache(backend, { ttlMs: 1_000 })))
  })

  it.effect("remembers for a short while that an id is unknown", () => {
    const backend = new Backend()
    return Effect.gen(function* () {
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "unknown")
      backend.add(one)
      yield* TestClock.adjust(99)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "unknown")
      assert.strictEqual(backend.asked.length, 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
    }).pipe(Effect.provide(cache(backend, { ttlMs: 1_000, unknownTtlMs: 100 })))
  })

  it.effect("forgets the least recently used beyond its bound", () => {
    const backend = new Backend(one, two, three)
    return Effect.gen(function* () {
      yield* statusOf(one.deviceSessionId)
      yield* statusOf(two.deviceSessionId)
      yield* statusOf(one.deviceSessionId)
      yield* statusOf(three.deviceSessionId)
      yield* statusOf(one.deviceSessionId)
      assert.deepStrictEqual(
        backend.asked,
        [one, two, three].map((it) => it.deviceSessionId)
      )
      yield* statusOf(two.deviceSessionId)
      assert.strictEqual(backend.asked.length, 4)
    }).pipe(Effect.provide(cache(backend, { capacity: 2 })))
  })

  it.effect("is not driven out by ids that were made up, and bounds those too", () => {
    const backend = new Backend(one)
    return Effect.gen(function* () {
      yield* statusOf(one.deviceSessionId)
      for (const made of ["a", "b", "c"]) assert.strictEqual(yield* statusOf(made), "unknown")
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      assert.deepStrictEqual(backend.asked, [one.deviceSessionId, "a", "b", "c"])
      yield* statusOf("c")
      assert.strictEqual(backend.asked.length, 4)
      yield* statusOf("a")
      assert.strictEqual(backend.asked.length, 5)
    }).pipe(Effect.provide(cache(backend, { capacity: 2 })))
  })

  it.effect("asks once for all who want the same session at the same time", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const fibers = yield* Effect.forEach(Array.from({ length: 50 }), () =>
        Effect.forkChild(statusOf(one.deviceSessionId))
      )
      yield* settle
      assert.strictEqual(lookups.asked, 1)
      yield* lookups.answer(0, "active")
      assert.deepStrictEqual(new Set(yield* Fiber.joinAll(fibers)), new Set(["active"]))
      yield* statusOf(one.deviceSessionId)
      assert.strictEqual(lookups.asked, 1)
    }).pipe(Effect.provide(cache(backend)))
  })

  it.effect("answers the others when the first who asked has gone away", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      const second = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      yield* Fiber.interrupt(first)
      yield* lookups.answer(0, "active")
      assert.strictEqual(yield* Fiber.join(second), "active")
    }).pipe(Effect.provide(cache(backend)))
  })

  it.effect("keeps no failure", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const fibers = yield* Effect.forEach([1, 2], () => Effect.forkChild(statusOf(one.deviceSessionId)))
      yield* settle
      yield* lookups.fail(0)
      for (const fiber of fibers) assert.isTrue(Exit.isFailure(yield* Fiber.await(fiber)))
      const again = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      yield* lookups.answer(1, "active")
      assert.strictEqual(yield* Fiber.join(again), "active")
    }).pipe(Effect.provide(cache(backend)))
  })

  it.effect("knows at once that a session is revoked, and no other one", () => {
    const backend = new Backend(one, two)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      yield* statusOf(one.deviceSessionId)
      yield* statusOf(two.deviceSessionId)
      yield* sessions.revokeSession(one.deviceSessionId)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      assert.strictEqual(yield* statusOf(two.deviceSessionId), "active")
      assert.strictEqual(backend.asked.length, 2)
    }).pipe(Effect.provide(cache(backend)))
  })

  it.effect("knows at once that all sessions of a user are revoked, and nobody else's", () => {
    const sibling = { ...three, userId: one.userId }
    const backend = new Backend(one, two, sibling)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      for (const it of [one, two, sibling]) yield* statusOf(it.deviceSessionId)
      yield* sessions.revokeUser(one.userId)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      assert.strictEqual(yield* statusOf(sibling.deviceSessionId), "revoked")
      assert.strictEqual(yield* statusOf(two.deviceSessionId), "active")
    }).pipe(Effect.provide(cache(backend)))
  })

  it.effect("forgets everything when it is cleared", () => {
    const backend = new Backend(one, two)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      yield* statusOf(one.deviceSessionId)
      yield* statusOf(two.deviceSessionId)
      backend.add(one, "revoked")
      yield* sessions.clear
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      assert.strictEqual(yield* statusOf(two.deviceSessionId), "active")
      assert.strictEqual(backend.asked.length, 4)
    }).pipe(Effect.provide(cache(backend)))
  })
})

describe("a session cache that no invalidation reaches", () => {
  it.effect("believes a session for a moment only, until it is told of revocations again", () => {
    const backend = new Backend(one)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      yield* TestClock.adjust(500)
      yield* sessions.setFollowed(false)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      assert.strictEqual(backend.asked.length, 1)
      backend.add(one, "revoked")
      yield* TestClock.adjust(500)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      assert.strictEqual(backend.asked.length, 2)
      yield* sessions.setFollowed(true)
      yield* TestClock.adjust(60_000)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      assert.strictEqual(backend.asked.length, 2)
    }).pipe(Effect.provide(cache(backend, { unfollowedTtlMs: 1_000 })))
  })

  it.effect("believes one of before no longer where word may still be on its way, and asks for it once", () => {
    const backend = new Backend(one)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      yield* sessions.setFollowed(false)
      backend.add(one, "revoked")
      yield* TestClock.adjust(2_000)
      yield* sessions.setFollowed(true)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      yield* TestClock.adjust(60_000)
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      assert.strictEqual(backend.asked.length, 2)
    }).pipe(Effect.provide(cache(backend, { unfollowedTtlMs: 1_000 })))
  })

  it.effect("counts a session's time from when it was asked for, however late the answer", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      yield* TestClock.adjust(900)
      yield* lookups.answer(0, "active")
      assert.strictEqual(yield* Fiber.join(first), "active")
      yield* TestClock.adjust(100)
      const second = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      assert.strictEqual(lookups.asked, 2)
      yield* lookups.answer(1, "revoked")
      assert.strictEqual(yield* Fiber.join(second), "revoked")
    }).pipe(Effect.provide(cache(backend, { ttlMs: 1_000 })))
  })
})

describe("a flood of ids", () => {
  it.effect("asks so many questions at once and no more; who is known needs none", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const known = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      yield* lookups.answer(0, "active")
      yield* Fiber.join(known)
      const waiting = yield* Effect.forEach(["a", "b", "b"], (id) => Effect.forkChild(statusOf(id)))
      yield* settle
      assert.strictEqual(lookups.asked, 3)
      assert.strictEqual((yield* Effect.flip(statusOf("c")))._tag, "backend_unavailable")
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      assert.strictEqual(lookups.asked, 3)
      yield* lookups.fail(1)
      const another = yield* Effect.forkChild(statusOf("c"))
      yield* settle
      assert.strictEqual(lookups.asked, 4)
      yield* Fiber.interruptAll([...waiting, another])
    }).pipe(Effect.provide(cache(backend, { maxLookups: 2 })))
  })
})

describe("an invalidation during a lookup", () => {
  const kinds: ReadonlyArray<[string, (sessions: SessionCache.SessionCache["Service"]) => Effect.Effect<void>]> = [
    ["of the session", (sessions) => sessions.revokeSession(one.deviceSessionId)],
    ["of the user", (sessions) => sessions.revokeUser(one.userId)],
    ["of everything", (sessions) => sessions.clear]
  ]

  for (const [kind, invalidate] of kinds) {
    it.effect(`${kind} reaches who asked, who joined before it and who came after it`, () => {
      const backend = new Backend()
      const lookups = script(backend)
      return Effect.gen(function* () {
        const sessions = yield* SessionCache.SessionCache
        const asked = yield* Effect.forkChild(statusOf(one.deviceSessionId))
        const joined = yield* Effect.forkChild(statusOf(one.deviceSessionId))
        yield* settle
        yield* invalidate(sessions)
        const late = yield* Effect.forkChild(statusOf(one.deviceSessionId))
        yield* settle
        // What the backend read before it revoked the session.
        yield* lookups.answer(0, "active")
        yield* settle
        for (let index = 1; index < lookups.asked; index++) yield* lookups.answer(index, "revoked")
        assert.deepStrictEqual(yield* Fiber.joinAll([asked, joined, late]), ["revoked", "revoked", "revoked"])
        assert.strictEqual(lookups.asked, 2)
        // Nor is the older answer kept, in whichever order the two arrived.
        const after = yield* Effect.forkChild(statusOf(one.deviceSessionId))
        yield* settle
        assert.strictEqual(yield* Fiber.join(after), "revoked")
        assert.strictEqual(lookups.asked, 2)
      }).pipe(Effect.provide(cache(backend)))
    })
  }

  it.effect("wins also when the newer lookup answers first", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      const asked = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      yield* sessions.revokeSession(one.deviceSessionId)
      const late = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      yield* lookups.answer(1, "revoked")
      assert.strictEqual(yield* Fiber.join(late), "revoked")
      yield* lookups.answer(0, "active")
      assert.strictEqual(yield* Fiber.join(asked), "revoked")
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "revoked")
      assert.strictEqual(lookups.asked, 2)
    }).pipe(Effect.provide(cache(backend)))
  })

  it.effect("of another session costs nobody a second lookup", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      const asked = yield* Effect.forkChild(statusOf(one.deviceSessionId))
      yield* settle
      yield* sessions.revokeSession(two.deviceSessionId)
      yield* lookups.answer(0, "active")
      assert.strictEqual(yield* Fiber.join(asked), "active")
      assert.strictEqual(yield* statusOf(one.deviceSessionId), "active")
      assert.strictEqual(lookups.asked, 1)
    }).pipe(Effect.provide(cache(backend)))
  })

  it.effect("again and again ends with a refusal, never with what may be old", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const sessions = yield* SessionCache.SessionCache
      const asked = yield* Effect.forkChild(Effect.flip(statusOf(one.deviceSessionId)))
      let answered = 0
      for (let round = 0; round < 20; round++) {
        yield* settle
        yield* sessions.clear
        for (; answered < lookups.asked; answered++) yield* lookups.answer(answered, "active")
      }
      assert.strictEqual((yield* Fiber.join(asked))._tag, "backend_unavailable")
      assert.isBelow(lookups.asked, 10)
    }).pipe(Effect.provide(cache(backend)))
  })
})

describe("lookups of one network", () => {
  it.effect("run so many at a time; further ones wait, and another network doesn't", () => {
    const backend = new Backend()
    const lookups = script(backend)
    const ids = Array.from({ length: 8 }, (_, number) => device(number + 10).deviceSessionId)
    return Effect.gen(function* () {
      const { get } = yield* SessionCache.SessionCache
      const ask = (number: number, network?: string) => Effect.forkChild(get(ids[number] ?? "", network))
      const fibers = yield* Effect.forEach([0, 1, 2, 3, 4], (number) => ask(number, "a"))
      yield* settle
      assert.strictEqual(lookups.asked, 2)
      yield* ask(5, "b")
      yield* ask(6)
      // Whoever asks for what is being looked up waits for the same answer.
      const same = yield* ask(0, "b")
      yield* settle
      assert.strictEqual(lookups.asked, 4)
      // One that leaves while it waits takes no turn.
      yield* Fiber.interrupt(fibers[2]!)
      yield* lookups.answer(0, "active")
      assert.isTrue(Option.isSome(yield* Fiber.join(same)))
      yield* settle
      assert.strictEqual(lookups.asked, 5)
      yield* lookups.fail(1)
      yield* settle
      assert.strictEqual(lookups.asked, 6)
      yield* lookups.answer(4, "active")
      yield* lookups.answer(5, "active")
      for (const number of [0, 3, 4]) assert.isTrue(Option.isSome(yield* Fiber.join(fibers[number]!)))
      // All turns are back.
      yield* Effect.forEach([7, 2], (number) => ask(number, "a"))
      yield* settle
      assert.strictEqual(lookups.asked, 8)
    }).pipe(Effect.provide(cache(backend, { maxLookupsPerNetwork: 2 })))
  })

  it.effect("that waited are not made when the answer has come meanwhile", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const { get } = yield* SessionCache.SessionCache
      yield* Effect.forkChild(get(two.deviceSessionId, "a"))
      yield* settle
      const waiting = yield* Effect.forEach([1, 2], () => Effect.forkChild(get(one.deviceSessionId, "a")))
      yield* settle
      yield* lookups.answer(0, "active")
      yield* settle
      yield* lookups.answer(1, "active")
      for (const fiber of waiting) assert.isTrue(Option.isSome(yield* Fiber.join(fiber)))
      assert.strictEqual(lookups.asked, 2)
    }).pipe(Effect.provide(cache(backend, { maxLookupsPerNetwork: 1 })))
  })
})

describe("a caller that gives up", () => {
  it.effect("leaves at once, whatever it waits for, and the lookup goes on for others", () => {
    const backend = new Backend()
    const lookups = script(backend)
    return Effect.gen(function* () {
      const { find } = yield* SessionCache.SessionCache
      const why = new Error("it has left")
      const leaving = new AbortController()
      const left = (id: string) =>
        Promise.resolve(find(id, "a", leaving.signal)).then(
          () => "answered",
          (cause: unknown) => cause
        )
      const waiting = [left(one.deviceSessionId), left(two.deviceSessionId)]
      const stays = Promise.resolve(find(one.deviceSessionId, "a"))
      yield* settle
      assert.strictEqual(lookups.asked, 1)
      leaving.abort(why)
      assert.deepStrictEqual(yield* Effect.promise(() => Promise.all(waiting)), [why, why])
      assert.strictEqual(yield* Effect.promise(() => left(three.deviceSessionId)), why)
      yield* lookups.answer(0, "active")
      assert.isTrue(Option.isSome((yield* Effect.promise(() => stays)) as Option.Option<SessionIdentity>))
      yield* settle
      // Those that left have no turn and keep none.
      assert.strictEqual(lookups.asked, 1)
      const next = yield* Effect.forkChild(statusOf(three.deviceSessionId))
      yield* settle
      yield* lookups.answer(1, "active")
      assert.strictEqual(yield* Fiber.join(next), "active")
    }).pipe(Effect.provide(cache(backend, { maxLookupsPerNetwork: 1 })))
  })

  it.effect("leaves a lookup with a defect to nobody, and the next one is made", () => {
    const backend = new Backend(one)
    const lookups = script(backend)
    const scripted = backend.answer
    return Effect.gen(function* () {
      const { find, get } = yield* SessionCache.SessionCache
      const asked = Deferred.makeUnsafe<void>()
      backend.answer = () => Effect.andThen(Deferred.await(asked), Effect.die(new Error("a defect")))
      const leaving = new AbortController()
      const left = Promise.resolve(find(one.deviceSessionId, "a", leaving.signal)).catch(() => "left")
      yield* settle
      leaving.abort(new Error("it has left"))
      assert.strictEqual(yield* Effect.promise(() => left), "left")
      const joined = yield* Effect.forkChild(get(one.deviceSessionId))
      yield* settle
      yield* Deferred.succeed(asked, undefined)
      assert.isTrue(Exit.hasDies(yield* Fiber.await(joined)))
      backend.answer = scripted
      const next = yield* Effect.forkChild(get(one.deviceSessionId, "a"))
      yield* settle
      yield* lookups.answer(0, "active")
      assert.isTrue(Option.isSome(yield* Fiber.join(next)))
    }).pipe(Effect.provide(cache(backend, { maxLookupsPerNetwork: 1 })))
  })
})
