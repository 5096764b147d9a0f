/** Old operations of games go; a game's newest and those that haven't ended stay. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import * as RuntimePruner from "@galaxy/core/runtime/RuntimePruner"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import type { MovableClockService } from "@galaxy/testkit/MovableClock"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { advance, runtimeOn, startingGame } from "./fixture.ts"
import { layer as scriptedEngines } from "../engine/ScriptedEngines.ts"

const pruner = (options: Partial<RuntimePruner.RuntimePrunerOptions>) =>
  Layer.build(RuntimePruner.layer({ every: "20 millis", ...options }).pipe(Layer.provide(BackgroundLoops.layer)))

/** So that tests of one database don't see each other's operations. */
const emptyLog = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`TRUNCATE backend.runtime_operation_log`)

/** Turns that were made, each so many days ago. */
const turns = Effect.fnUntraced(function* (gameId: GameId, days: ReadonlyArray<number>, status = "succeeded") {
  const sql = yield* SqlClient.SqlClient
  const now = yield* DateTime.now
  for (const ago of days) {
    const at = DateTime.toDateUtc(DateTime.subtract(now, { days: ago }))
    yield* sql`INSERT INTO backend.runtime_operation_log (operation_id, game_id, op, status, turn, started_at)
      VALUES (gen_random_uuid(), ${gameId}, 'turn', ${status}, ${ago}, ${at})`
  }
})

const left = (gameId: GameId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ turn: number }>`
        SELECT turn FROM backend.runtime_operation_log WHERE game_id = ${gameId} ORDER BY started_at DESC`,
      (rows) => rows.map((it) => it.turn)
    )
  )

/** In real time: that of the runtime's tests stands still unless they move it. */
const until = Effect.fnUntraced(function* (
  gameId: GameId,
  wanted: ReadonlyArray<number>,
  meanwhile: Effect.Effect<void, never, MovableClockService> = Effect.void
) {
  const deadline = performance.now() + 30_000
  while ((yield* left(gameId)).join() !== wanted.join()) {
    if (performance.now() > deadline) assert.deepStrictEqual(yield* left(gameId), wanted)
    yield* meanwhile
    yield* Effect.promise(() => new Promise((done) => setTimeout(done, 5)))
  }
})

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "60 seconds", excludeTestServices: true })(
    `RuntimePruner on ${name}`,
    (it) => {
      it.effect("forgets old operations, but no game's newest and none that hasn't ended", () =>
        Effect.gen(function* () {
          yield* emptyLog
          const [busy, still] = [(yield* startingGame()).gameId, (yield* startingGame()).gameId]
          yield* turns(busy, [1, 2, 29, 31, 32, 33, 34])
          yield* turns(busy, [50], "started")
          yield* turns(still, [100, 200, 300])
          yield* pruner({ keepPerGame: 2, batch: 2 })
          yield* until(busy, [1, 2, 29, 50])
          yield* until(still, [100, 200])
        }).pipe(Effect.scoped)
      )

      it.effect("forgets a bounded amount in one go, and leaves a game alone that has few", () =>
        Effect.gen(function* () {
          yield* emptyLog
          const [many, few] = [(yield* startingGame()).gameId, (yield* startingGame()).gameId]
          yield* turns(many, [40, 41, 42, 43, 44, 45])
          yield* turns(few, [400])
          yield* pruner({ keepPerGame: 1, batch: 1, maxBatches: 3, every: "1 hour" })
          yield* until(many, [40, 41, 42])
          // A second go, an hour after the end of the first, which may still be on its way.
          yield* until(many, [40], advance("1 hour"))
          assert.deepStrictEqual(yield* left(few), [400])
        }).pipe(Effect.scoped)
      )
    }
  )
})
