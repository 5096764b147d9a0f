/** What the scheduler does with the lists that the database gives it. */
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { Heartbeats } from "@galaxy/core/runtime/Heartbeats"
import { RuntimeEvents } from "@galaxy/core/runtime/RuntimeEvents"
import * as RuntimeConfig from "@galaxy/core/runtime/RuntimeConfig"
import * as RuntimeScheduler from "@galaxy/core/runtime/RuntimeScheduler"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { StorageError } from "@galaxy/core/shared/StorageError"
import { GameId } from "@galaxy/contract/ids/Ids"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Logger, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"

const game = GameId.make("0198c0de-0000-7000-8000-000000000001")
const other = GameId.make("0198c0de-0000-7000-8000-000000000002")

const schedulerOver = (store: Partial<RuntimeStore["Service"]>, runtimes: Partial<Runtimes["Service"]>) =>
  RuntimeScheduler.make.pipe(
    Effect.provide(
      Layer.mergeAll(
        Layer.mock(RuntimeStore, store),
        Layer.mock(Runtimes, { isOwn: () => true, ...runtimes }),
        Layer.mock(EngineHost, {}),
        Layer.mock(Heartbeats, { last: Effect.succeedNone, beat: () => Effect.void }),
        Layer.mock(RuntimeEvents, {}),
        Layer.succeed(SqlClient.SqlClient, {} as SqlClient.SqlClient),
        Layer.mock(DatabaseSignal, { signals: () => Stream.never }),
        RuntimeConfig.layer({ pollInterval: "10 seconds" })
      )
    )
  )

describe("the scheduler", () => {
  it.effect("works once on a game that is due for two reasons", () =>
    Effect.gen(function* () {
      const worked: Array<GameId> = []
      const at = yield* DateTime.now
      const due = [game, game, other].map((gameId) => ({ gameId, at, retry: false }))
      const scheduler = yield* schedulerOver(
        { due: () => Effect.succeed(due) },
        {
          reconcile: (gameId) =>
            Effect.andThen(
              Effect.sync(() => worked.push(gameId)),
              Effect.never
            )
        }
      )
      yield* scheduler.look
      yield* Effect.yieldNow
      assert.deepStrictEqual(worked, [game, other])
    }).pipe(Effect.scoped)
  )

  it.effect("leaves another backend's game to it for a while, and then asks it to work on it, once", () =>
    Effect.gen(function* () {
      const worked: Array<GameId> = []
      const at = yield* DateTime.now
      const due = [game, other].map((gameId) => ({ gameId, at, retry: false }))
      const scheduler = yield* schedulerOver(
        { due: () => Effect.succeed(due) },
        {
          isOwn: (gameId) => gameId === other,
          reconcile: (gameId) =>
            Effect.andThen(
              Effect.sync(() => worked.push(gameId)),
              Effect.never
            )
        }
      )
      const again = yield* scheduler.look
      yield* Effect.yieldNow
      assert.deepStrictEqual(worked, [other])
      assert.isAtLeast(Duration.toMillis(again), 2_000)
      assert.isAtMost(Duration.toMillis(again), 3_000)
      yield* TestClock.adjust("1900 millis")
      yield* scheduler.look
      yield* Effect.yieldNow
      assert.deepStrictEqual(worked, [other])
      yield* TestClock.adjust("1100 millis")
      yield* scheduler.look
      yield* scheduler.look
      yield* Effect.yieldNow
      assert.deepStrictEqual(worked, [other, game])
    }).pipe(Effect.scoped)
  )

  it.effect("that can't look up the games in play says so once, and once that it can again", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      let asked = 0
      const scheduler = yield* schedulerOver(
        {
          alive: Effect.suspend(() =>
            ++asked < 6
              ? Effect.fail(new StorageError({ retryable: true, cause: undefined }))
              : Effect.succeed<ReadonlyArray<GameId>>([])
          )
        },
        {}
      )
      yield* Effect.forkScoped(
        Effect.provide(
          scheduler.restore,
          Logger.layer([Logger.map(Logger.formatStructured, ({ message }) => void lines.push(message))])
        )
      )
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual(asked, 6)
      assert.deepStrictEqual(lines, [
        "games in play can't be looked up; trying again",
        "games in play can be looked up again"
      ])
    }).pipe(Effect.scoped)
  )
})
