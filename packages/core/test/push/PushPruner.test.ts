import { UserId } from "@galaxy/contract/ids/Ids"
import * as PushLog from "@galaxy/core/push/PushLog"
import * as PushPruner from "@galaxy/core/push/PushPruner"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { newId } from "@galaxy/core/shared/NewId"
import { StorageError } from "@galaxy/core/shared/StorageError"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { lonelyDatabase } from "../shared/lonelyDatabase.ts"

eachDatabase((name, database) => {
  // On the running clock: connections of the pool are opened in the pruner's time.
  layer(PushLog.layer({ keepPerUser: 1, pruneBatch: 10 }).pipe(Layer.provideMerge(database)), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`PushPruner on ${name}`, (it) => {
    it.effect("removes all that is outdated, batch by batch, at its start and again later", () =>
      Effect.gen(function* () {
        const log = yield* PushLog.PushLog
        const sql = yield* SqlClient.SqlClient
        const ada = UserId.make(yield* newId)
        const event = { userId: ada, kind: "k", payload: new Uint8Array() }
        const fill = Effect.andThen(
          log.append(Array.from({ length: 45 }, () => event)),
          sql`UPDATE backend.push_events SET created_at = created_at - interval '25 hours'`
        )
        const left = Effect.map(
          sql<{ count: number }>`SELECT count(*)::int AS count FROM backend.push_events WHERE user_id = ${ada}`,
          ([row]) => row?.count
        )
        const isPruned = Effect.repeat(Effect.andThen(Effect.sleep("2 millis"), left), {
          until: (count) => count === 1
        })
        yield* sql.withTransaction(fill)
        yield* Layer.build(PushPruner.layer({ every: "20 millis" }).pipe(Layer.provide(BackgroundLoops.layer)))
        yield* isPruned
        yield* sql.withTransaction(fill)
        yield* isPruned
        assert.strictEqual((yield* log.eventsAfter(ada, 0, 1)).oldest, 90)
      }).pipe(Effect.scoped)
    )
  })
})

describe("PushPruner beside faults", () => {
  it.effect("goes on after a failure, and does a bounded amount at a time", () =>
    Effect.gen(function* () {
      let rounds = 0
      let prunes = 0
      const unused = Effect.die(new Error("not asked for"))
      const log = Layer.succeed(PushLog.PushLog, {
        append: () => unused,
        lock: () => unused,
        invalidate: () => unused,
        eventsAfter: () => unused,
        read: () => unused,
        standing: () => unused,
        head: unused,
        startAfresh: unused,
        adoptRestored: Effect.suspend(() =>
          ++rounds === 1
            ? Effect.fail(new StorageError({ retryable: true, cause: new Error("down") }))
            : Effect.succeed(false)
        ),
        // Never done.
        prune: Effect.sync(() => {
          prunes++
          return 5
        })
      })
      yield* Layer.build(
        PushPruner.layer({ every: "1 minute", maxBatches: 7 }).pipe(
          Layer.provide(Layer.mergeAll(log, BackgroundLoops.layer, lonelyDatabase))
        )
      )
      yield* TestClock.adjust("400 millis")
      assert.deepStrictEqual([rounds, prunes], [1, 0])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([rounds, prunes], [2, 7])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual([rounds, prunes], [3, 14])
    }).pipe(Effect.scoped)
  )
})
