import * as MovableClock from "@galaxy/testkit/MovableClock"
import { assert, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"

it.live("wakes who waits for less than the clock was moved, in the order of their deadlines", () =>
  Effect.gen(function* () {
    const clock = MovableClock.make()
    const woken: Array<string> = []
    const sleeper = (name: string, duration: string) =>
      Effect.sleep(duration as "1 hour").pipe(
        Effect.andThen(Effect.sync(() => woken.push(name))),
        Effect.provideService(Clock.Clock, clock)
      )
    const late = yield* Effect.forkChild(sleeper("two hours", "2 hours"))
    const soon = yield* Effect.forkChild(sleeper("one hour", "1 hour"))
    const never = yield* Effect.forkChild(sleeper("a day", "1 day"))
    yield* Effect.yieldNow
    const before = clock.currentTimeMillisUnsafe()
    yield* clock.advance("3 hours")
    yield* Fiber.join(late)
    yield* Fiber.join(soon)
    assert.deepStrictEqual(woken, ["one hour", "two hours"])
    assert.isAtLeast(clock.currentTimeMillisUnsafe() - before, 3 * 3_600_000)
    yield* Fiber.interrupt(never)
  })
)

it.live("runs with real time when nobody moves it", () =>
  Effect.gen(function* () {
    const clock = MovableClock.make()
    yield* Effect.sleep("5 millis").pipe(Effect.provideService(Clock.Clock, clock))
  })
)
