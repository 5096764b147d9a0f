/** Token buckets under a test clock. */
import * as Budgets from "@galaxy/edge/Budgets"
import * as FailedVerifications from "@galaxy/edge/FailedVerifications"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Effect, Layer } from "effect"
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

describe("a budget of several processes", () => {
  /** Holders that hear of each other after each round. */
  const several = (count: number, options: Partial<Budgets.BudgetOptions>) =>
    Effect.gen(function* () {
      const hearing: Array<(taken: Budgets.Taken) => void> = []
      const onTheWay: Array<{ readonly from: number; readonly taken: Budgets.Taken }> = []
      const holders = []
      for (let index = 0; index < count; index++) {
        const shared: Budgets.SharedBudgets = {
          holders: count,
          tell: (taken) => void onTheWay.push({ from: index, taken }),
          hear: (each) => void hearing.push(each)
        }
        const context = yield* Layer.build(Budgets.layer(options, shared))
        holders.push(Context.get(context, Budgets.Budgets))
      }
      const deliver = () => {
        for (const { from, taken } of onTheWay.splice(0)) {
          for (const [index, hear] of hearing.entries()) if (index !== from) hear(taken)
        }
      }
      return { holders, deliver, onTheWay }
    })

  const rate = { burst: 120, perSecond: 30 }

  for (const count of [2, 4]) {
    it.effect(`of ${count} gives no more than its rate to whoever asks all of them, and a quarter more at once`, () =>
      Effect.gen(function* () {
        const { deliver, holders } = yield* several(count, { session: rate })
        let granted = 0
        const askAll = () => {
          for (const holder of holders) if (holder.take("session", "s") === undefined) granted += 1
          deliver()
        }
        for (let asked = 0; asked < 400; asked++) askAll()
        assert.isAtLeast(granted, rate.burst)
        assert.isAtMost(granted, rate.burst * 1.25 + count)
        granted = 0
        for (let tenth = 0; tenth < 200; tenth++) {
          yield* TestClock.adjust(100)
          for (let asked = 0; asked < 10; asked++) askAll()
        }
        // In 20 seconds; all of it is accounted for in the end.
        assert.approximately(granted, 20 * rate.perSecond, rate.burst / 4)
      }).pipe(Effect.scoped)
    )
  }

  it.effect("is whole for whoever asks one of them, and waits no longer than is right", () =>
    Effect.gen(function* () {
      const { deliver, holders, onTheWay } = yield* several(2, { session: rate })
      const [one, other] = holders
      for (let asked = 0; asked < rate.burst; asked++) {
        assert.isUndefined(one?.take("session", "s"))
        deliver()
      }
      assert.isDefined(one?.take("session", "s"))
      // The other one knows all but what is untold.
      let left = 0
      while (other?.take("session", "s") === undefined) left += 1
      assert.isAtMost(left, rate.burst / 8)
      yield* TestClock.adjust(1_000)
      deliver()
      assert.isUndefined(one?.take("session", "s"))
      // Few requests are nobody else's business.
      onTheWay.splice(0)
      for (let asked = 0; asked < 10; asked++) one?.take("session", "quiet")
      assert.deepStrictEqual(onTheWay, [])
    }).pipe(Effect.scoped)
  )

  it.effect("owes at most a burst, whatever the others say", () =>
    Effect.gen(function* () {
      let said: (taken: Budgets.Taken) => void = () => assert.fail("nobody listens")
      const shared: Budgets.SharedBudgets = {
        holders: 2,
        tell: () => undefined,
        hear: (each) => {
          said = each
        }
      }
      const context = yield* Layer.build(Budgets.layer({ session: rate }, shared))
      said({ kind: "session", key: "s", tokens: 1e9 })
      assert.strictEqual(Context.get(context, Budgets.Budgets).take("session", "s")?.retryAfterMs, 4_034)
    }).pipe(Effect.scoped)
  )
})
