import * as BackgroundLoop from "@galaxy/core/shared/BackgroundLoop"
import { BackgroundLoops, layer as registry } from "@galaxy/core/shared/BackgroundLoops"
import { StorageError } from "@galaxy/core/shared/StorageError"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Layer, Logger, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"

/** Lines of the log: message and fields. */
const logged = () => {
  const lines: Array<Record<string, unknown>> = []
  const layer = Logger.layer([
    Logger.map(Logger.formatStructured, ({ message, level, annotations }) => {
      lines.push({ message, level, ...annotations })
    })
  ])
  return { lines, layer }
}

/** Lets everybody go on who can without time passing. */
const settle = Effect.repeat(Effect.yieldNow, { times: 50 })

const stalled = Effect.flatMap(BackgroundLoops, (it) => it.stalled)
const names = Effect.map(stalled, (all) => all.map((it) => it.name))
const inSeconds = { name: "worker", every: "10 seconds", deadline: "5 seconds" } as const

describe("BackgroundLoop", () => {
  it.effect("does a pass at once, after each interval, when it is woken, and as soon as the pass asks for", () =>
    Effect.gen(function* () {
      let passes = 0
      let pause: Duration.Duration | undefined
      const wake = yield* Queue.sliding<void>(1)
      yield* BackgroundLoop.start({
        ...inSeconds,
        pass: Effect.sync(() => {
          passes++
          return pause
        }),
        wake: Queue.take(wake)
      })
      yield* settle
      assert.strictEqual(passes, 1)
      yield* TestClock.adjust("9 seconds")
      assert.strictEqual(passes, 1)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(passes, 2)
      pause = Duration.seconds(2)
      yield* Queue.offer(wake, undefined)
      yield* settle
      assert.strictEqual(passes, 3)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(passes, 4)
      // Never longer than its interval.
      pause = Duration.hours(1)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(passes, 5)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(passes, 6)
    }).pipe(Effect.provide(registry), Effect.scoped)
  )

  it.effect("ends a pass that hangs, goes on with growing waits, and logs each change of its state once", () => {
    const { lines, layer } = logged()
    return Effect.gen(function* () {
      let behaviour: "works" | "hangs" | "fails" | "dies" = "hangs"
      const passes: Array<string> = []
      let interrupted = 0
      yield* BackgroundLoop.start({
        ...inSeconds,
        pass: Effect.suspend((): Effect.Effect<void, StorageError> => {
          passes.push(behaviour)
          if (behaviour === "hangs") return Effect.onInterrupt(Effect.never, () => Effect.sync(() => interrupted++))
          if (behaviour === "fails") {
            return Effect.fail(new StorageError({ retryable: true, cause: new Error("secret@example.org") }))
          }
          return behaviour === "dies" ? Effect.die(new TypeError("secret@example.org")) : Effect.void
        })
      })
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual([passes.length, interrupted], [1, 1])
      behaviour = "fails"
      // 0.5 s after the first failure, then 1, 2, 4 and, at the longest, 5.
      for (const wait of [500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
        const before = passes.length
        yield* TestClock.adjust(wait - 1)
        assert.strictEqual(passes.length, before)
        yield* TestClock.adjust(1)
        assert.strictEqual(passes.length, before + 1)
      }
      behaviour = "dies"
      yield* TestClock.adjust("5 seconds")
      behaviour = "works"
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(passes.slice(-2), ["dies", "works"])
      behaviour = "dies"
      yield* TestClock.adjust("10 seconds")
      const at = lines[2]?.["at"]
      assert.include(at, "BackgroundLoop.test.ts")
      assert.deepStrictEqual(lines, [
        {
          message: "a background loop is failing and keeps retrying",
          level: "WARN",
          loop: "worker",
          reason: "PassOverdue"
        },
        { message: "a background loop works again", level: "INFO", loop: "worker", failures: 8 },
        {
          message: "a background loop is failing and keeps retrying",
          level: "WARN",
          loop: "worker",
          reason: "defect",
          error: "TypeError",
          at
        }
      ])
    }).pipe(Effect.provide(Layer.merge(registry, layer)), Effect.scoped)
  })

  it.effect("is not late where only its own clock is moved", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      let done = 0
      let interrupted = 0
      const pass = Deferred.await(gate).pipe(
        Effect.onInterrupt(() => Effect.sync(() => interrupted++)),
        Effect.andThen(Effect.sync(() => void done++))
      )
      const deadlines = yield* TestClock.make()
      yield* BackgroundLoop.start({ ...inSeconds, pass }).pipe(
        Effect.provideService(BackgroundLoop.DeadlineClock, deadlines)
      )
      yield* settle
      yield* TestClock.adjust("30 days")
      assert.deepStrictEqual([done, interrupted], [0, 0])
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.deepStrictEqual([done, interrupted], [1, 0])
    }).pipe(Effect.provide(registry), Effect.scoped)
  )

  it.effect("goes on without a pass that can't be ended, and without starting ever more of them", () =>
    Effect.gen(function* () {
      const gates: Array<Deferred.Deferred<void>> = []
      yield* BackgroundLoop.start({
        ...inSeconds,
        pass: Effect.gen(function* () {
          const gate = yield* Deferred.make<void>()
          gates.push(gate)
          yield* Effect.uninterruptible(Deferred.await(gate))
        })
      })
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(gates.length, 3)
      assert.deepStrictEqual(yield* names, ["worker"])
      for (const gate of gates.splice(0)) yield* Deferred.succeed(gate, undefined)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(gates.length, 1)
      // Whoever was left behind doesn't count as work done; this pass does.
      assert.deepStrictEqual(yield* names, ["worker"])
      for (const gate of gates) yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.deepStrictEqual(yield* names, [])
    }).pipe(Effect.provide(registry), Effect.scoped)
  )

  it.effect(
    "is stalled when no pass has been completed for two intervals and deadlines, and no longer when one is",
    () =>
      Effect.gen(function* () {
        let works = true
        const pass = Effect.suspend(() => (works ? Effect.void : Effect.fail("no")))
        yield* BackgroundLoop.start({ ...inSeconds, pass })
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* BackgroundLoop.start({ ...inSeconds, name: "ends early", pass: Effect.never })
            yield* TestClock.adjust("30 seconds")
            assert.deepStrictEqual(yield* names, [])
            yield* TestClock.adjust("1 second")
            assert.deepStrictEqual(yield* stalled, [{ name: "ends early", seconds: 31 }])
          })
        )
        assert.deepStrictEqual(yield* names, [])
        works = false
        yield* TestClock.adjust("29 seconds")
        assert.deepStrictEqual(yield* names, [])
        yield* TestClock.adjust("20 seconds")
        assert.deepStrictEqual(yield* names, ["worker"])
        works = true
        yield* TestClock.adjust("5 seconds")
        assert.deepStrictEqual(yield* names, [])
      }).pipe(Effect.provide(registry), Effect.scoped)
  )

  it.effect("ends with its scope, in the middle of a pass too", () =>
    Effect.gen(function* () {
      let passes = 0
      let ended = 0
      const pass = Effect.andThen(
        Effect.sync(() => passes++),
        Effect.onInterrupt(Effect.never, () => Effect.sync(() => ended++))
      )
      yield* Effect.scoped(Effect.andThen(BackgroundLoop.start({ ...inSeconds, pass }), TestClock.adjust("1 second")))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual([passes, ended], [1, 1])
      assert.deepStrictEqual(yield* names, [])
    }).pipe(Effect.provide(registry))
  )

  it.effect("logs no failure when its scope ends in the middle of a pass, and goes on after an interrupted one", () => {
    const { lines, layer } = logged()
    return Effect.gen(function* () {
      let passes = 0
      const pass = Effect.suspend(() => (++passes === 1 ? Effect.interrupt : Effect.never))
      yield* Effect.scoped(Effect.andThen(BackgroundLoop.start({ ...inSeconds, pass }), TestClock.adjust("1 second")))
      assert.strictEqual(passes, 2)
      assert.deepStrictEqual(lines, [])
    }).pipe(Effect.provide(Layer.merge(registry, layer)))
  })

  it.effect("signals are listened to again after their stream has failed, or was interrupted from inside", () =>
    Effect.gen(function* () {
      let subscribed = 0
      const ends: ReadonlyArray<Effect.Effect<void>> = [Effect.interrupt, Effect.die("lost"), Effect.void, Effect.never]
      const signals = Stream.fromEffect(Effect.suspend(() => ends[subscribed++] ?? Effect.never))
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* BackgroundLoop.wakenBy("worker", signals, Effect.void)
          yield* settle
          assert.strictEqual(subscribed, 1)
          yield* TestClock.adjust("15 seconds")
          assert.strictEqual(subscribed, 4)
        })
      )
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(subscribed, 4)
    }).pipe(Effect.provide(logged().layer))
  )
})
