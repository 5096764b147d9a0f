import * as Guesses from "@galaxy/core/admin/Guesses"
import { assert, describe, it } from "@effect/vitest"
import { Array as Arr, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

type Bounds = Effect.Success<typeof Guesses.make>

const wrong = (bounds: Bounds, address: string | undefined, name = "root") =>
  bounds
    .counted(address, name, Effect.succeed(false))
    .pipe(Effect.catchTag("TooManyGuesses", () => Effect.succeed("refused")))
const right = (bounds: Bounds, address: string | undefined, name = "root") =>
  bounds
    .counted(address, name, Effect.succeed(true))
    .pipe(Effect.catchTag("TooManyGuesses", () => Effect.succeed("refused")))

const times = <A, E>(count: number, effect: (index: number) => Effect.Effect<A, E>) =>
  Effect.forEach(Arr.range(0, count - 1), effect)

describe("bounds on guessing passwords", () => {
  it.effect("refuse a name at an address after some wrong passwords, for a while", () =>
    Effect.gen(function* () {
      const bounds = yield* Guesses.make
      yield* times(Guesses.guessesPerName, () => wrong(bounds, "192.0.2.1"))
      assert.strictEqual(yield* right(bounds, "192.0.2.1"), "refused")
      assert.strictEqual(yield* right(bounds, "192.0.2.1", "other"), true)
      assert.strictEqual(yield* right(bounds, "192.0.2.2"), true)
      const { retryAfterMs } = yield* Effect.flip(bounds.check("192.0.2.1", "root"))
      assert.strictEqual(retryAfterMs, Guesses.windowMs)
      yield* TestClock.adjust(Guesses.windowMs - 1)
      assert.strictEqual(yield* right(bounds, "192.0.2.1"), "refused")
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* right(bounds, "192.0.2.1"), true)
    })
  )

  it.effect("refuse an address that tries many names, and the whole /64 of an IPv6 address", () =>
    Effect.gen(function* () {
      const bounds = yield* Guesses.make
      yield* times(Guesses.guessesPerAddress, (index) => wrong(bounds, `2001:db8::${index + 1}`, `name${index}`))
      assert.strictEqual(yield* right(bounds, "2001:db8::ffff", "root"), "refused")
      assert.strictEqual(yield* right(bounds, "2001:db8:0:1::1", "root"), true)
      assert.strictEqual(yield* right(bounds, undefined, "root"), true)
    })
  )

  it.effect("never refuse the first attempt of an address, however many guess at the name", () =>
    Effect.gen(function* () {
      const bounds = yield* Guesses.make
      yield* times(Guesses.guessesEverywhere, (index) => wrong(bounds, `10.0.0.${index}`))
      assert.strictEqual(yield* right(bounds, "192.0.2.1"), true)
      assert.strictEqual(yield* wrong(bounds, "192.0.2.2"), false)
      assert.strictEqual(yield* right(bounds, "192.0.2.2"), "refused")
      assert.strictEqual(yield* wrong(bounds, "192.0.2.2", "other"), false)
      assert.strictEqual(yield* right(bounds, "192.0.2.2", "other"), true)
    })
  )

  it.effect("forget a name's wrong passwords at an address when a right one follows, but not the address's", () =>
    Effect.gen(function* () {
      const bounds = yield* Guesses.make
      yield* times(5, () =>
        Effect.andThen(
          times(Guesses.guessesPerName - 1, () => wrong(bounds, "192.0.2.1")),
          right(bounds, "192.0.2.1")
        )
      )
      assert.strictEqual(yield* right(bounds, "192.0.2.1"), "refused")
    })
  )

  it.effect("count guesses that are sent together, and those that are cut off", () =>
    Effect.gen(function* () {
      const bounds = yield* Guesses.make
      let compared = 0
      const slow = Effect.sync(() => ++compared).pipe(Effect.andThen(Effect.yieldNow), Effect.as(false))
      yield* Effect.forEach(Arr.range(1, 50), () => Effect.exit(bounds.counted("192.0.2.1", "root", slow)), {
        concurrency: "unbounded"
      })
      assert.strictEqual(compared, Guesses.guessesPerName)
      yield* times(Guesses.guessesPerName, () =>
        Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(bounds.counted("192.0.2.9", "root", Effect.never))
          yield* Effect.yieldNow
          yield* Fiber.interrupt(waiting)
        })
      )
      assert.strictEqual(yield* right(bounds, "192.0.2.9"), "refused")
    })
  )

  it.effect("stay small while addresses and names change", () =>
    Effect.gen(function* () {
      const bounds = yield* Guesses.make
      yield* times(20_000, (index) =>
        wrong(bounds, `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, `n${index}`)
      )
      assert.isAtMost(bounds.size(), 6_000)
    })
  )
})
