/**
 * What every `ReplayStore` adapter does. Run it once per adapter, with a way to let its reservations age. There are
 * more suites for adapters that can lose reservations, and for those that keep them over a restart.
 *
 * An adapter reads the time from Effect's clock, which the test controls. If a store doesn't know at its start what it
 * has lost, the suite waits for as long as the store asks.
 */
import { toEffect } from "@galaxy/edge/Awaitable"
import type { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import { ReplayStore, type ReservationVerdict } from "@galaxy/edge/ReplayStore"
import { Clock, Context, Effect, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import * as assert from "../internal/assert.ts"
import * as MovableClock from "../MovableClock.ts"
import { type Case, casesOf } from "./Case.ts"

/** Lets the suite age the adapter's reservations. */
export class Passage extends Context.Service<
  Passage,
  {
    /** Makes the session's reservations older. */
    elapse(deviceSessionId: string, millis: number): Effect.Effect<void>
  }
>()("@galaxy/testkit/contract/Passage") {}

/** Lets the suite delete all reservations of the adapter. */
export class StoreLoss extends Context.Service<StoreLoss, { readonly lose: Effect.Effect<void> }>()(
  "@galaxy/testkit/contract/StoreLoss"
) {}

const ttlMs = 80_000
const futureMs = 10_000

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
/** Every character that the wire contract allows, which is also as long as an id may be. */
const everyCharacter = `${letters}${letters.toLowerCase()}0123456789-_`

const session = () => globalThis.crypto.randomUUID()

/** Reserves with a timestamp that is `ahead` milliseconds after the present. */
const ask = (
  deviceSessionId: string,
  requestId: string,
  ahead = 0
): Effect.Effect<ReservationVerdict, ReplayStoreUnavailable, ReplayStore> =>
  Effect.gen(function* () {
    const store = yield* ReplayStore
    const timestampMs = (yield* Clock.currentTimeMillis) + ahead
    return yield* toEffect(() => store.reserve({ deviceSessionId, requestId, timestampMs, futureMs, ttlMs }))
  })

const isFirst = (deviceSessionId: string, requestId: string, ahead?: number) =>
  Effect.map(ask(deviceSessionId, requestId, ahead), (verdict) => verdict === "first")

const isReady = Effect.flatMap(ReplayStore, (store) => store.ready(futureMs))

/** Waits for as long as a store asks that doesn't know what it has lost. */
const vouching = isReady.pipe(
  Effect.catch((it) => (it.retryAfterMs === undefined ? Effect.fail(it) : TestClock.adjust(it.retryAfterMs)))
)

/** What every `ReplayStore` does. */
export const replayStore = <E>(adapter: Layer.Layer<ReplayStore | Passage, E>): ReadonlyArray<Case> =>
  casesOf(adapter, (it) => {
    it("is ready", () => Effect.andThen(vouching, isReady))

    it("the first wins, and the others are duplicates", () =>
      Effect.gen(function* () {
        yield* vouching
        const own = session()
        assert.strictEqual(yield* ask(own, "one"), "first")
        assert.strictEqual(yield* ask(own, "one"), "repeated")
        assert.strictEqual(yield* ask(own, "one", 5), "repeated")
      }))

    it("another session and another id are independent", () =>
      Effect.gen(function* () {
        yield* vouching
        const own = session()
        assert.isTrue(yield* isFirst(own, "one"))
        assert.isTrue(yield* isFirst(own, "two"))
        assert.isTrue(yield* isFirst(session(), "one"))
        assert.isTrue(yield* isFirst(own, "ONE"))
        assert.isFalse(yield* isFirst(own, "two"))
      }))

    it("of 50 that race exactly one wins", () =>
      Effect.gen(function* () {
        yield* vouching
        const own = session()
        const answers = yield* Effect.all(
          Array.from({ length: 50 }, () => isFirst(own, "race")),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(answers.filter(Boolean).length, 1)
      }))

    it("takes ids of every allowed character and of full length", () =>
      Effect.gen(function* () {
        yield* vouching
        const own = session()
        assert.strictEqual(everyCharacter.length, 64)
        const ids = [
          everyCharacter,
          `${everyCharacter.slice(0, -1)}-`,
          everyCharacter.toLowerCase(),
          everyCharacter.slice(0, -1),
          ...everyCharacter.split("")
        ]
        for (const id of ids) assert.isTrue(yield* isFirst(own, id), id)
        for (const id of ids) assert.isFalse(yield* isFirst(own, id), id)
      }))

    it("a reservation ends after its time, which duplicates don't prolong", () =>
      Effect.gen(function* () {
        yield* vouching
        const own = session()
        const other = session()
        const passage = yield* Passage
        assert.isTrue(yield* isFirst(own, "one"))
        yield* passage.elapse(own, ttlMs / 2)
        assert.isFalse(yield* isFirst(own, "one"))
        assert.isTrue(yield* isFirst(other, "one"))
        yield* passage.elapse(own, ttlMs / 2)
        assert.isFalse(yield* isFirst(other, "one"))
        assert.isTrue(yield* isFirst(own, "one"))
        assert.isFalse(yield* isFirst(own, "one"))
      }))
  })

/** What adapters do that can lose reservations. */
export const replayStoreLoss = <E>(adapter: Layer.Layer<ReplayStore | StoreLoss, E>): ReadonlyArray<Case> =>
  casesOf(adapter, (it) => {
    /** Expects a refusal and returns its wait, in milliseconds. */
    const wait = <A, R>(effect: Effect.Effect<A, ReplayStoreUnavailable, R>) =>
      Effect.map(Effect.flip(effect), ({ retryAfterMs }) => retryAfterMs)

    it("vouches for nothing before the loss and the future tolerance", () =>
      Effect.gen(function* () {
        yield* vouching
        const own = session()
        assert.strictEqual(yield* ask(own, "before", futureMs), "first")
        yield* (yield* StoreLoss).lose
        // What ran before, what didn't, what is from now, and the latest that could have been accepted before.
        for (const [id, ahead] of [
          ["before", futureMs],
          ["other", 0],
          ["later", futureMs]
        ] as const) {
          assert.strictEqual(yield* wait(ask(own, id, ahead)), futureMs + 1)
        }
        yield* TestClock.adjust(futureMs)
        assert.strictEqual(yield* wait(ask(own, "before")), 1)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* ask(own, "before", -1), "unvouched")
        assert.strictEqual(yield* ask(own, "before", -futureMs), "unvouched")
        assert.strictEqual(yield* ask(own, "after"), "first")
        assert.strictEqual(yield* ask(own, "after"), "repeated")
      }))

    it("isn't ready until then, and says why", () =>
      Effect.gen(function* () {
        yield* vouching
        yield* (yield* StoreLoss).lose
        const refused = yield* Effect.flip(isReady)
        assert.strictEqual(refused.retryAfterMs, futureMs + 1)
        assert.match(refused.why, /lost/)
        yield* TestClock.adjust(futureMs + 1)
        yield* isReady
      }))

    it("a second loss moves the border", () =>
      Effect.gen(function* () {
        yield* vouching
        const { lose } = yield* StoreLoss
        yield* lose
        assert.strictEqual(yield* wait(isReady), futureMs + 1)
        yield* TestClock.adjust(futureMs - 1)
        yield* lose
        assert.strictEqual(yield* wait(isReady), futureMs + 1)
        yield* TestClock.adjust(futureMs)
        assert.strictEqual(yield* wait(ask(session(), "one")), 1)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* ask(session(), "one"), "first")
      }))
  })

/** What adapters do that keep reservations while no gateway runs. `open` opens the same store each time. */
export const replayStoreRestart = <E>(
  open: Effect.Effect<Layer.Layer<ReplayStore, E>, never, Scope.Scope>
): ReadonlyArray<Case> =>
  casesOf(Layer.empty, (it) => {
    it("what was reserved before a restart is repeated after it, and nothing else is refused", () =>
      Effect.gen(function* () {
        const store = yield* open
        const opened = <A, E1>(effect: Effect.Effect<A, E1, ReplayStore>) =>
          Effect.provide(effect, Layer.fresh(store), { local: true })
        const own = session()
        yield* opened(
          Effect.andThen(
            vouching,
            Effect.map(ask(own, "one"), (it) => assert.strictEqual(it, "first"))
          )
        )
        for (const id of ["two", "three"]) {
          yield* opened(
            Effect.gen(function* () {
              yield* isReady
              assert.strictEqual(yield* ask(own, "one"), "repeated")
              assert.strictEqual(yield* ask(own, id), "first")
              assert.strictEqual(yield* ask(own, id), "repeated")
            })
          )
        }
      }))
  })

/** What a store does while the wall clock is wrong. `open` opens a new store, which reads Effect's clock. */
export const replayStoreClock = <E>(
  open: Effect.Effect<Layer.Layer<ReplayStore, E>, never, Scope.Scope>
): ReadonlyArray<Case> =>
  casesOf(Layer.empty, (it) => {
    const days = 3 * 86_400_000

    /** Runs a test on a new store, and on a clock that can be set. */
    const onClock = <A, E1>(
      test: (clock: MovableClock.MovableClock) => Effect.Effect<A, E1, ReplayStore | Scope.Scope>
    ) => {
      const clock = MovableClock.make()
      const waiting = isReady.pipe(
        Effect.catch((it) => (it.retryAfterMs === undefined ? Effect.fail(it) : clock.advance(it.retryAfterMs)))
      )
      return open.pipe(
        Effect.flatMap((store) =>
          Effect.provide(Effect.andThen(waiting, test(clock)), Layer.fresh(store), { local: true })
        ),
        Effect.scoped,
        Effect.provideService(Clock.Clock, clock)
      )
    }

    const reserveAt = (deviceSessionId: string, requestId: string, timestampMs: number) =>
      Effect.flatMap(ReplayStore, (store) =>
        toEffect(() => store.reserve({ deviceSessionId, requestId, timestampMs, futureMs, ttlMs }))
      ).pipe(Effect.catch((it) => Effect.succeed({ retryAfterMs: it.retryAfterMs })))

    it("a request from before the clock was ahead for a moment doesn't run again", () =>
      onClock((clock) =>
        Effect.gen(function* () {
          const own = session()
          const signed = yield* Clock.currentTimeMillis
          assert.strictEqual(yield* reserveAt(own, "one", signed), "first")
          yield* clock.setWall(days)
          assert.strictEqual(yield* isFirst(own, "ahead"), true)
          yield* clock.advance(6_000)
          yield* clock.setWall(-days)
          for (let waited = 0; waited < ttlMs; waited += futureMs) {
            assert.notStrictEqual(yield* reserveAt(own, "one", signed), "first")
            yield* clock.advance(futureMs)
          }
          // And new requests run.
          assert.strictEqual(yield* isFirst(own, "two"), true)
        })
      ))

    it("a request that was accepted while the clock was ahead doesn't run again when its time comes", () =>
      onClock((clock) =>
        Effect.gen(function* () {
          const own = session()
          yield* reserveAt(own, "one", yield* Clock.currentTimeMillis)
          yield* clock.setWall(days)
          const signed = yield* Clock.currentTimeMillis
          assert.strictEqual(yield* reserveAt(own, "ahead", signed), "first")
          yield* clock.advance(6_000)
          yield* clock.setWall(-days)
          assert.isObject(yield* reserveAt(own, "two", yield* Clock.currentTimeMillis))
          yield* clock.advance(futureMs + 1_000)
          assert.strictEqual(yield* isFirst(own, "two"), true)
          // Nobody waits until the stretch comes, which is refused as a whole.
          yield* clock.advance(days - 60_000)
          for (let passed = 0; passed <= 120_000; passed += 5_000) {
            assert.notStrictEqual(yield* reserveAt(own, "ahead", signed), "first")
            yield* clock.advance(5_000)
          }
          assert.strictEqual(yield* isFirst(own, "three"), true)
        })
      ))
  })
