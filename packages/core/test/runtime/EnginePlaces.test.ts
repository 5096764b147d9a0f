import * as EnginePlaces from "@galaxy/core/runtime/EnginePlaces"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"

describe("places among the engines at work", () => {
  it.effect("are as many as were made, and go to who waits the longest", () =>
    Effect.gen(function* () {
      const place = yield* EnginePlaces.make(1)
      const [first, second, third] = [place(), place(), place()]
      assert.isTrue(yield* first.ifFree)
      assert.isTrue(yield* first.ifFree)
      assert.isFalse(yield* second.ifFree)
      const order: Array<string> = []
      const waits = (name: string, it: EnginePlaces.EnginePlace) =>
        Effect.forkChild(
          Effect.andThen(
            it.take,
            Effect.sync(() => order.push(name))
          ),
          { startImmediately: true }
        )
      const waiting = [yield* waits("second", second), yield* waits("third", third)] as const
      yield* first.letGo
      yield* first.letGo
      yield* Fiber.join(waiting[0])
      assert.deepStrictEqual(order, ["second"])
      yield* second.letGo
      yield* Fiber.join(waiting[1])
      assert.deepStrictEqual(order, ["second", "third"])
    })
  )

  it.effect("are not lost with somebody who stops waiting", () =>
    Effect.gen(function* () {
      const place = yield* EnginePlaces.make(1)
      const [first, second, third] = [place(), place(), place()]
      yield* first.take
      const waiting = yield* Effect.forkChild(Effect.ensuring(second.take, second.letGo), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      assert.isFalse(yield* third.ifFree)
      yield* first.letGo
      assert.isTrue(yield* third.ifFree)
    })
  )
})
