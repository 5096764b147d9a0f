/** Token buckets under a test clock. */
import * as Budgets from "@galaxy/edge/Budgets"
import * as FailedVerifications from "@galaxy/edge/FailedVerifications"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"
import { generous } from "@galaxy/testkit/TestEdge"

/** 0 for a token, or the milliseconds until there is one. */
const take = Effect.fnUntraced(function* (kind: Budgets.BudgetKind, key: string) {
  const budgets = yield* Budgets.Budgets
  return budgets.take(kind, key)?.retryAfterMs ?? 0
})

const kinds: ReadonlyArray<Budgets.BudgetKind> = ["ip", "session", "user", "messageType", "publicIp", "publicIdentity"]

describe("a budget", () => {
  for (const kind of kinds) {
    it.effect(`of ${kind} gives its burst, then its rate`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual([yield* take(kind, "a"), yield* take(kind, "a"), yield* take(kind, "a")], [0, 0, 500])
        yield* TestClock.adjust(499)
        assert.strictEqual(yield* take(kind, "a"), 1)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* take(kind, "a"), 0)
        assert.strictEqual(yield* take(kind, "a"), 500)
      }).pipe(Effect.provide(Budgets.layer({ ...generous, [kind]: { burst: 2, perSecond: 2 } })))
    )
  }

  it.effect("of a message type may have a rate of its own", () =>
    Effect.gen(function* () {
      const budgets = yield* Budgets.Budgets
      const wait = (type: string, session = "s") =>
        budgets.take("messageType", `${session}/${type}`, type)?.retryAfterMs ?? 0
      assert.deepStrictEqual([wait("rare"), wait("rare"), wait("rare", "other")], [0, 10_000, 0])
      assert.deepStrictEqual([wait("usual"), wait("usual"), wait("usual")], [0, 0, 500])
      assert.deepStrictEqual([wait("constructor"), wait("constructor"), wait("constructor")], [0, 0, 500])
      yield* TestClock.adjust(10_000)
      assert.strictEqual(wait("rare"), 0)
    }).pipe(
      Effect.provide(
        Budgets.layer({
          ...generous,
          messageType: { burst: 2, perSecond: 2 },
          messageTypes: { rare: { burst: 1, perSecond: 0.1 } }
        })
      )
    )
  )

  const narrow = Budgets.layer({ ...generous, ip: { burst: 1, perSecond: 1 }, user: { burst: 1, perSecond: 1 } })

  it.effect("is of one key and of one kind", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* take("ip", "a"), 0)
      assert.isAbove(yield* take("ip", "a"), 0)
      assert.strictEqual(yield* take("ip", "b"), 0)
      assert.strictEqual(yield* take("user", "a"), 0)
    }).pipe(Effect.provide(narrow))
  )

  it.effect("never saves more than its burst", () =>
    Effect.gen(function* () {
      yield* take("ip", "a")
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* take("ip", "a"), 0)
      assert.strictEqual(yield* take("ip", "a"), 1_000)
    }).pipe(Effect.provide(narrow))
  )

  it.effect("is not put off by asking in vain", () =>
    Effect.gen(function* () {
      yield* take("ip", "a")
      for (let at = 100; at < 1_000; at += 100) {
        yield* TestClock.adjust(100)
        assert.strictEqual(yield* take("ip", "a"), 1_000 - at)
      }
      yield* TestClock.adjust(100)
      assert.strictEqual(yield* take("ip", "a"), 0)
    }).pipe(Effect.provide(narrow))
  )

  it.effect("says truly when there is a token again", () =>
    Effect.gen(function* () {
      yield* take("ip", "a")
      yield* TestClock.adjust(333)
      const wait = yield* take("ip", "a")
      yield* TestClock.adjust(wait - 1)
      assert.strictEqual(yield* take("ip", "a"), 1)
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* take("ip", "a"), 0)
    }).pipe(Effect.provide(Budgets.layer({ ...generous, ip: { burst: 1, perSecond: 3 } })))
  )

  it.effect("takes no tokens when the clock steps back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(10_000)
      assert.strictEqual(yield* take("ip", "a"), 0)
      yield* TestClock.setTime(0)
      assert.strictEqual(yield* take("ip", "a"), 1_000)
      yield* TestClock.setTime(1_000)
      assert.strictEqual(yield* take("ip", "a"), 0)
    }).pipe(Effect.provide(narrow))
  )

  it.effect("forgets the least recently used beyond its bound, and only those", () =>
    Effect.gen(function* () {
      for (const key of ["a", "b", "a", "c"]) yield* take("ip", key)
      // "b" was used least recently when "c" came.
      assert.isAbove(yield* take("ip", "a"), 0)
      assert.isAbove(yield* take("ip", "c"), 0)
      assert.strictEqual(yield* take("ip", "b"), 0)
    }).pipe(Effect.provide(Budgets.layer({ ...generous, ip: { burst: 1, perSecond: 1 }, capacity: 2 })))
  )

  it.effect("can be looked at without taking anything", () =>
    Effect.gen(function* () {
      const budgets = yield* Budgets.Budgets
      const wait = Effect.sync(() => budgets.check("ip", "a")?.retryAfterMs ?? "free")
      assert.deepStrictEqual([yield* wait, yield* wait, yield* take("ip", "a")], ["free", "free", 0])
      assert.deepStrictEqual([yield* wait, yield* wait], [1_000, 1_000])
      yield* TestClock.adjust(999)
      assert.strictEqual(yield* wait, 1)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual([yield* wait, yield* take("ip", "a")], ["free", 0])
    }).pipe(Effect.provide(narrow))
  )

  it.effect("of failed verifications leaves room for 500 at once, and 5 each second", () =>
    Effect.gen(function* () {
      for (let count = 0; count < 500; count++) assert.strictEqual(yield* take("failuresIp", "a"), 0)
      assert.strictEqual(yield* take("failuresIp", "a"), 200)
      yield* TestClock.adjust(199)
      assert.strictEqual(yield* take("failuresIp", "a"), 1)
    }).pipe(Effect.provide(Budgets.layer()))
  )
})

