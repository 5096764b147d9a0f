import type { GameId } from "@galaxy/contract/ids/Ids"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as EngineReady from "@galaxy/core/engine/EngineReady"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import * as GameWork from "@galaxy/core/runtime/GameWork"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Duration, Effect, Logger } from "effect"
import { SqlClient } from "effect/sql"
import { advance, operations, row, runtimeOn, startingGame, turnsTold } from "./fixture.ts"
import { layer as scriptedEngines, outOfMemory, type Scripted, ScriptedEngines } from "../engine/ScriptedEngines.ts"

/**
 * A game whose first turn is due, and what its engine does when it is told to make a turn. Its work is called without
 * an owner in between, which the clock would end as idle in the middle of it.
 */
const dueGame = (atTurn: (before: number) => Effect.Effect<Scripted>) =>
  Effect.gen(function* () {
    const runtimes = yield* Runtimes
    const engines = yield* ScriptedEngines
    const worker = yield* Effect.provide(GameWork.make, EngineReady.layer)
    const game = yield* startingGame()
    const work = yield* worker(game.gameId)
    yield* work.reconcile
    yield* engines.script(game.gameId, {
      call: ({ path, before }) => (path.endsWith("/turn") ? atTurn(before) : Effect.succeed(undefined))
    })
    yield* advance("1 day")
    return {
      ...game,
      engines,
      reconcile: work.reconcile,
      bringUp: work.engine,
      force: (expected?: number) => runtimes.forceNextTurn(game.gameId, expected),
      row: row(game.gameId),
      engine: engines.game(game.gameId),
      made: Effect.map(engines.game(game.gameId), (it) => Object.fromEntries(it.made))
    }
  })

/** Games that the scheduler would look at. */
const isDue = (gameId: GameId) =>
  Effect.flatMap(RuntimeStore, (store) =>
    Effect.map(store.due(1_000, Duration.minutes(5)), (all) => all.some((it) => it.gameId === gameId))
  )

const always = (scripted: Scripted) => () => Effect.succeed(scripted)

