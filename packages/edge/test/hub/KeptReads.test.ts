/** Reads that streams of a user share: which of them may, and what they are told. */
import type { KeptPage, Wanted } from "@galaxy/edge/hub/KeptReads"
import { Attempts } from "@galaxy/edge/hub/Attempts"
import { KeptReads } from "@galaxy/edge/hub/KeptReads"
import { BackendUnavailable, type Refusal } from "@galaxy/edge/Refusal"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { Kept, settle, user } from "./subscribers.ts"

const broken = (cause: unknown) => assert.fail(String(cause))

const opened = (kept: Kept, permits = 8) =>
  Effect.gen(function* () {
    const fork = Effect.runForkWith(yield* Effect.context())
    const attempts = new Attempts({ fork, most: permits, broken })
    const reads = new KeptReads({ read: kept.read, attempts, pageSize: 3 })
    const ask = (wanted: Wanted, known = 0) => {
      const got: { page?: KeptPage; refusal?: Refusal } = {}
      const question = reads.ask(user, wanted, known, (exit) => {
        if (Exit.isSuccess(exit)) got.page = exit.value
        else got.refusal = exit.cause.reasons.find(Cause.isFailReason)!.error
      })
      return { ...question, got }
    }
    return { ask }
  })

const sequences = ({ page }: { readonly page?: KeptPage }) => page?.events.map(({ sequence }) => sequence)

describe("reads of kept events", () => {
  it.effect("that wait for their turn are made once, from the lowest number that is wanted", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.newest = 7
      kept.isPrompt = false
      const { ask } = yield* opened(kept, 1)
      const first = ask(6)
      // The first has begun, and begins too late for these.
      const [low, high, live] = [ask(4), ask(5), ask("newest")]
      const lower = ask(3)
      kept.answer()
      yield* settle
      assert.deepStrictEqual(sequences(first.got), [7])
      assert.strictEqual(kept.reads, 2)
      kept.answer()
      yield* settle
      assert.deepStrictEqual(sequences(lower.got), [4, 5, 6])
      assert.deepStrictEqual(sequences(low.got), [5, 6])
      assert.deepStrictEqual(sequences(high.got), [6])
      assert.deepStrictEqual([low.got.page?.more, high.got.page?.more, live.got.page?.more], [true, true, false])
      assert.deepStrictEqual([sequences(live.got), live.got.page?.newest], [[], 7])
      assert.strictEqual(kept.reads, 2)
    })
  )

  it.effect("that have begun say so where something was heard since", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.newest = 2
      kept.isPrompt = false
      const { ask } = yield* opened(kept)
      const first = ask(1)
      kept.newest = 3
      first.heard(3)
      const [joined, knowing, same] = [ask("newest"), ask(1, 4), ask(1)]
      kept.answer()
      yield* settle
      assert.strictEqual(kept.reads, 1)
      assert.deepStrictEqual(
        [first, joined, knowing, same].map(({ got }) => [got.page?.newest, got.page?.more]),
        [
          [2, false],
          [2, true],
          [2, true],
          [2, true]
        ]
      )
    })
  )

  it.effect("that may have missed something serve nobody who asks later", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.isPrompt = false
      const { ask } = yield* opened(kept)
      const before = ask("newest")
      before.missed()
      kept.newest = 1
      const after = ask("newest")
      kept.answerAll()
      yield* settle
      assert.strictEqual(kept.reads, 2)
      assert.deepStrictEqual([before.got.page?.newest, after.got.page?.newest], [0, 1])
    })
  )

  it.effect("end when nobody waits for them any more", () =>
    Effect.gen(function* () {
      const kept = new Kept()
      kept.isPrompt = false
      const { ask } = yield* opened(kept, 1)
      const [one, other] = [ask(1), ask(1)]
      one.cancel()
      const next = ask(0)
      yield* settle
      assert.strictEqual(kept.reads, 1)
      other.cancel()
      yield* settle
      // Its turn has gone to the next.
      assert.strictEqual(kept.reads, 2)
      kept.answerAll()
      yield* settle
      assert.deepStrictEqual([one.got, other.got], [{}, {}])
      assert.deepStrictEqual(sequences(next.got), [])
    })
  )

  it.effect("are made again over a short outage, and fail after a longer one", () =>
    Effect.gen(function* () {
      let failing = 3
      let reads = 0
      const fork = Effect.runForkWith(yield* Effect.context())
      const shared = new KeptReads({
        read: () =>
          Effect.suspend(() => {
            reads++
            return failing-- > 0 ? Effect.fail(new BackendUnavailable()) : Effect.succeed(new Kept().page(0, 1))
          }),
        attempts: new Attempts({ fork, most: 1, broken }),
        pageSize: 3
      })
      const exits: Array<string> = []
      shared.ask(user, 1, 0, ({ _tag }) => exits.push(_tag))
      yield* TestClock.adjust("150 millis")
      // Between two attempts: it takes part in the next.
      shared.ask(user, 0, 0, ({ _tag }) => exits.push(_tag))
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual([exits, reads], [["Success", "Success"], 4])
      failing = 10
      shared.ask(user, 1, 0, ({ _tag }) => exits.push(_tag))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual([exits[2], reads], ["Failure", 9])
    })
  )
})
