import type { GameId } from "@galaxy/contract/ids/Ids"
import { EngineHost, type EngineRun } from "@galaxy/core/engine/EngineHost"
import { GameSteps } from "@galaxy/core/lobby/game/GameSteps"
import * as EngineWatch from "@galaxy/core/runtime/EngineWatch"
import { StatesMove } from "@galaxy/core/runtime/Placement"
import { healthNow } from "@galaxy/core/runtime/RuntimeRow"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Stream, Tracer } from "effect"
import { SqlClient } from "effect/sql"
import { advance, row, runtimeOn, startingGame } from "./fixture.ts"
import * as Quiet from "./quiet.ts"
import { json, layer as scriptedEngines, type Script, ScriptedEngines } from "../engine/ScriptedEngines.ts"

const started = Effect.gen(function* () {
  const game = yield* startingGame()
  yield* (yield* Runtimes).reconcile(game.gameId)
  return game
})

const snapshots = (gameId: GameId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ readonly health: string }>`
        SELECT payload->>'health' AS health FROM backend.runtime_health_snapshots
        WHERE game_id = ${gameId} ORDER BY observed_at, snapshot_id`,
      (rows) => rows.map((it) => it.health)
    )
  )

/** What operators are told of a game. */
const told = (gameId: GameId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ readonly kind: string }>`
        SELECT kind FROM backend.notifications
        WHERE kind LIKE 'runtime.%' AND payload->>'game_id' = ${gameId} ORDER BY created_at, notification_id`,
      (rows) => rows.map((it) => it.kind)
    )
  )

/** Only what waits for the clock is still for so long. */
const quiet = Quiet.make({ stillMs: 40 })

/** A pass, with the time that it waits before it asks an engine again; none passes while anything is at work. */
const passOf = Effect.fnUntraced(function* (watch: Effect.Success<typeof EngineWatch.make>) {
  const moving = yield* Effect.forkChild(Effect.forever(Effect.andThen(quiet.settled, advance("1 second"))))
  yield* watch()
  yield* Effect.sync(() => moving.interruptUnsafe())
})

/** One that knows of no pass before it. */
const pass = Effect.flatMap(EngineWatch.make, passOf)

const stuck = new Set(["/healthz", "/api/v1/admin/status"])
const silent: Script = {
  call: ({ path }) =>
    Effect.succeed(stuck.has(path) ? json({ error: { code: "x", message: "stuck" } }, 500) : undefined)
}

/** What a row says where its engine is at a backend that this one doesn't reach. */
const elsewhere = (gameId: GameId, hostId = "elsewhere") =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`UPDATE backend.runtime_records SET engine_host = ${hostId} WHERE game_id = ${gameId}`
  )

const runsOf = (gameId: GameId) =>
  Effect.flatMap(EngineHost, (host) => Effect.map(host.list, (all) => all.filter((it) => it.gameId === gameId)))

const startsOf = (gameId: GameId) =>
  Effect.flatMap(ScriptedEngines, (engines) => Effect.map(engines.game(gameId), (it) => it.starts))

/** Watches as a backend does that doesn't own the game. */
const asOther = (gameId: GameId) =>
  Effect.updateService(Runtimes, (runtimes) => ({ ...runtimes, isOwn: (it) => it !== gameId && runtimes.isOwn(it) }))

