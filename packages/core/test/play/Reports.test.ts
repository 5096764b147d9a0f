/** Reports of games that have ended: read for a year, by those who played to the end, and then gone. */
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import * as StatePruner from "@galaxy/core/play/StatePruner"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { layer as scriptedEngines, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { leave } from "../lobby/fixture.ts"
import { advance, row, runtimeOn, startingGame } from "../runtime/fixture.ts"

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

/** A game that is over after its second turn. */
/** A game that is over after its second turn. Its guest may have left before. */
const finishedGame = Effect.fnUntraced(function* (left?: "the guest has left") {
  const runtimes = yield* Runtimes
  const engines = yield* ScriptedEngines
  const sessions = yield* PlayerOrders
  const game = yield* startingGame()
  yield* engines.script(game.gameId, { finishAt: 2 })
  yield* runtimes.reconcile(game.gameId)
  for (const turn of [0, 1]) {
    if (turn === 1 && left !== undefined) yield* leave(game.gameId, game.guest)
    yield* runtimes.forceNextTurn(game.gameId, turn)
    yield* runtimes.reconcile(game.gameId)
  }
  assert.strictEqual((yield* row(game.gameId)).status, "finished")
  return { ...game, engines, sessions, runtimes }
})

const pruned = Layer.build(StatePruner.layer({ every: "20 millis" }).pipe(Layer.provide(BackgroundLoops.layer)))

/** In real time: that of the runtime's tests stands still unless they move it. */
const eventually = Effect.fnUntraced(function* (holds: Effect.Effect<boolean>) {
  const deadline = performance.now() + 20_000
  while (!(yield* holds)) {
    assert.isBelow(performance.now(), deadline)
    yield* Effect.promise(() => new Promise((done) => setTimeout(done, 5)))
  }
})

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `reports of games that have ended, on ${name}`,
    (it) => {
      it.effect("are read by those who played to the end, for a year, from an engine that is woken for it", () =>
        Effect.gen(function* () {
          const { gameId, owner, guest, engines, sessions } = yield* finishedGame("the guest has left")
          assert.isUndefined((yield* engines.game(gameId)).running, "the engine of a finished game is ended")
          for (const turn of [0, 1, 2]) assert.deepInclude(yield* sessions.report(gameId, owner, turn), { turn })
          assert.strictEqual((yield* engines.game(gameId)).starts, 2)
          assert.strictEqual(yield* tagOf(sessions.report(gameId, owner, 3)), "TurnNotMade")
          assert.strictEqual(yield* tagOf(sessions.order(gameId, owner, { orders: [] })), "GameNotRunning")
          assert.strictEqual(yield* tagOf(sessions.report(gameId, guest, 1)), "GameNotFound")
          yield* advance("365 days")
          assert.deepInclude(yield* sessions.report(gameId, owner, 1), { turn: 1 })
          yield* advance("2 days")
          assert.strictEqual(yield* tagOf(sessions.report(gameId, owner, 1)), "ReportsGone")
        })
      )

      it.effect("of a game that was cancelled too", () =>
        Effect.gen(function* () {
          const jobs = yield* RuntimeJobs
          const sql = yield* SqlClient.SqlClient
          const runtimes = yield* Runtimes
          const sessions = yield* PlayerOrders
          const { gameId, owner } = yield* startingGame()
          yield* runtimes.reconcile(gameId)
          yield* jobs.requestCancel(gameId)
          yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE game_id = ${gameId}`
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* sessions.report(gameId, owner, 0), { turn: 0 })
          assert.strictEqual(yield* tagOf(sessions.order(gameId, owner, { orders: [] })), "GameNotRunning")
        })
      )

      it.effect("go with the game's state, and no other game's", () =>
        Effect.gen(function* () {
          const old = yield* finishedGame()
          yield* advance("364 days")
          const young = yield* finishedGame()
          const going = yield* startingGame()
          yield* old.runtimes.reconcile(going.gameId)
          yield* advance("3 days")
          yield* pruned
          const discards = Effect.map(old.engines.game(old.gameId), (it) => it.discards)
          yield* eventually(Effect.map(discards, (it) => it > 0))
          // Nothing is done twice, in many passes.
          yield* Effect.promise(() => new Promise((done) => setTimeout(done, 100)))
          assert.strictEqual(yield* discards, 1)
          assert.strictEqual((yield* old.engines.game(young.gameId)).discards, 0)
          assert.strictEqual((yield* old.engines.game(going.gameId)).discards, 0)
          assert.deepInclude(yield* young.sessions.report(young.gameId, young.owner, 2), { turn: 2 })
        }).pipe(Effect.scoped)
      )
    }
  )
})
