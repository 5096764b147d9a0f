import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import { isRefused, refused } from "@galaxy/core/runtime/decisions"
import * as EngineJobs from "@galaxy/core/runtime/EngineJobs"
import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { advance, operations, row, runtimeOn, startingGame } from "./fixture.ts"
import { layer as scriptedEngines, ScriptedEngines } from "../engine/ScriptedEngines.ts"

const settings = { firstBackoff: "2 minutes" } as const

const patchable = Effect.gen(function* () {
  const versions = yield* EngineVersions
  for (const version of ["0.1.1", "0.1.2"]) yield* versions.register(version, `builtin:${version}`)
  const game = yield* startingGame()
  yield* (yield* Runtimes).reconcile(game.gameId)
  return game
})

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines, settings), { timeout: "240 seconds", excludeTestServices: true })(
    `patches on ${name}`,
    (it) => {
      it.effect("a crash at any point leaves one that is done, or done by the next owner, or taken back", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const store = yield* RuntimeStore
          const jobs = yield* EngineJobs.EngineJobs
          // Before the order is committed.
          const never = yield* patchable
          const sql = yield* SqlClient.SqlClient
          yield* Effect.exit(
            sql.withTransaction(Effect.andThen(jobs.patch(never.gameId, "0.1.1"), Effect.fail("the backend has ended")))
          )
          assert.deepInclude(yield* row(never.gameId), { engine_version: "0.1.0", engine_task: null })

          // Before the first step, after the old engine was ended, and before the outcome is stored.
          for (const crash of ["before", "ended", "started"] as const) {
            const { gameId, game } = yield* patchable
            yield* jobs.patch(gameId, "0.1.1")
            if (crash === "ended") yield* engines.crash(gameId)
            if (crash === "started") {
              // Another owner writes the row while the new engine gets up, so this one can store nothing.
              yield* engines.script(gameId, {
                call: ({ path, before }) =>
                  Effect.gen(function* () {
                    if (path !== "/healthz" || before > 1) return undefined
                    const read = Option.getOrThrow(yield* store.find(gameId))
                    yield* Effect.orDie(store.write(read, { failure_reason: "taken over" }))
                    return undefined
                  }).pipe(Effect.orDie)
              })
              assert.isFalse(yield* runtimes.reconcile(gameId))
              yield* engines.script(gameId, {})
            }
            yield* runtimes.reconcile(gameId)
            const patched = yield* row(gameId)
            assert.deepInclude(patched, { engine_version: "0.1.1", engine_task: null, previous_version: null }, crash)
            assert.strictEqual((yield* engines.game(gameId)).images.at(-1), "builtin:0.1.1")
            assert.strictEqual((yield* engines.game(gameId)).running?.instanceId, patched.current_container_id)
            assert.strictEqual((yield* game).engine_version, "0.1.1")
            yield* runtimes.forceNextTurn(gameId)
            yield* runtimes.reconcile(gameId)
            assert.strictEqual((yield* row(gameId)).current_turn, 1)
          }
        }).pipe(Effect.provide(EngineJobs.layer))
      )

      it.effect("one that hasn't got up when a turn is due is taken back, and the turn is made", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* EngineJobs.EngineJobs
          const sql = yield* SqlClient.SqlClient
          const { gameId, game } = yield* patchable
          yield* engines.script(gameId, {
            start: () => (broken ? { reason: "it ends at once", permanent: false } : undefined)
          })
          let broken = true
          yield* jobs.patch(gameId, "0.1.1")
          yield* runtimes.reconcile(gameId)
          broken = false
          assert.deepInclude(yield* row(gameId), { engine_task: "patch", attempts: 1 })
          yield* runtimes.forceNextTurn(gameId)
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), {
            status: "running",
            current_turn: 1,
            engine_version: "0.1.0",
            engine_task: null,
            previous_version: null,
            previous_image: null
          })
          assert.strictEqual((yield* engines.game(gameId)).images.at(-1), "builtin:0.1.0")
          assert.strictEqual((yield* game).engine_version, "0.1.0")
          const told = yield* sql`
            SELECT 1 FROM backend.notifications WHERE kind = 'runtime.start_failed' AND payload->>'game_id' = ${gameId}`
          assert.strictEqual(told.length, 1)
        }).pipe(Effect.provide(EngineJobs.layer))
      )

      it.effect("one that is taken back with the game's stop isn't what it goes on with", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const { gameId } = yield* patchable
          const lobby = yield* RuntimeJobs
          yield* (yield* EngineJobs.EngineJobs).patch(gameId, "0.1.1")
          yield* lobby.requestStop(gameId, "now")
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { status: "stopped", engine_version: "0.1.0", previous_version: null })
        }).pipe(Effect.provide(EngineJobs.layer))
      )

      it.effect("one that doesn't get up after a refused turn leaves that turn's reason", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const sql = yield* SqlClient.SqlClient
          const jobs = yield* EngineJobs.EngineJobs
          const { gameId } = yield* patchable
          yield* sql`UPDATE backend.runtime_records SET status = 'generation_failed', failure_reason = 'not on this state',
            last_decision = ${refused("turn", "is not tried again")} WHERE game_id = ${gameId}`
          assert.isTrue(isRefused(yield* row(gameId)))
          for (const permanent of [false, true]) {
            yield* engines.script(gameId, { start: () => ({ reason: "no such image", permanent }) })
            yield* jobs.patch(gameId, "0.1.1")
            yield* runtimes.reconcile(gameId)
            const failed = yield* row(gameId)
            assert.deepInclude(failed, { status: "generation_failed", failure_reason: "not on this state" })
            assert.isTrue(isRefused(failed))
            assert.deepInclude((yield* operations(gameId)).at(-1), { status: "failed", error: "no such image" })
            yield* advance("10 minutes")
          }
        }).pipe(Effect.provide(EngineJobs.layer))
      )

      it.effect("one that doesn't get up is tried a few times and taken back, whatever was patched meanwhile", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const jobs = yield* EngineJobs.EngineJobs
          const { gameId, game } = yield* patchable
          yield* engines.script(gameId, {
            start: (before) => (before < 5 ? { reason: `no room ${before}`, permanent: false } : undefined)
          })
          yield* jobs.patch(gameId, "0.1.1")
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { engine_task: "patch", attempts: 1, failure_reason: "no room 1" })
          yield* jobs.patch(gameId, "0.1.2")
          for (const _ of [1, 2, 3]) {
            yield* runtimes.reconcile(gameId)
            yield* advance("10 minutes")
          }
          yield* runtimes.reconcile(gameId)
          assert.deepInclude(yield* row(gameId), { engine_version: "0.1.0", engine_task: null, status: "running" })
          assert.strictEqual((yield* engines.game(gameId)).images.at(-1), "builtin:0.1.0")
          assert.strictEqual((yield* game).engine_version, "0.1.0")
          assert.deepStrictEqual(
            (yield* operations(gameId)).map((it) => [it.op, it.status]),
            [
              ["start", "succeeded"],
              ["patch", "failed"],
              ["patch", "failed"],
              ["patch", "failed"],
              ["patch", "failed"],
              ["restart", "succeeded"]
            ]
          )
        }).pipe(Effect.provide(EngineJobs.layer))
      )
    }
  )
})
