/** Hosts that are gone, refuse an engine, or come back: no game waits for one of them if another host will do. */
import { EngineStartFailed } from "@galaxy/core/engine/EngineHost"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { StatesMove } from "@galaxy/core/runtime/Placement"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { layerOf, ModelHosts } from "../engine/ModelHosts.ts"
import { advance, row, runtimeOn, startingGame } from "./fixture.ts"

const settings = { firstBackoff: "2 minutes" } as const

const world = runtimeOn(layerPglite, layerOf(["a", "b"]), settings).pipe(
  Layer.provideMerge(Layer.succeed(StatesMove, () => true))
)

const running = Effect.gen(function* () {
  const game = yield* startingGame()
  yield* (yield* Runtimes).reconcile(game.gameId)
  return game
})

const other = (hostId: string | null) => (hostId === "a" ? "b" : "a")

const hostOf = (gameId: GameId) => Effect.map(row(gameId), (it) => it.engine_host ?? "")

const startAgain = Effect.fnUntraced(function* (gameId: GameId) {
  const sql = yield* SqlClient.SqlClient
  yield* (yield* RuntimeJobs).requestStartAgain(gameId, {})
  yield* sql`UPDATE backend.games SET status = 'starting' WHERE game_id = ${gameId}`
})

/** Everything as it was: the tests share hosts. */
const calm = Effect.gen(function* () {
  const model = yield* ModelHosts
  for (const it of model.names) yield* model.cut(it, false)
  yield* model.refuse(() => undefined)
})

layer(world, { timeout: "240 seconds", excludeTestServices: true })("hosts that are gone", (it) => {
  it.effect("a game whose host is gone is stopped, and starts on another one", () =>
    Effect.gen(function* () {
      yield* calm
      const model = yield* ModelHosts
      const runtimes = yield* Runtimes
      const { gameId } = yield* running
      const left = yield* hostOf(gameId)
      yield* model.cut(left, true)
      yield* advance("1 minute")
      yield* (yield* RuntimeJobs).requestStop(gameId, "maintenance")
      assert.isTrue(yield* runtimes.reconcile(gameId))
      assert.deepInclude(yield* row(gameId), { status: "stopped", engine_task: null })
      yield* startAgain(gameId)
      yield* runtimes.reconcile(gameId)
      // One that was never seen to fall silent is waited for first.
      yield* advance("10 minutes")
      yield* runtimes.reconcile(gameId)
      assert.deepInclude(yield* row(gameId), { status: "running", engine_host: other(left) })
    })
  )

  it.effect("a start that fails while its host goes is told of", () =>
    Effect.gen(function* () {
      yield* calm
      const model = yield* ModelHosts
      const runtimes = yield* Runtimes
      const { gameId, game } = yield* startingGame()
      yield* model.refuse((hostId) => {
        Effect.runSync(model.cut(hostId, true))
        return new EngineStartFailed({ reason: "it can't run here", permanent: true })
      })
      yield* runtimes.reconcile(gameId)
      assert.strictEqual((yield* row(gameId)).status, "start_failed")
      assert.strictEqual((yield* game).status, "start_failed")
    })
  )

  it.effect("a host that can't run the image, or is full, is passed over", () =>
    Effect.gen(function* () {
      yield* calm
      const model = yield* ModelHosts
      const runtimes = yield* Runtimes
      for (const refusal of [
        new EngineStartFailed({ reason: "no such image", permanent: true, imageMissing: true }),
        new EngineStartFailed({ reason: "full", permanent: false, noRoom: true })
      ]) {
        yield* model.refuse((hostId) => (hostId === "b" ? refusal : undefined))
        const games = yield* Effect.forEach([1, 2, 3], () => running)
        for (const { gameId } of games) {
          assert.deepInclude(yield* row(gameId), { status: "running", engine_host: "a" }, refusal.reason)
        }
      }
      // It waits for a host that may have the image, and has failed once none may.
      yield* model.refuse(() => new EngineStartFailed({ reason: "no such image", permanent: true, imageMissing: true }))
      yield* model.cut("a", true)
      const { gameId } = yield* running
      const waiting = yield* row(gameId)
      assert.deepInclude(waiting, { status: "starting", attempts: 1 })
      assert.include(waiting.failure_reason ?? "", "no such image")
      yield* model.cut("a", false)
      yield* advance("10 minutes")
      yield* runtimes.reconcile(gameId)
      assert.deepInclude(yield* row(gameId), { status: "start_failed", failure_reason: "no such image" })
    })
  )

  it.effect("one epoch is one run, though nothing is left of the first one", () =>
    Effect.gen(function* () {
      yield* calm
      const model = yield* ModelHosts
      const runtimes = yield* Runtimes
      const store = yield* RuntimeStore
      const { gameId } = yield* running
      const before = yield* row(gameId)
      yield* model.remove(yield* hostOf(gameId), gameId)
      assert.isTrue(yield* store.removed(gameId, before.current_container_id ?? ""))
      yield* runtimes.engine(gameId)
      assert.isAbove((yield* row(gameId)).engine_epoch, before.engine_epoch)
      // Stopped and started again.
      yield* (yield* RuntimeJobs).requestStop(gameId, "maintenance")
      yield* runtimes.reconcile(gameId)
      const stopped = yield* row(gameId)
      yield* model.remove(yield* hostOf(gameId), gameId)
      yield* startAgain(gameId)
      yield* runtimes.reconcile(gameId)
      const again = yield* row(gameId)
      assert.strictEqual(again.status, "running")
      assert.isAbove(again.engine_epoch, stopped.engine_epoch)
    })
  )
})
