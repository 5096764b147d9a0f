import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import * as EngineWatch from "@galaxy/core/runtime/EngineWatch"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { row, runtimeOn, startingGame } from "../runtime/fixture.ts"
import { layer as scriptedEngines, ScriptedEngines } from "./ScriptedEngines.ts"

layer(runtimeOn(layerPglite, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
  "engines that aren't ours",
  (it) => {
    it.effect("an engine with another token is replaced, whoever calls it", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const host = yield* EngineHost
        const orders = yield* PlayerOrders
        const runtimes = yield* Runtimes
        const { gameId, owner } = yield* startingGame()
        yield* runtimes.reconcile(gameId)
        const engines = yield* ScriptedEngines
        /** As if a backend with another secret had started it. */
        const other = Effect.map(engines.game(gameId), (game) => {
          Object.assign(game, { token: Redacted.make("of another secret") })
        })
        const runs = Effect.map(host.list, (all) => all.filter((it) => it.gameId === gameId).map((it) => it.epoch))
        yield* other
        assert.deepInclude(yield* orders.report(gameId, owner, 0), { turn: 0 })
        assert.deepStrictEqual(yield* runs, [2])
        yield* other
        assert.deepInclude(yield* orders.order(gameId, owner, { orders: [] }), { actor: "Vega" })
        assert.deepStrictEqual(yield* runs, [3])
        // A start that was cut off, by a backend with another secret.
        yield* other
        yield* sql`
          UPDATE backend.runtime_records SET engine_endpoint = NULL, current_container_id = NULL
          WHERE game_id = ${gameId}`
        yield* runtimes.forceNextTurn(gameId)
        yield* runtimes.reconcile(gameId)
        assert.deepStrictEqual(yield* runs, [4])
        assert.deepInclude(yield* row(gameId), { current_turn: 1, engine_epoch: 4, failure_reason: null })
        // A turn, though it says that it lives.
        yield* other
        yield* runtimes.forceNextTurn(gameId)
        yield* runtimes.reconcile(gameId)
        assert.deepStrictEqual(yield* runs, [5])
        assert.deepInclude(yield* row(gameId), { current_turn: 2, status: "running", failure_reason: null })
        // And nobody: the watch finds out.
        yield* other
        yield* (yield* EngineWatch.make)()
        assert.deepStrictEqual(yield* runs, [6])
        assert.deepInclude(yield* row(gameId), { health: "healthy", engine_epoch: 6 })
      })
    )
  }
)
