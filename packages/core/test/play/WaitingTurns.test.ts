/** Games whose turns are due while the engines of others are at work: their players go on until it is their turn. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { ReadyFlags } from "@galaxy/core/play/ReadyFlags"
import { errors as engineErrors } from "@galaxy/core/engine/http/errors"
import { errors as gameErrors } from "@galaxy/core/lobby/game/http/errors"
import { errors as membershipErrors } from "@galaxy/core/lobby/membership/http/errors"
import { errors as playErrors } from "@galaxy/core/play/http/errors"
import { errors as runtimeErrors } from "@galaxy/core/runtime/http/errors"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { toApiWith } from "@galaxy/core/shared/http/errors"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { advance, row, runtimeOn, startingGame, turnsTold } from "../runtime/fixture.ts"
import { layer as scriptedEngines, ScriptedEngines } from "../engine/ScriptedEngines.ts"

const toApi = toApiWith({ ...engineErrors, ...gameErrors, ...membershipErrors, ...runtimeErrors, ...playErrors })

const orders = { orders: [{ op: "produce", planet: 7 }] }

/** A running game. `held` has its engine asked for a turn that it doesn't make before it is let go. */
const runningGame = Effect.gen(function* () {
  const runtimes = yield* Runtimes
  const engines = yield* ScriptedEngines
  const sessions = yield* PlayerOrders
  const game = yield* startingGame()
  const { gameId, owner } = game
  yield* runtimes.reconcile(gameId)
  const asked = yield* Deferred.make<void>()
  const letGo = yield* Deferred.make<void>()
  yield* engines.script(gameId, {
    call: ({ path }) =>
      path.endsWith("/turn")
        ? Effect.as(Effect.andThen(Deferred.succeed(asked, undefined), Deferred.await(letGo)), undefined)
        : Effect.succeed(undefined)
  })
  return {
    ...game,
    begin: Effect.forkChild(runtimes.reconcile(gameId)),
    asked: Deferred.await(asked),
    letGo: Deferred.succeed(letGo, undefined),
    order: sessions.order(gameId, owner, orders),
    calls: Effect.map(engines.game(gameId), (it) => it.calls.map(({ path }) => path.split("/").at(-1))),
    made: Effect.map(engines.game(gameId), (it) => Object.fromEntries(it.made))
  }
})

const statusOf = (gameId: GameId) => Effect.map(row(gameId), (it) => it.status)

/** Two games whose turns are due. There is one place for engines, which the first one has. */
const twoGames = Effect.gen(function* () {
  const first = yield* runningGame
  const second = yield* runningGame
  yield* advance("1 day")
  const making = yield* first.begin
  yield* first.asked
  const waiting = yield* second.begin
  return { first, second, both: Effect.andThen(Fiber.join(making), Fiber.join(waiting)) }
})

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines, { concurrency: 1 }), {
    timeout: "60 seconds",
    excludeTestServices: true
  })(`a game that waits for its turn to be made on ${name}`, (it) => {
    it.effect("takes orders until its engine is asked, also where the engine has to be woken for them", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const { first, second, both } = yield* twoGames
        assert.deepInclude(yield* Effect.flip(toApi(first.order)), { _tag: "conflict", reason: "generating" })

        yield* engines.crash(second.gameId)
        yield* second.order
        assert.strictEqual(yield* statusOf(second.gameId), "running")

        yield* first.letGo
        yield* second.asked
        assert.deepInclude(yield* Effect.flip(toApi(second.order)), { _tag: "conflict", reason: "generating" })
        yield* second.letGo
        yield* both
        const { calls } = yield* engines.game(second.gameId)
        const given = calls.filter((it) => /\/(order|turn)$/.test(it.path)).map((it) => [it.path, it.body["turn"]])
        assert.deepStrictEqual(given, [
          ["/api/v1/order", 0],
          ["/api/v1/admin/turn", 1]
        ])
        for (const game of [first, second]) {
          assert.deepStrictEqual(yield* game.made, { 1: 1 })
          assert.deepStrictEqual(yield* turnsTold(game.owner), [1])
        }
      })
    )

    it.effect("takes ready flags, and a turn that is asked for meanwhile is the one that is due", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const flags = yield* ReadyFlags
        const { first, second, both } = yield* twoGames
        assert.deepStrictEqual(yield* flags.set(second.gameId, second.owner, 0, true), {
          ready_count: 1,
          player_count: 2
        })
        yield* runtimes.forceNextTurn(second.gameId)
        yield* Effect.all([first.letGo, second.letGo])
        yield* both
        yield* runtimes.reconcile(second.gameId)
        assert.deepStrictEqual(yield* second.made, { 1: 1 })
        assert.strictEqual((yield* row(second.gameId)).next_turn_why, "schedule")
      })
    )

    it.effect("makes no turn if it is paused meanwhile", () =>
      Effect.gen(function* () {
        const jobs = yield* RuntimeJobs
        const { first, second, both } = yield* twoGames
        yield* jobs.requestPause(second.gameId)
        yield* Effect.all([first.letGo, second.letGo])
        yield* both
        assert.deepStrictEqual(yield* second.made, {})
        assert.strictEqual(yield* statusOf(second.gameId), "running")
        yield* second.order
      })
    )
  })
})
