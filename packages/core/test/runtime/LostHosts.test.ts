/** Hosts that are gone, refuse an engine, or come back: no game waits for one of them if another host will do. */
import { EngineHost, EngineStartFailed } from "@galaxy/core/engine/EngineHost"
import * as EngineReady from "@galaxy/core/engine/EngineReady"
import { EngineHosts } from "@galaxy/core/runtime/EngineHosts"
import * as RuntimeScheduler from "@galaxy/core/runtime/RuntimeScheduler"
import { RuntimeStale } from "@galaxy/core/runtime/RuntimeStale"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { StatesMove } from "@galaxy/core/runtime/Placement"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { layerOf, ModelHosts } from "../engine/ModelHosts.ts"
import { advance, operations, row, runtimeOn, startingGame } from "./fixture.ts"

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

/** The hosts as they were at first, since the tests share them, with what acts on them. */
const calm = Effect.gen(function* () {
  const model = yield* ModelHosts
  for (const it of model.names) yield* model.cut(it, false)
  yield* model.refuse(() => undefined)
  return { model, runtimes: yield* Runtimes, store: yield* RuntimeStore, sql: yield* SqlClient.SqlClient }
})

layer(world, { timeout: "240 seconds", excludeTestServices: true })("hosts that are gone", (it) => {
  it.effect("a game whose host is gone is stopped, and starts on another one", () =>
    Effect.gen(function* () {
      const { model, runtimes } = yield* calm
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
      const { model, runtimes } = yield* calm
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
      const { model, runtimes } = yield* calm
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
      const { model, runtimes, store } = yield* calm
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

  it.effect("what still runs on a host that comes back is ended, though its game is over", () =>
    Effect.gen(function* () {
      const { model, runtimes } = yield* calm
      const { gameId } = yield* running
      const left = yield* hostOf(gameId)
      yield* model.cut(left, true)
      yield* advance("1 minute")
      yield* runtimes.forceNextTurn(gameId)
      yield* runtimes.reconcile(gameId)
      yield* advance("10 minutes")
      yield* runtimes.reconcile(gameId)
      assert.strictEqual(yield* hostOf(gameId), other(left))
      yield* (yield* RuntimeJobs).requestStop(gameId, "maintenance")
      yield* runtimes.reconcile(gameId)
      yield* model.cut(left, false)
      assert.deepStrictEqual(
        (yield* model.runs(gameId)).map((it) => it.hostId),
        [left]
      )
      const { sweep } = yield* RuntimeScheduler.make
      yield* sweep
      assert.deepStrictEqual(yield* model.runs(gameId), [])
    }).pipe(Effect.scoped)
  )

  it.effect("what runs in a game's epoch on another host than the row's is ended: it is of another history", () =>
    Effect.gen(function* () {
      const { model } = yield* calm
      const { gameId } = yield* running
      const { engine_epoch: epoch, engine_host } = yield* row(gameId)
      const hostId = other(engine_host)
      const token = Redacted.make("of another incarnation")
      const version = "0.1.0"
      const host = yield* EngineHost
      yield* host.start({
        gameId,
        hostId,
        epoch,
        token,
        imageRef: `builtin:${version}`,
        version,
        players: 2,
        fresh: true
      })
      assert.lengthOf(yield* model.runs(gameId), 2)
      const { sweep } = yield* RuntimeScheduler.make
      yield* sweep
      assert.deepStrictEqual(
        (yield* model.runs(gameId)).map((it) => it.hostId),
        [engine_host]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("a game is served by a host that is to be emptied until another one takes it", () =>
    Effect.gen(function* () {
      const { model, runtimes, sql } = yield* calm
      const hosts = yield* EngineHosts
      const { gameId } = yield* running
      const before = yield* row(gameId)
      const here = before.engine_host ?? ""
      yield* hosts.drain(here, true)
      // There is no other one.
      yield* model.cut(other(here), true)
      yield* sql`UPDATE backend.runtime_records SET engine_task = 'restart' WHERE game_id = ${gameId}`
      yield* runtimes.reconcile(gameId)
      const waiting = yield* row(gameId)
      assert.deepInclude(waiting, { engine_task: "restart", engine_epoch: before.engine_epoch })
      assert.strictEqual((yield* model.runs(gameId))[0]?.instanceId, before.current_container_id)
      // Its engine crashes meanwhile.
      yield* model.kill(here, gameId)
      yield* runtimes.engine(gameId)
      assert.strictEqual(yield* hostOf(gameId), here)
      yield* model.cut(other(here), false)
      yield* advance("10 minutes")
      yield* runtimes.reconcile(gameId)
      assert.deepInclude(yield* row(gameId), { engine_task: null, engine_host: other(here) })
      assert.deepStrictEqual(
        (yield* model.runs(gameId)).map((it) => it.hostId),
        [other(here)]
      )
      assert.deepInclude((yield* operations(gameId)).at(-1), { op: "move", status: "succeeded" })
      yield* hosts.drain(here, false)
    })
  )

  it.effect("nothing is left of a start that came to nothing where the next one begins", () =>
    Effect.gen(function* () {
      const { model, runtimes, store, sql } = yield* calm
      const { gameId } = yield* startingGame()
      // Its host falls silent when the start has failed, so what it has stays.
      yield* model.refuse((hostId) => {
        Effect.runSync(model.cut(hostId, true))
        return new EngineStartFailed({ reason: "it can't run here", permanent: true })
      })
      yield* runtimes.reconcile(gameId)
      const failed = yield* row(gameId)
      assert.strictEqual(failed.status, "start_failed")
      yield* calm
      const before = (yield* model.discarded("a")).length + (yield* model.discarded("b")).length
      assert.isTrue(
        yield* store.arm({
          gameId,
          engineVersion: "0.1.0",
          imageRef: "builtin:0.1.0",
          seed: "another",
          turnSchedule: "0 18 * * *",
          timeZone: "UTC",
          players: yield* store.seats(gameId)
        })
      )
      yield* sql`UPDATE backend.games SET status = 'starting' WHERE game_id = ${gameId}`
      assert.strictEqual((yield* row(gameId)).engine_epoch, failed.engine_epoch + 1)
      yield* runtimes.reconcile(gameId)
      const started = yield* row(gameId)
      assert.strictEqual(started.status, "running")
      assert.include((yield* model.discarded(started.engine_host ?? "")).slice(-1), gameId)
      assert.isAbove((yield* model.discarded("a")).length + (yield* model.discarded("b")).length, before)
    })
  )

  it.effect("an owner that was overtaken ends no engine", () =>
    Effect.gen(function* () {
      const { model } = yield* calm
      const ready = yield* EngineReady.EngineReady
      const { gameId } = yield* running
      const { engine_epoch: epoch, engine_host } = yield* row(gameId)
      const spec = {
        gameId,
        hostId: engine_host ?? "",
        epoch,
        token: Redacted.make("of another secret"),
        imageRef: "builtin:0.1.0",
        version: "0.1.0",
        players: 2,
        fresh: false
      }
      const stale = yield* Effect.flip(ready.start(spec, new RuntimeStale()))
      assert.strictEqual(stale._tag, "RuntimeStale")
      assert.strictEqual((yield* model.runs(gameId)).length, 1)
      const gone = yield* Effect.flip(ready.start(spec, Effect.void))
      assert.strictEqual(gone._tag, "EngineGone")
      assert.deepStrictEqual(yield* model.runs(gameId), [])
    }).pipe(Effect.scoped, Effect.provide(EngineReady.layer))
  )
})
