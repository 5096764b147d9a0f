import { BackgroundLoops, layer as registry } from "@galaxy/core/shared/BackgroundLoops"
import * as Pruning from "@galaxy/core/shared/Pruning"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { lonelyDatabase } from "./lonelyDatabase.ts"

/** Batches of ten rows, each of which takes a while; `left` says how many there are. */
const slow = (left: { rows: number; doneAt: number }, takes: string) =>
  Effect.gen(function* () {
    yield* Effect.sleep(takes as "1 second")
    const gone = Math.min(10, left.rows)
    left.rows -= gone
    if (left.rows === 0) left.doneAt = yield* Clock.currentTimeMillis
    return gone
  })

const stalled = Effect.flatMap(BackgroundLoops, (loops) => loops.stalled)

describe("Pruning", () => {
  it.effect("a backlog is worked off without a wait, and doesn't count as a failure", () => {
    const lines: Array<string> = []
    const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
    return Effect.gen(function* () {
      const left = { rows: 595, doneAt: 0 }
      yield* Pruning.start({ name: "pruner", ...Pruning.pace, batch: 10, forget: [slow(left, "40 seconds")] })
      for (let minute = 0; minute < 41; minute++) {
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* stalled, [])
      }
      assert.deepStrictEqual(left, { rows: 0, doneAt: 60 * 40_000 })
      assert.deepStrictEqual(lines, [])
    }).pipe(Effect.provide(Layer.mergeAll(registry, logger, lonelyDatabase)), Effect.scoped)
  })

  it.effect("removes a bounded amount of each kind, and the rest after the wait", () =>
    Effect.gen(function* () {
      const [many, few] = [
        { rows: 50, doneAt: 0 },
        { rows: 5, doneAt: 0 }
      ]
      yield* Pruning.start({
        name: "pruner",
        every: "10 minutes",
        batch: 10,
        maxBatches: 3,
        forget: [slow(many, "1 second"), slow(few, "1 second")]
      })
      yield* TestClock.adjust("9 minutes")
      assert.deepStrictEqual([many.rows, few.rows], [20, 0])
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(many.rows, 0)
    }).pipe(Effect.provide(Layer.merge(registry, lonelyDatabase)), Effect.scoped)
  )
})