describe("a wall clock that is set back", () => {
  const day = 86_400_000

  it.effect("neither empties a budget nor fills it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(day)
      yield* take("ip", "a")
      yield* TestClock.setTime(0)
      yield* TestClock.adjust(600)
      const budgets = yield* Budgets.Budgets
      assert.strictEqual(budgets.check("ip", "a")?.retryAfterMs, 400)
      yield* TestClock.adjust(400)
      assert.isUndefined(budgets.check("ip", "a"))
    }).pipe(Effect.provide(Budgets.layer({ ...generous, ip: { burst: 1, perSecond: 1 } })))
  )

  it.effect("doesn't make a connection trusted for days", () =>
    Effect.gen(function* () {
      const failed = FailedVerifications.make(yield* Budgets.Budgets, yield* Clock.Clock)
      const peer = { ip: "192.0.2.1", connection: { verifiedAt: undefined, verifiedBy: undefined } }
      yield* TestClock.setTime(day)
      failed.verified(peer, "ada")
      yield* TestClock.setTime(0)
      failed.refused(peer, "invalid_signature")
      assert.isUndefined(failed.mayTry(peer))
      yield* TestClock.adjust(10 * 60_000)
      assert.strictEqual(failed.mayTry(peer)?._tag, "rate_limited")
    }).pipe(Effect.provide(Budgets.layer({ ...generous, failuresIp: { burst: 1, perSecond: 0.0001 } })))
  )
})

describe("the budget of failures of a user", () => {
  const options = { ...generous, failuresIp: { burst: 1, perSecond: 0.0001 }, failuresUser: { burst: 3, perSecond: 1 } }
  const connection = () => ({ ip: "192.0.2.1", connection: { verifiedAt: undefined, verifiedBy: undefined } })
  const tries = (failed: FailedVerifications.FailedVerifications, peer: ReturnType<typeof connection>) =>
    failed.mayTry(peer)?._tag ?? "goes on"

  it.effect("is one on all connections: no account lifts the bound of an address", () =>
    Effect.gen(function* () {
      const failed = FailedVerifications.make(yield* Budgets.Budgets, yield* Clock.Clock)
      const [first, second, other] = [connection(), connection(), connection()]
      failed.verified(other, "lin")
      for (let count = 0; count < 3; count++) {
        failed.verified(first, "ada")
        assert.strictEqual(tries(failed, first), "goes on")
        failed.refused(first, "invalid_signature")
      }
      assert.strictEqual(tries(failed, first), "rate_limited")
      failed.verified(second, "ada")
      assert.strictEqual(tries(failed, second), "rate_limited")
      assert.strictEqual(tries(failed, other), "goes on")
      yield* TestClock.adjust(1_000)
      assert.strictEqual(tries(failed, second), "goes on")
    }).pipe(Effect.provide(Budgets.layer(options)))
  )

  it.effect("isn't needed as long as the address has failures left", () =>
    Effect.gen(function* () {
      const failed = FailedVerifications.make(yield* Budgets.Budgets, yield* Clock.Clock)
      const peer = connection()
      failed.verified(peer, "ada")
      for (let count = 0; count < 10; count++) failed.refused(peer, "invalid_signature")
      assert.strictEqual(tries(failed, peer), "goes on")
    }).pipe(Effect.provide(Budgets.layer({ ...options, failuresIp: { burst: 100, perSecond: 1 } })))
  )
})

describe("what a session may reserve", () => {
  const spent = (session: Budgets.Rate, count: number) =>
    Effect.gen(function* () {
      const budgets = yield* Budgets.Budgets
      for (let taken = 0; taken < count; taken++) budgets.take("reservations", "s")
      return budgets.take("reservations", "s") === undefined
    }).pipe(Effect.provide(Budgets.layer({ session })))

  it.effect("follows from its budget, and is never so little that somebody honest would meet it", () =>
    Effect.gen(function* () {
      assert.isTrue(yield* spent({ burst: 120, perSecond: 30 }, 2_519))
      assert.isFalse(yield* spent({ burst: 120, perSecond: 30 }, 2_520))
      assert.isTrue(yield* spent({ burst: 1, perSecond: 1 }, 255))
      assert.isFalse(yield* spent({ burst: 1, perSecond: 1 }, 256))
    })
  )
})
