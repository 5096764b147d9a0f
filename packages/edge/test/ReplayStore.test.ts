/** Reservations in memory: the first wins, and a full store refuses rather than forgets. */
import { toEffect } from "@galaxy/edge/Awaitable"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

const ttl = 1_000

const reserve = Effect.fnUntraced(function* (session: string, request: string) {
  const store = yield* ReplayStore.ReplayStore
  const reservation = { deviceSessionId: session, requestId: request, timestampMs: 0, futureMs: 0, ttlMs: ttl }
  return yield* toEffect(() => store.reserve(reservation)).pipe(
    Effect.map((verdict) => (verdict === "first" ? "reserved" : "taken")),
    Effect.catchTag("replay_store_unavailable", () => Effect.succeed("unavailable"))
  )
})

describe("the replay store in memory", () => {
  it.effect("gives each id once, of each session, for its time", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reserve("a", "1"), "reserved")
      assert.strictEqual(yield* reserve("a", "1"), "taken")
      assert.strictEqual(yield* reserve("a", "2"), "reserved")
      assert.strictEqual(yield* reserve("b", "1"), "reserved")
      yield* TestClock.adjust(ttl - 1)
      assert.strictEqual(yield* reserve("a", "1"), "taken")
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* reserve("a", "1"), "reserved")
    }).pipe(Effect.provide(ReplayStore.layerMemory()))
  )

  it.effect("does not prolong a reservation by asking for it", () =>
    Effect.gen(function* () {
      yield* reserve("a", "1")
      yield* TestClock.adjust(ttl / 2)
      assert.strictEqual(yield* reserve("a", "1"), "taken")
      yield* TestClock.adjust(ttl / 2)
      assert.strictEqual(yield* reserve("a", "1"), "reserved")
    }).pipe(Effect.provide(ReplayStore.layerMemory()))
  )

  it.effect("gives one of many who ask at once the id", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.all(
        Array.from({ length: 100 }, () => reserve("a", "1")),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(answers.filter((it) => it === "reserved").length, 1)
      assert.strictEqual(answers.filter((it) => it === "taken").length, 99)
    }).pipe(Effect.provide(ReplayStore.layerMemory()))
  )

  it.effect("refuses when it is full, still knows what it holds, and frees what has expired", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reserve("a", "1"), "reserved")
      yield* TestClock.adjust(ttl / 2)
      assert.strictEqual(yield* reserve("a", "2"), "reserved")
      assert.strictEqual(yield* reserve("a", "3"), "unavailable")
      assert.strictEqual(yield* reserve("a", "1"), "taken")
      yield* TestClock.adjust(ttl / 2)
      // The first has expired, and gives room for one.
      assert.strictEqual(yield* reserve("a", "3"), "reserved")
      assert.strictEqual(yield* reserve("a", "4"), "unavailable")
      assert.strictEqual(yield* reserve("a", "2"), "taken")
    }).pipe(Effect.provide(ReplayStore.layerMemory({ capacity: 2 })))
  )
})
