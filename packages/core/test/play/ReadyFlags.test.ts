/** "My orders are done": who counts, what takes it back, and turns that are made early. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import { GameSteps } from "@galaxy/core/lobby/game/GameSteps"
import { GamePlayers } from "@galaxy/core/lobby/membership/GamePlayers"
import { errors as engineErrors } from "@galaxy/core/engine/http/errors"
import { errors as gameErrors } from "@galaxy/core/lobby/game/http/errors"
import { errors as membershipErrors } from "@galaxy/core/lobby/membership/http/errors"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { PlayStore, layer as PlayStoreLayer } from "@galaxy/core/play/PlayStore"
import { ReadyFlags } from "@galaxy/core/play/ReadyFlags"
import { errors as playErrors } from "@galaxy/core/play/http/errors"
import { errors as runtimeErrors } from "@galaxy/core/runtime/http/errors"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { toApiWith } from "@galaxy/core/shared/http/errors"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { layer as scriptedEngines, refusal, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { player } from "../lobby/fixture.ts"
import { row, runtimeOn, startingGame, turnsTold } from "../runtime/fixture.ts"

const toApi = toApiWith({ ...engineErrors, ...gameErrors, ...membershipErrors, ...runtimeErrors, ...playErrors })

const runningGame = (early = false) =>
  Effect.gen(function* () {
    const runtimes = yield* Runtimes
    const flags = yield* ReadyFlags
    const game = yield* startingGame({ early_turns: early })
    yield* runtimes.reconcile(game.gameId)
    const ready = (user: UserId, turn = 0, is = true) => flags.set(game.gameId, user, turn, is)
    return { ...game, runtimes, ready }
  })

type Refusal = Effect.Error<ReturnType<ReadyFlags["Service"]["set"]>>

const reasonOf = (call: Effect.Effect<unknown, Refusal>) =>
  Effect.map(Effect.flip(toApi(call)), (it) => ("reason" in it ? it.reason : it._tag))

/** The player leaves the game. */
const leave = (gameId: GameId, user: UserId) =>
  Effect.gen(function* () {
    const players = yield* GamePlayers
    const own = (yield* players.list(user, gameId)).find((it) => it.user_id === user)
    if (own === undefined) return yield* Effect.die(new Error("not in the game"))
    yield* players.remove(user, gameId, own.membership_id)
  })

