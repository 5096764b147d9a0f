/** Many games with room for few engines: they sleep and wake, and nobody notices. */
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import * as EngineWatch from "@galaxy/core/runtime/EngineWatch"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { advance, operations, row, startingGame, turnsTold, untilRunning, untilTurn } from "./fixture.ts"

/** So many games start, take orders, are read and make a turn at the same time, with at most `room` engines. */
export const manyWithFew = (count: number, room: number) =>
  Effect.gen(function* () {
    const host = yield* EngineHost
    const sessions = yield* PlayerOrders
    const sql = yield* SqlClient.SqlClient
    const games = yield* Effect.forEach(Array.from({ length: count }), () => startingGame())
    for (const { gameId } of games) yield* untilRunning(gameId)
    assert.isAtMost((yield* host.list).length, room)

    yield* Effect.forEach(
      games,
      ({ gameId, owner }) =>
        Effect.andThen(sessions.order(gameId, owner, { orders: [] }), sessions.report(gameId, owner, 0)),
      { concurrency: room }
    )
    yield* advance("1 day")
    for (const { gameId, owner } of games) {
      yield* untilTurn(gameId, 1)
      assert.deepStrictEqual(yield* turnsTold(owner), [1])
    }
    assert.isAtMost((yield* host.list).length, room)
    yield* (yield* EngineWatch.make)()
    for (const { gameId, game } of games) {
      assert.deepInclude(yield* row(gameId), { status: "running", current_turn: 1, failure_reason: null })
      assert.strictEqual((yield* game).runtime_status, "running")
      assert.isNotNull((yield* row(gameId)).current_container_id)
      // An attempt that found no room is made again.
      assert.deepStrictEqual(
        (yield* operations(gameId)).filter(
          (it) => it.error !== null && !/^full$|at work, which is the limit$/.test(it.error)
        ),
        []
      )
    }
    // Nobody was told that anything was wrong.
    assert.deepStrictEqual(yield* sql`SELECT kind FROM backend.notifications WHERE kind LIKE 'runtime.%'`, [])
    assert.deepStrictEqual(
      yield* sql`SELECT payload FROM backend.runtime_health_snapshots WHERE payload->>'health' <> 'healthy'`,
      []
    )
  })