eachDatabase((name, database) => {
  layer(
    runtimeOn(database, scriptedEngines, {
      firstBackoff: "10 seconds",
      turnAttempts: 3,
      turnTimeout: "250 millis",
      longestTurn: "15 minutes"
    }),
    { timeout: "240 seconds", excludeTestServices: true }
  )(`turns that can't be made on ${name}`, (it) => {
    it.effect("after its last attempt a turn is given up, until it is forced", () =>
      Effect.gen(function* () {
        const { gameId, engines, reconcile, force, row, made, owner, game } = yield* dueGame(always("crash"))
        for (const attempt of [1, 2]) {
          yield* reconcile
          const { status, attempts } = yield* row
          assert.deepStrictEqual([status, attempts], ["generation_in_progress", attempt])
          assert.isTrue(yield* isDue(gameId))
          yield* advance("1 minute")
        }
        yield* reconcile
        const failed = yield* row
        assert.deepStrictEqual(
          [failed.status, failed.current_turn, failed.generating_turn],
          ["generation_failed", 0, 1]
        )
        assert.strictEqual(failed.failure_reason, "no answer")
        assert.isNull(failed.next_attempt_at)
        const shown = yield* game
        assert.deepStrictEqual([shown.status, shown.runtime_status], ["running", "generation_failed"])
        assert.isUndefined(shown.next_turn_at)
        // Nothing more happens by itself, however much time passes.
        const { calls } = yield* engines.game(gameId)
        const before = calls.length
        yield* advance("30 days")
        assert.isFalse(yield* isDue(gameId))
        yield* reconcile
        assert.strictEqual((yield* engines.game(gameId)).calls.length, before)

        // Forced, it has its attempts again.
        assert.strictEqual((yield* force(0)).status, "generation_failed")
        yield* force(0)
        assert.isTrue(yield* isDue(gameId))
        yield* reconcile
        const retried = yield* row
        assert.deepStrictEqual(
          [retried.status, retried.attempts, retried.force_next_turn],
          ["generation_in_progress", 1, false]
        )
        yield* engines.script(gameId, {})
        yield* advance("1 minute")
        yield* reconcile
        const done = yield* row
        assert.deepStrictEqual([done.status, done.current_turn, done.failure_reason], ["running", 1, null])
        assert.isTrue(DateTime.isGreaterThan(done.next_turn_at ?? DateTime.makeUnsafe(0), yield* DateTime.now))
        assert.deepStrictEqual(yield* made, { 1: 1 })
        assert.deepStrictEqual(yield* turnsTold(owner), [1])
        assert.deepStrictEqual((yield* Effect.flip(force(0)))._tag, "TurnPassed")
      })
    )

    it.effect("a turn that runs out of memory is not tried a second time, and the row says why", () =>
      Effect.gen(function* () {
        const { gameId, reconcile, row, engine } = yield* dueGame(always("out of memory"))
        const lines: Array<Record<string, unknown>> = []
        const log = Logger.map(Logger.formatStructured, ({ message, level, annotations }) => {
          // What operators are told is up to the lobby.
          if (annotations["kind"] === undefined) lines.push({ message, level, ...annotations })
        })
        yield* Effect.provide(reconcile, Logger.layer([log]))
        assert.deepStrictEqual(lines, [
          {
            message: "a turn has failed and is not tried again",
            level: "ERROR",
            game_id: gameId,
            turn: 1,
            attempt: 1,
            reason: outOfMemory.reason,
            what_to_do: `mend the cause or raise the engine's limit, then POST /api/v1/admin/runtimes/${gameId}/force-next-turn to try the turn again`
          }
        ])
        const { status, failure_reason, attempts } = yield* row
        assert.deepStrictEqual([status, failure_reason, attempts], ["generation_failed", outOfMemory.reason, 1])
        assert.isUndefined((yield* engine).running)
        assert.deepStrictEqual(
          (yield* operations(gameId)).map((it) => [it.op, it.status, it.error]),
          [
            ["start", "succeeded", null],
            ["turn", "failed", outOfMemory.reason]
          ]
        )
      })
    )

    it.effect("while a turn is given up, reports can be read and orders are refused", () =>
      Effect.gen(function* () {
        const sessions = yield* PlayerOrders
        const { gameId, reconcile, owner, engine } = yield* dueGame(always("out of memory"))
        yield* reconcile
        assert.strictEqual((yield* sessions.report(gameId, owner, 0))["race"], "Vega")
        const late = yield* Effect.flip(sessions.order(gameId, owner, { orders: [] }))
        assert.strictEqual(late._tag, "TurnWindowClosed")
        // The engine that was brought up for the report ends when the game is next looked after.
        assert.isDefined((yield* engine).running)
        yield* reconcile
        assert.isUndefined((yield* engine).running)
      })
    )

    it.effect("a forced turn that waits behind a failing one doesn't begin its attempts anew", () =>
      Effect.gen(function* () {
        const { gameId, reconcile, force, row } = yield* dueGame(always("crash"))
        yield* reconcile
        yield* force()
        for (const _ of [2, 3]) {
          yield* advance("1 minute")
          yield* reconcile
        }
        assert.deepStrictEqual([(yield* row).status, (yield* row).force_next_turn], ["generation_failed", false])
        assert.isFalse(yield* isDue(gameId))
      })
    )

    it.effect("an engine that is still computing is asked again and not ended", () =>
      Effect.gen(function* () {
        let finished = false
        // As the real one: while it computes it answers nothing at all, not even a health check.
        const { gameId, engines, reconcile, bringUp, row, engine, owner, made } = yield* dueGame(() =>
          Effect.succeed(undefined)
        )
        const busy = { call: () => (finished ? Effect.succeed(undefined) : Effect.never) }
        yield* engines.script(gameId, {
          call: ({ path }) => (path.endsWith("/turn") && !finished ? Effect.never : Effect.succeed(undefined))
        })
        const { starts, stops } = yield* engine
        yield* reconcile
        yield* engines.script(gameId, busy)
        const first = yield* row
        assert.deepStrictEqual([first.status, first.attempts], ["generation_in_progress", 1])
        assert.isNotNull(first.generating_since)
        assert.match(first.failure_reason ?? "", /^the engine has been computing the turn since /)
        for (const _ of Array.from({ length: 3 })) {
          yield* advance("4 minutes")
          yield* reconcile
          const now = yield* row
          assert.deepStrictEqual([now.status, now.attempts], ["generation_in_progress", 1])
          assert.deepStrictEqual(now.generating_since, first.generating_since)
          // Whoever asks for the engine meanwhile gets it, and doesn't end it.
          const instance = yield* bringUp
          assert.strictEqual(instance.instanceId, now.current_container_id)
        }
        finished = true
        yield* advance("1 minute")
        yield* reconcile
        const done = yield* row
        assert.deepStrictEqual([done.status, done.current_turn, done.generating_since], ["running", 1, null])
        assert.deepStrictEqual([(yield* engine).starts, (yield* engine).stops], [starts, stops])
        assert.deepStrictEqual(yield* made, { 1: 1 })
        assert.deepStrictEqual(yield* turnsTold(owner), [1])
      })
    )

    it.effect("an engine over the limit is replaced once, and then the turn is given up", () =>
      Effect.gen(function* () {
        const { reconcile, row, engine } = yield* dueGame(() => Effect.never)
        const { starts } = yield* engine
        yield* reconcile
        yield* advance("15 minutes")
        yield* reconcile
        const replaced = yield* row
        assert.deepStrictEqual([replaced.status, replaced.attempts], ["generation_in_progress", 1])
        assert.isNull(replaced.generating_since)
        assert.include(replaced.failure_reason ?? "", "did not finish the turn within 15 minutes")
        assert.isUndefined((yield* engine).running)
        yield* advance("1 minute")
        yield* reconcile
        assert.strictEqual((yield* engine).starts, starts + 1)
        yield* advance("14 minutes")
        yield* reconcile
        assert.deepStrictEqual([(yield* row).status, (yield* row).attempts], ["generation_in_progress", 2])
        yield* advance("1 minute")
        yield* reconcile
        const failed = yield* row
        assert.strictEqual(failed.status, "generation_failed")
        assert.include(failed.failure_reason ?? "", "did not finish the turn within 15 minutes")
        assert.isUndefined((yield* engine).running)
      })
    )

    it.effect("a new engine after a crash in the middle of a long turn has the whole time again", () =>
      Effect.gen(function* () {
        const { gameId, engines, reconcile, row, made } = yield* dueGame(() => Effect.never)
        yield* reconcile
        yield* advance("14 minutes")
        yield* engines.crash(gameId)
        yield* reconcile
        const again = yield* row
        assert.deepStrictEqual([again.status, again.attempts], ["generation_in_progress", 2])
        yield* advance("2 minutes")
        yield* reconcile
        const waited = yield* row
        assert.deepStrictEqual([waited.status, waited.attempts], ["generation_in_progress", 2])
        assert.deepStrictEqual(waited.generating_since, again.generating_since)
        yield* engines.script(gameId, {})
        yield* advance("1 minute")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
      })
    )

    it.effect("a row that an earlier version tried for days is tried once more before it is given up", () =>
      Effect.gen(function* () {
        const store = yield* RuntimeStore
        const { gameId, engines, reconcile, row, force } = yield* dueGame(always("crash"))
        yield* reconcile
        const read = yield* row
        yield* store.write(read, { attempts: 500 })
        yield* advance("6 minutes")
        yield* reconcile
        assert.strictEqual((yield* row).status, "generation_failed")
        yield* force()
        yield* engines.script(gameId, {})
        yield* reconcile
        assert.strictEqual((yield* row).current_turn, 1)
      })
    )

    it.effect("the last turn of a game that was cancelled meanwhile stops its runtime", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const host = yield* EngineHost
        const { gameId, engines, reconcile, row, owner } = yield* dueGame(() => Effect.succeed(undefined))
        yield* engines.script(gameId, { finishAt: 1 })
        yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE game_id = ${gameId}`
        assert.isTrue(yield* reconcile)
        const after = yield* row
        assert.deepStrictEqual([after.status, after.next_attempt_at, after.next_turn_at], ["stopped", null, null])
        assert.isNotNull(after.failure_reason)
        assert.deepStrictEqual(
          (yield* host.list).filter((it) => it.gameId === gameId),
          []
        )
        assert.deepStrictEqual(yield* turnsTold(owner), [])
        assert.strictEqual((yield* operations(gameId)).at(-1)?.status, "failed")
        assert.isFalse(yield* isDue(gameId))
      })
    )
  })

  layer(runtimeOn(database, scriptedEngines, { firstBackoff: "0 millis", longestBackoff: "0 millis" }), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`retries on ${name}`, (it) => {
    it.effect("a retry is left to the scheduler, even if it is due at once", () =>
      Effect.gen(function* () {
        const { gameId, reconcile, row } = yield* dueGame(always("crash"))
        yield* reconcile
        assert.strictEqual((yield* row).attempts, 1)
        assert.isTrue(yield* isDue(gameId))
        yield* reconcile
        assert.strictEqual((yield* row).attempts, 2)
      })
    )
  })
})