const seat = (gameId: GameId, user: UserId, change: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    sql.unsafe(
      change === "eliminated"
        ? `UPDATE backend.memberships SET eliminated = true WHERE game_id = '${gameId}' AND user_id = '${user}'`
        : `UPDATE backend.player_mappings SET computer = true WHERE game_id = '${gameId}' AND user_id = '${user}'`
    )
  )

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `the ready flag on ${name}`,
    (it) => {
      it.effect("is counted, taken back by its player, and by orders that change", () =>
        Effect.gen(function* () {
          const sessions = yield* PlayerOrders
          const engines = yield* ScriptedEngines
          const { gameId, owner, guest, ready, runtimes } = yield* runningGame()
          assert.deepStrictEqual(yield* ready(owner), { ready_count: 1, player_count: 2 })
          assert.deepStrictEqual(yield* ready(owner), { ready_count: 1, player_count: 2 })
          assert.deepStrictEqual(yield* ready(guest), { ready_count: 2, player_count: 2 })
          assert.deepStrictEqual(yield* ready(owner, 0, false), { ready_count: 1, player_count: 2 })
          for (const write of [sessions.order, sessions.command]) {
            yield* ready(owner)
            yield* write(gameId, owner, { orders: [] })
            assert.deepStrictEqual(yield* ready(guest), { ready_count: 1, player_count: 2 })
          }
          // Orders that the engine refuses change nothing.
          yield* ready(owner)
          yield* engines.script(gameId, { call: () => Effect.succeed(refusal(409, "conflict", "no")) })
          yield* Effect.flip(sessions.order(gameId, owner, { orders: [] }))
          assert.deepStrictEqual(yield* ready(guest), { ready_count: 2, player_count: 2 })
          // Without early turns nothing comes of it.
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).current_turn, 0)
        })
      )

      it.effect("is for the open turn of a game in play, and for its players", () =>
        Effect.gen(function* () {
          const jobs = yield* RuntimeJobs
          const sql = yield* SqlClient.SqlClient
          const { gameId, owner, ready } = yield* runningGame()
          const stranger = yield* player
          assert.strictEqual(yield* reasonOf(ready(stranger)), "not_found")
          assert.strictEqual(yield* reasonOf(ready(owner, 1)), "turn_closed")
          yield* sql`UPDATE backend.runtime_records SET status = 'generation_in_progress' WHERE game_id = ${gameId}`
          assert.strictEqual(yield* reasonOf(ready(owner)), "generating")
          yield* sql`UPDATE backend.runtime_records SET status = 'running' WHERE game_id = ${gameId}`
          yield* jobs.requestPause(gameId)
          yield* sql`UPDATE backend.games SET status = 'paused' WHERE game_id = ${gameId}`
          assert.strictEqual(yield* reasonOf(ready(owner)), "paused")
        })
      )

      it.effect("of everybody makes the turn early, once, in place of the scheduled one", () =>
        Effect.gen(function* () {
          const { gameId, owner, guest, ready, runtimes } = yield* runningGame(true)
          const before = yield* row(gameId)
          yield* ready(owner)
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).current_turn, 0)
          yield* ready(owner, 0, false)
          yield* Effect.all([ready(owner), ready(guest)], { concurrency: "unbounded" })
          yield* runtimes.reconcile(gameId)
          const after = yield* row(gameId)
          assert.strictEqual(after.current_turn, 1)
          const due = Option.getOrThrow(Option.fromNullOr(before.next_turn_at))
          assert.deepStrictEqual(after.next_turn_at, DateTime.add(due, { days: 1 }))
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).current_turn, 1)
          assert.deepStrictEqual(yield* turnsTold(guest), [1])
          // Nobody is ready for the new turn yet, and the old one can't be ended twice.
          assert.deepStrictEqual(yield* ready(guest, 1), { ready_count: 1, player_count: 2 })
          assert.strictEqual(yield* reasonOf(ready(owner, 0)), "turn_closed")
        })
      )

      it.effect("of all who are left makes the turn when the last other one leaves, also from a paused game", () =>
        Effect.gen(function* () {
          const games = yield* Games
          for (const paused of [false, true]) {
            const { gameId, owner, guest, ready, runtimes } = yield* runningGame(true)
            yield* ready(owner)
            if (paused) yield* games.pause(owner, gameId)
            yield* leave(gameId, guest)
            if (paused) {
              yield* runtimes.reconcile(gameId)
              assert.strictEqual((yield* row(gameId)).current_turn, 0)
              yield* games.resume(owner, gameId)
            }
            yield* runtimes.reconcile(gameId)
            assert.strictEqual((yield* row(gameId)).current_turn, 1)
            // Nobody is left to wait for.
            yield* leave(gameId, owner)
            yield* runtimes.reconcile(gameId)
            assert.strictEqual((yield* row(gameId)).current_turn, 1)
          }
        })
      )

      it.effect("of all who are left makes the turn when a stopped game that another one has left is up again", () =>
        Effect.gen(function* () {
          const steps = yield* GameSteps
          const { gameId, owner, guest, ready, runtimes } = yield* runningGame(true)
          yield* ready(owner)
          yield* steps.forceStop(gameId)
          yield* runtimes.reconcile(gameId)
          yield* leave(gameId, guest)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "stopped", current_turn: 0 })
          yield* steps.forceStart(gameId, undefined)
          // Once to bring the engine up, once for the turn that this has asked for.
          yield* runtimes.reconcile(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "running", current_turn: 1 })
          assert.deepStrictEqual(yield* turnsTold(owner), [1])
        })
      )

      it.effect("of all makes the turn when the game gets early turns afterwards", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const { gameId, owner, guest, ready, runtimes } = yield* runningGame()
          yield* Effect.all([ready(owner), ready(guest)])
          yield* games.update(owner, gameId, { early_turns: true })
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).current_turn, 1)
        })
      )

      it.effect("of the next turn stays when orders for the one before are noted late", () =>
        Effect.gen(function* () {
          const store = yield* PlayStore
          const { gameId, owner, guest, ready, runtimes } = yield* runningGame()
          yield* runtimes.forceNextTurn(gameId)
          yield* runtimes.reconcile(gameId)
          yield* ready(owner, 1)
          yield* store.ordersGiven(gameId, owner, 0, undefined)
          assert.deepStrictEqual(yield* ready(guest, 1), { ready_count: 2, player_count: 2 })
        }).pipe(Effect.provide(PlayStoreLayer))
      )

      for (const gone of ["eliminated", "computer"]) {
        it.effect(`isn't waited for where a player is gone: ${gone}`, () =>
          Effect.gen(function* () {
            const { gameId, owner, guest, ready, runtimes } = yield* runningGame(true)
            yield* seat(gameId, guest, gone)
            assert.strictEqual(yield* reasonOf(ready(guest)), "wrong_state")
            assert.deepStrictEqual(yield* ready(owner), { ready_count: 1, player_count: 1 })
            yield* runtimes.reconcile(gameId)
            assert.strictEqual((yield* row(gameId)).current_turn, 1)
          })
        )
      }
    }
  )
})