eachDatabase((name, database) => {
  const world = runtimeOn(database, scriptedEngines, { engineReadyTimeout: "3 seconds" }).pipe(
    Layer.provideMerge(Layer.succeed(StatesMove, () => true)),
    Layer.provideMerge(Layer.succeed(Tracer.Tracer, quiet.tracer))
  )
  layer(world, { timeout: "240 seconds", excludeTestServices: true })(`the watch on ${name}`, (it) => {
    it.effect("a change of health is noted, shown and told once, and so is its end", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const { gameId, game } = yield* started
        yield* pass
        yield* pass
        assert.deepStrictEqual(yield* snapshots(gameId), ["healthy"])
        yield* engines.script(gameId, silent)
        yield* pass
        yield* pass
        assert.deepStrictEqual(yield* snapshots(gameId), ["healthy", "unhealthy"])
        assert.deepInclude(yield* game, { status: "running", runtime_status: "engine_unreachable" })
        assert.deepStrictEqual(yield* told(gameId), ["runtime.engine_unhealthy"])
        // It was ended, since it didn't get ready: the next one answers.
        yield* engines.script(gameId, {})
        yield* (yield* Runtimes).engine(gameId)
        yield* pass
        assert.deepStrictEqual(yield* snapshots(gameId), ["healthy", "unhealthy", "healthy"])
        assert.strictEqual((yield* game).runtime_status, "running")
        assert.deepStrictEqual(yield* told(gameId), ["runtime.engine_unhealthy"])
      })
    )

    it.effect("an engine that hangs again after it has made a turn is noted and told again", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const runtimes = yield* Runtimes
        const { gameId } = yield* started
        yield* pass
        yield* engines.script(gameId, silent)
        yield* pass
        const first = (yield* row(gameId)).health_since
        // The turn gets a new engine that answers, before the next pass.
        yield* engines.script(gameId, {})
        yield* advance("10 seconds")
        yield* runtimes.forceNextTurn(gameId)
        yield* runtimes.reconcile(gameId)
        assert.deepInclude(yield* row(gameId), { status: "running", current_turn: 1, health: "unhealthy" })
        assert.deepInclude(healthNow(yield* row(gameId)), { health: "unknown" })
        yield* engines.script(gameId, silent)
        yield* pass
        assert.deepStrictEqual(yield* snapshots(gameId), ["healthy", "unhealthy", "unhealthy"])
        const again = yield* row(gameId)
        assert.deepInclude(healthNow(again), { health: "unhealthy" })
        assert.notDeepEqual(again.health_since, first)
        assert.lengthOf(yield* told(gameId), 2)
        // As long as it hangs it isn't told once more.
        yield* pass
        assert.lengthOf(yield* told(gameId), 2)
      })
    )

    it.effect("the end of an engine that is being started anew is no trouble, and nobody hears of it", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const sql = yield* SqlClient.SqlClient
        const { gameId } = yield* started
        yield* pass
        const renewing = (open: boolean) => sql`
          UPDATE backend.runtime_records SET engine_task = 'restart', attempt_open = ${open} WHERE game_id = ${gameId}`
        yield* renewing(true)
        yield* engines.fail(gameId)
        yield* pass
        assert.deepStrictEqual([yield* snapshots(gameId), yield* told(gameId)], [["healthy"], []])
        // One that ends before its owner gets to it has ended by itself.
        yield* renewing(false)
        yield* pass
        assert.deepStrictEqual((yield* snapshots(gameId)).slice(0, 2), ["healthy", "removed"])
        assert.deepStrictEqual(yield* told(gameId), ["runtime.engine_unhealthy"])
      })
    )

    it.effect("of a game that was stopped while its engine was asked nothing is noted", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const sql = yield* SqlClient.SqlClient
        const steps = yield* GameSteps
        const { gameId, game } = yield* started
        yield* pass
        yield* sql`UPDATE backend.runtime_records SET health = 'unhealthy' WHERE game_id = ${gameId}`
        const stop = Effect.orDie(steps.forceStop(gameId))
        yield* engines.script(gameId, {
          call: ({ path }) => (stuck.has(path) ? Effect.as(stop, undefined) : Effect.succeed(undefined))
        })
        // It answers, so nothing waits for the clock.
        yield* (yield* EngineWatch.make)()
        assert.deepInclude(yield* game, { status: "paused", runtime_status: "stopped" })
        assert.deepInclude(yield* row(gameId), { status: "stopped", health: "unhealthy" })
        assert.deepStrictEqual(yield* snapshots(gameId), ["healthy"])
      })
    )

    it.effect("an engine that hung, and could not be brought up at once, is by the next pass", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const host = yield* EngineHost
        const { gameId, game } = yield* started
        yield* pass
        yield* engines.script(gameId, silent)
        yield* pass
        const runs = Effect.map(host.list, (all) => all.some((it) => it.gameId === gameId))
        assert.isFalse(yield* runs)
        yield* engines.script(gameId, {})
        yield* advance("30 seconds")
        yield* pass
        assert.isTrue(yield* runs)
        assert.deepStrictEqual(yield* snapshots(gameId), ["healthy", "unhealthy", "healthy"])
        assert.strictEqual((yield* game).runtime_status, "running")
      })
    )

    it.effect("an engine that hangs for good is started again after growing waits", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const { gameId } = yield* started
        const watch = yield* EngineWatch.make
        yield* engines.script(gameId, silent)
        for (let passes = 0; passes < 16; passes++) {
          yield* passOf(watch)
          yield* advance("30 seconds")
        }
        const many = yield* startsOf(gameId)
        // At once, and then after half a minute, one, two and four minutes.
        assert.isAtMost(many, 6)
        assert.isAtLeast(many, 4)
        yield* engines.script(gameId, {})
        yield* advance("5 minutes")
        yield* passOf(watch)
        assert.strictEqual((yield* row(gameId)).health, "healthy")
      })
    )

    it.effect(
      "an engine at a backend that is gone is asked at its endpoint, and brought up here by the second pass",
      () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const { gameId } = yield* started
          const watch = yield* EngineWatch.make
          yield* elsewhere(gameId)
          yield* passOf(watch)
          yield* passOf(watch)
          // It answers, so it stays there.
          assert.deepInclude(yield* row(gameId), { engine_host: "elsewhere", engine_epoch: 1, health: "healthy" })
          yield* engines.crash(gameId)
          yield* passOf(watch)
          assert.deepStrictEqual(yield* runsOf(gameId), [])
          yield* passOf(watch)
          assert.lengthOf(yield* runsOf(gameId), 1)
          assert.deepInclude(yield* row(gameId), { engine_host: "local", engine_epoch: 2, health: "healthy" })
        })
    )

    it.effect("the engine of a game that another backend owns is none of this one's business", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const { gameId } = yield* started
        yield* engines.fail(gameId)
        yield* asOther(gameId)(pass)
        assert.deepStrictEqual(yield* runsOf(gameId), [])
        assert.strictEqual((yield* row(gameId)).health, "unknown")
        yield* pass
        assert.lengthOf(yield* runsOf(gameId), 1)
      })
    )

    it.effect("an engine whose end is told by its host is brought up at once, and one that others replaced isn't", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const host = yield* EngineHost
        const { gameId } = yield* started
        const [run] = yield* runsOf(gameId)
        assert.isDefined(run)
        yield* engines.fail(gameId)
        const told = (...runs: ReadonlyArray<EngineRun>) =>
          Effect.gen(function* () {
            const { ends } = yield* Effect.provideService(EngineWatch.parts, EngineHost, {
              ...host,
              ends: Stream.fromIterable(runs)
            })
            yield* Stream.runDrain(ends ?? Stream.die("it doesn't listen"))
          })
        yield* told({ ...run, epoch: 0 }, { ...run, hostId: "elsewhere" })
        assert.deepStrictEqual(yield* runsOf(gameId), [])
        yield* told(run, run)
        assert.deepStrictEqual(
          (yield* runsOf(gameId)).map((it) => it.epoch),
          [2]
        )
        assert.deepStrictEqual(yield* snapshots(gameId), ["removed", "healthy"])
      })
    )

    it.effect("an engine that has crashed is noticed and brought up again; one that went with its host just is", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const host = yield* EngineHost
        const runtimes = yield* Runtimes
        const crashed = yield* started
        const gone = yield* started
        yield* pass
        yield* engines.fail(crashed.gameId)
        yield* engines.crash(gone.gameId)
        yield* pass
        assert.deepStrictEqual(yield* snapshots(crashed.gameId), ["healthy", "removed", "healthy"])
        assert.deepStrictEqual(yield* told(crashed.gameId), ["runtime.engine_unhealthy"])
        const found = (yield* host.list).find((it) => it.gameId === crashed.gameId)
        assert.isDefined(found)
        assert.strictEqual((yield* row(crashed.gameId)).current_container_id, found?.instanceId)
        assert.strictEqual((yield* crashed.game).runtime_status, "running")
        assert.isNull((yield* row(gone.gameId)).current_container_id)
        assert.deepStrictEqual(yield* told(gone.gameId), [])
        // It is there when it is needed.
        yield* runtimes.engine(gone.gameId)
        assert.isNotNull((yield* row(gone.gameId)).current_container_id)
      })
    )

    it.effect("an engine that nobody has noted is adopted; one that computes is left alone", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const runtimes = yield* Runtimes
        const sql = yield* SqlClient.SqlClient
        const { gameId } = yield* started
        yield* sql`UPDATE backend.runtime_records SET current_container_id = 'another' WHERE game_id = ${gameId}`
        yield* pass
        assert.strictEqual((yield* row(gameId)).current_container_id, (yield* engines.game(gameId)).running?.instanceId)
        assert.strictEqual((yield* engines.game(gameId)).starts, 1)
        yield* engines.script(gameId, {
          call: ({ path }) => Effect.succeed(path.endsWith("/turn") ? "drop" : undefined)
        })
        yield* runtimes.forceNextTurn(gameId)
        yield* runtimes.reconcile(gameId)
        assert.strictEqual((yield* row(gameId)).status, "generation_in_progress")
        yield* engines.script(gameId, silent)
        const before = yield* snapshots(gameId)
        yield* pass
        assert.deepStrictEqual(yield* snapshots(gameId), before)
      })
    )

    it.effect("of twenty games the one whose engine answers nonsense is the only one in trouble", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const runtimes = yield* Runtimes
        const games = yield* Effect.forEach(Array.from({ length: 20 }), () => started)
        const bad = games[7]?.gameId
        assert.isDefined(bad)
        const nonsense = [new Response("<html>"), json([1]), json({ turn: "x" }), new Response(null, { status: 204 })]
        let asked = 0
        yield* engines.script(bad, { call: () => Effect.succeed(nonsense[asked++ % nonsense.length]?.clone()) })
        yield* Effect.forEach(games, ({ gameId }) => runtimes.forceNextTurn(gameId))
        yield* Effect.forEach(games, ({ gameId }) => runtimes.reconcile(gameId), { concurrency: 8 })
        yield* pass
        for (const { gameId } of games) {
          const found = yield* row(gameId)
          assert.deepStrictEqual(
            [found.current_turn, found.health],
            gameId === bad ? [0, found.health] : [1, "healthy"],
            gameId
          )
        }
      })
    )
  })
})
