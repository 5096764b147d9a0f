import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { advance, operations, row, runtimeOn, startingGame, turnsTold } from "./fixture.ts"
import { json, refusal, layer as scriptedEngines, ScriptedEngines } from "../engine/ScriptedEngines.ts"

const settings = { firstBackoff: "2 minutes" } as const

/** A game at this turn. */
const playedTo = (turn: number) =>
  Effect.gen(function* () {
    const runtimes = yield* Runtimes
    const started = yield* startingGame()
    yield* runtimes.reconcile(started.gameId)
    for (let made = 0; made < turn; made++) {
      yield* runtimes.forceNextTurn(started.gameId)
      yield* runtimes.reconcile(started.gameId)
    }
    return started
  })

/** What the lobby does beside the order to start again. */
const startAgain = (gameId: GameId, engineVersion?: string) =>
  Effect.gen(function* () {
    const jobs = yield* RuntimeJobs
    const sql = yield* SqlClient.SqlClient
    yield* jobs.requestStartAgain(gameId, { engineVersion })
    yield* sql`UPDATE backend.games SET status = 'starting' WHERE game_id = ${gameId}`
  })

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines, settings), { timeout: "240 seconds", excludeTestServices: true })(
    `stopping and starting on ${name}`,
    (it) => {
      it.effect("a stopped game comes back at its turn, with its seed and its galaxy", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId, owner, game } = yield* playedTo(3)
          const before = yield* row(gameId)
          yield* jobs.requestStop(gameId, "maintenance")
          yield* jobs.requestStop(gameId, "again")
          assert.isTrue(yield* runtimes.reconcile(gameId))
          const stopped = yield* row(gameId)
          assert.deepInclude(stopped, { status: "stopped", engine_task: null, failure_reason: "maintenance" })
          assert.isNull(stopped.next_turn_at)
          assert.isUndefined((yield* engines.game(gameId)).running)
          yield* advance("3 days")
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).current_turn, 3)

          yield* startAgain(gameId)
          assert.isTrue(yield* runtimes.reconcile(gameId))
          const again = yield* row(gameId)
          assert.deepInclude(again, { status: "running", current_turn: 3, seed: before.seed, failure_reason: null })
          assert.deepStrictEqual(again.started_at, before.started_at)
          assert.isNotNull(again.next_turn_at)
          const engine = yield* engines.game(gameId)
          assert.strictEqual(engine.state?.turn, 3)
          assert.strictEqual(engine.calls.filter((it) => it.path.endsWith("/init")).length, 1)
          assert.strictEqual((yield* game).status, "running")
          yield* runtimes.forceNextTurn(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepStrictEqual(yield* turnsTold(owner), [1, 2, 3, 4])
          assert.deepStrictEqual(
            (yield* operations(gameId)).map((it) => it.op),
            ["start", "turn", "turn", "turn", "stop", "stop", "start", "turn"]
          )
        })
      )

      it.effect("a turn under way when the game is stopped is not committed, and is made again afterwards", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId, owner } = yield* playedTo(1)
          const asked = Promise.withResolvers<void>()
          yield* engines.script(gameId, {
            after: ({ path }) => {
              if (path.endsWith("/turn")) asked.resolve()
              return undefined
            },
            call: ({ path }) =>
              path.endsWith("/turn")
                ? Effect.as(jobs.requestStop(gameId, "now").pipe(Effect.orDie), undefined)
                : Effect.succeed(undefined)
          })
          yield* runtimes.forceNextTurn(gameId)
          assert.isFalse(yield* runtimes.reconcile(gameId))
          yield* Effect.promise(() => asked.promise)
          assert.deepInclude(yield* row(gameId), { status: "stopped", current_turn: 1 })
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* engines.game(gameId)).state?.turn, 2, "the engine has made it")
          yield* engines.script(gameId, {})
          yield* startAgain(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "running", current_turn: 2, generating_turn: null })
          assert.strictEqual((yield* engines.game(gameId)).made.get(2), 1)
          assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
        })
      )

      it.effect("it goes on with a newer version that is enabled, and with no older one", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const versions = yield* EngineVersions
          for (const version of ["0.0.9", "0.2.0", "0.3.0"]) yield* versions.register(version, `builtin:${version}`)
          yield* versions.disable("0.3.0")
          const { gameId, game } = yield* playedTo(1)
          assert.strictEqual((yield* Effect.flip(jobs.requestStartAgain(gameId)))._tag, "GameNotRunning")
          yield* jobs.requestStop(gameId, "upgrade")
          const older = yield* Effect.flip(jobs.requestStartAgain(gameId, { engineVersion: "0.0.9" }))
          assert.strictEqual(older._tag, "EngineVersionOlder")
          const disabled = yield* Effect.flip(jobs.requestStartAgain(gameId, { engineVersion: "0.3.0" }))
          assert.strictEqual(disabled._tag, "NoEngineVersion")
          // Before anybody has ended the old engine.
          yield* startAgain(gameId, "0.2.0")
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "running", engine_version: "0.2.0", current_turn: 1 })
          assert.deepStrictEqual((yield* engines.game(gameId)).images, ["builtin:0.1.0", "builtin:0.2.0"])
          assert.strictEqual((yield* game).engine_version, "0.2.0")
        })
      )

      it.effect("a game that can't be brought up again is stopped, with all of its state", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId, game } = yield* playedTo(2)
          yield* jobs.requestStop(gameId, "maintenance")
          yield* runtimes.reconcile(gameId)
          yield* engines.script(gameId, { start: () => ({ reason: "no such image", permanent: true }) })
          yield* startAgain(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), {
            status: "stopped",
            current_turn: 2,
            failure_reason: "no such image"
          })
          const engine = yield* engines.game(gameId)
          assert.deepStrictEqual([engine.discards, engine.state?.turn], [0, 2])
          assert.deepInclude(yield* game, { status: "paused", runtime_status: "stopped" })
          // A galaxy that has gone is not made again.
          yield* engines.script(gameId, { after: ({ path }) => (path.endsWith("/status") ? json({}, 404) : undefined) })
          yield* startAgain(gameId)
          for (const _ of [1, 2, 3]) {
            yield* runtimes.reconcile(gameId)
            yield* advance("10 minutes")
          }
          assert.strictEqual((yield* row(gameId)).status, "stopped")
          assert.strictEqual(engine.calls.filter((it) => it.path.endsWith("/init")).length, 1)
        })
      )

      it.effect("a newer version that doesn't get up is taken back, and the game goes on with the one before", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const versions = yield* EngineVersions
          yield* versions.register("0.4.0", "builtin:0.4.0")
          const forceStart = Effect.fnUntraced(function* (gameId: GameId) {
            yield* startAgain(gameId, "0.4.0")
            const sql = yield* SqlClient.SqlClient
            yield* sql`UPDATE backend.games SET engine_version = '0.4.0' WHERE game_id = ${gameId}`
          })
          const before = { engine_version: "0.1.0", image_ref: "builtin:0.1.0", previous_version: null }

          const { gameId, game } = yield* playedTo(1)
          yield* jobs.requestStop(gameId, "upgrade")
          yield* runtimes.reconcile(gameId)
          yield* engines.script(gameId, { start: () => ({ reason: "it can't read the state", permanent: true }) })
          yield* forceStart(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "stopped", previous_image: null, ...before })
          assert.deepInclude(yield* game, { status: "paused", engine_version: "0.1.0" })

          // Between two attempts.
          yield* engines.script(gameId, { start: () => ({ reason: "not yet", permanent: false }) })
          yield* forceStart(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "starting", attempts: 1, engine_version: "0.4.0" })
          assert.strictEqual(yield* jobs.requestStop(gameId, "it won't"), "0.1.0")
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "stopped", ...before })

          yield* engines.script(gameId, {})
          yield* startAgain(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "running", current_turn: 1, ...before })
          yield* jobs.requestStop(gameId, "upgrade")
          yield* forceStart(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), {
            status: "running",
            ...before,
            engine_version: "0.4.0",
            image_ref: "builtin:0.4.0"
          })
          assert.isUndefined(yield* jobs.requestStop(gameId, "now"))
          assert.strictEqual((yield* row(gameId)).engine_version, "0.4.0")
        })
      )

      it.effect("of a first start that is stopped nothing is left, so the next one makes its own galaxy", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId } = yield* startingGame()
          const players = yield* (yield* RuntimeStore).seats(gameId)
          // Stopped while its galaxy is being made.
          yield* engines.script(gameId, {
            call: ({ path, before }) =>
              path.endsWith("/init") && before === 0
                ? Effect.as(jobs.requestStop(gameId, "not yet").pipe(Effect.orDie), undefined)
                : Effect.succeed(undefined)
          })
          yield* runtimes.reconcile(gameId)
          assert.isDefined((yield* engines.game(gameId)).calls.find(({ path }) => path.endsWith("/init")))
          yield* jobs.requestStart({
            gameId,
            turnSchedule: "0 18 * * *",
            timeZone: "UTC",
            players,
            engineVersion: "0.1.0"
          })
          const { seed } = yield* row(gameId)
          yield* runtimes.reconcile(gameId)
          const engine = yield* engines.game(gameId)
          assert.deepStrictEqual([engine.discards, engine.state?.init.seed], [2, seed])
        })
      )

      it.effect("a stopped game is never armed anew; one that was stopped before its first turn starts as it was", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const jobs = yield* RuntimeJobs
          const { gameId } = yield* playedTo(1)
          yield* jobs.requestStop(gameId, "now")
          const exit = yield* Effect.exit(
            jobs.requestStart({ gameId, turnSchedule: "0 18 * * *", timeZone: "UTC", players: [] })
          )
          assert.strictEqual(exit._tag, "Failure")
          assert.strictEqual((yield* row(gameId)).current_turn, 1)

          const early = yield* startingGame()
          const { seed } = yield* row(early.gameId)
          yield* jobs.requestStop(early.gameId, "not yet")
          yield* runtimes.reconcile(early.gameId)
          yield* startAgain(early.gameId)
          yield* runtimes.reconcile(early.gameId)
          assert.deepInclude(yield* row(early.gameId), { status: "running", current_turn: 0, seed })
        })
      )

      it.effect("a paused game makes no turns and keeps its engine; resumed, it waits for its schedule", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId } = yield* playedTo(1)
          const { running } = yield* engines.game(gameId)
          yield* jobs.requestPause(gameId)
          yield* jobs.requestPause(gameId)
          yield* advance("5 days")
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { paused: true, status: "running", current_turn: 1 })
          assert.strictEqual((yield* engines.game(gameId)).running, running)
          assert.strictEqual((yield* Effect.flip(runtimes.forceNextTurn(gameId)))._tag, "GameNotRunning")
          assert.isFalse(yield* jobs.requestEarlyTurn(gameId, 1))
          const due = yield* jobs.requestResume(gameId)
          assert.deepStrictEqual((yield* row(gameId)).next_turn_at, due)
          assert.deepStrictEqual(yield* jobs.requestResume(gameId), due)
          yield* advance("1 day")
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).current_turn, 2)
          yield* jobs.requestStop(gameId, "now")
          assert.strictEqual((yield* Effect.flip(jobs.requestResume(gameId)))._tag, "GameNotRunning")
        })
      )

      it.effect("a turn under way when the game is paused is finished, and no other follows", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId } = yield* playedTo(0)
          yield* engines.script(gameId, {
            call: ({ path, before }) =>
              path.endsWith("/turn") && before === 0
                ? Effect.as(jobs.requestPause(gameId).pipe(Effect.orDie), undefined)
                : Effect.succeed(undefined)
          })
          yield* runtimes.forceNextTurn(gameId)
          yield* runtimes.reconcile(gameId)
          yield* runtimes.reconcile(gameId)
          const paused = yield* row(gameId)
          assert.deepInclude(paused, { status: "running", paused: true, current_turn: 1 })
          assert.isNull(paused.next_turn_at)
          assert.strictEqual((yield* engines.game(gameId)).made.get(1), 1)
        })
      )

      it.effect("a cancelled game makes no more turns and its engine is ended", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId } = yield* playedTo(1)
          yield* jobs.requestCancel(gameId)
          yield* jobs.requestCancel(gameId)
          yield* advance("5 days")
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "stopped", current_turn: 1 })
          const { running, stops } = yield* engines.game(gameId)
          assert.deepStrictEqual([running, stops], [undefined, 1])
        })
      )

      it.effect("a banished race leaves before the next turn, whatever the engine does to hinder it", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const { gameId, guest, owner } = yield* playedTo(1)
          yield* engines.script(gameId, {
            call: ({ path, before }) => Effect.succeed(path.endsWith("/banish") && before === 0 ? "drop" : undefined)
          })
          yield* jobs.requestComputer(gameId, guest)
          yield* jobs.requestBanish(gameId, guest)
          yield* jobs.requestBanish(gameId, guest)
          yield* jobs.requestComputer(gameId, guest)
          yield* runtimes.reconcile(gameId)
          assert.deepStrictEqual((yield* engines.game(gameId)).orders, [])
          yield* advance("3 minutes")
          yield* runtimes.reconcile(gameId)
          assert.deepStrictEqual((yield* engines.game(gameId)).orders, ["banish Lyra"])
          assert.isNull((yield* row(gameId)).seat_order_at)
          yield* jobs.requestComputer(gameId, owner)
          yield* runtimes.forceNextTurn(gameId)
          yield* runtimes.reconcile(gameId)
          const { orders, calls } = yield* engines.game(gameId)
          assert.deepStrictEqual(orders, ["banish Lyra", "computer Vega"])
          assert.isTrue(calls.at(-1)?.path.endsWith("/turn"))
        })
      )

      it.effect("a race that the engine can't play leaves the game, and is nobody's computer player", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* RuntimeJobs
          const store = yield* RuntimeStore
          for (const { answer, orders } of [
            { answer: refusal(404, "not_found", "no computer players"), orders: ["banish Lyra"] },
            { answer: refusal(400, "invalid_request", "no computer players"), orders: ["banish Lyra"] },
            { answer: refusal(409, "conflict", "the race is out"), orders: [] }
          ]) {
            const { gameId, guest } = yield* playedTo(1)
            yield* engines.script(gameId, {
              call: ({ path }) => Effect.succeed(path.endsWith("/computer") ? answer.clone() : undefined)
            })
            yield* jobs.requestComputer(gameId, guest)
            yield* runtimes.reconcile(gameId)
            assert.deepStrictEqual((yield* engines.game(gameId)).orders, orders)
            assert.isNull((yield* row(gameId)).seat_order_at)
            assert.isFalse(Option.getOrThrow(yield* store.seat(gameId, guest)).computer)
          }
        })
      )

      it.effect("orders are part of the caller's transaction", () =>
        Effect.gen(function* () {
          const jobs = yield* RuntimeJobs
          const sql = yield* SqlClient.SqlClient
          const { gameId, guest } = yield* playedTo(1)
          const before = yield* row(gameId)
          const all = Effect.gen(function* () {
            yield* jobs.requestBanish(gameId, guest)
            yield* jobs.requestPause(gameId)
            yield* jobs.requestStop(gameId, "no")
            return yield* Effect.fail("the caller changed their mind")
          })
          yield* Effect.exit(sql.withTransaction(all))
          assert.deepStrictEqual(yield* row(gameId), before)
        })
      )
    }
  )
})
