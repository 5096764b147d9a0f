import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import * as EngineSettings from "@galaxy/core/engine/EngineSettings"
import { layer as seatWrites, SeatWrites } from "@galaxy/core/play/SeatWrites"
import { newId } from "@galaxy/core/shared/NewId"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

/** Two seats, and what was done in the first one. */
const seats = Effect.gen(function* () {
  const writes = yield* SeatWrites
  const gameId = GameId.make(yield* newId)
  const [one, other] = [UserId.make(yield* newId), UserId.make(yield* newId)]
  const done: Array<string> = []
  const write = (name: string, until: Effect.Effect<unknown> = Effect.void) =>
    writes.inTurn(
      gameId,
      one,
      Effect.sync(() => done.push(`${name} begins`)).pipe(
        Effect.andThen(until),
        Effect.andThen(Effect.sync(() => done.push(`${name} ends`)))
      )
    )
  const begun = Effect.fnUntraced(function* (name: string) {
    while (!done.includes(`${name} begins`)) yield* Effect.yieldNow
  })
  return { done, write, begun, elsewhere: writes.inTurn(gameId, other, Effect.succeed("at once")) }
})

layer(seatWrites.pipe(Layer.provide(EngineSettings.layer({ callTimeout: "5 seconds" }))))("writes of a seat", (it) => {
  it.effect("come one after the other; those of another don't wait", () =>
    Effect.gen(function* () {
      const { done, write, begun, elsewhere } = yield* seats
      const gate = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(write("first", Deferred.await(gate)))
      yield* begun("first")
      const second = yield* Effect.forkChild(write("second"))
      assert.strictEqual(yield* elsewhere, "at once")
      assert.deepStrictEqual(done, ["first begins"])
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.joinAll([first, second])
      assert.deepStrictEqual(done, ["first begins", "first ends", "second begins", "second ends"])
    })
  )

  it.effect("that have begun go on without their caller, and the next one waits for them", () =>
    Effect.gen(function* () {
      const { done, write, begun } = yield* seats
      const gate = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(write("first", Deferred.await(gate)))
      yield* begun("first")
      const dropped = yield* Effect.forkChild(write("dropped"))
      const last = yield* Effect.forkChild(write("last"))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(dropped)
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(last)
      assert.deepStrictEqual(done, ["first begins", "first ends", "last begins", "last ends"])
    })
  )

  it.effect("wait no longer than a call may take", () =>
    Effect.gen(function* () {
      const { done, write, begun } = yield* seats
      const gate = yield* Deferred.make<void>()
      const first = yield* Effect.forkChild(write("first", Deferred.await(gate)))
      yield* begun("first")
      const second = yield* Effect.forkChild(Effect.flip(write("second")))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* Fiber.join(second))._tag, "EngineUnreachable")
      // One that has begun has its own deadlines.
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(first)
      yield* write("third")
      assert.deepStrictEqual(done, ["first begins", "first ends", "third begins", "third ends"])
    })
  )
})
