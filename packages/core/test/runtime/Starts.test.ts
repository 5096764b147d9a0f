import { Games } from "@galaxy/core/lobby/game/Games"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { advance, operations, row, runtimeOn, startingGame } from "./fixture.ts"
import { json, layer as scriptedEngines, refusal, ScriptedEngines } from "../engine/ScriptedEngines.ts"

// The clock goes on by itself: no attempt may come due while a busy machine makes the one before.
const settings = { firstBackoff: "2 minutes" } as const

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines, settings), { timeout: "240 seconds", excludeTestServices: true })(
    `starts on ${name}`,
    (it) => {
      it.effect("a start brings up the engine, makes the galaxy and lets the game run", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId, game } = yield* startingGame()
          assert.isTrue(yield* runtimes.reconcile(gameId))
          const started = yield* row(gameId)
          assert.strictEqual(started.status, "running")
          assert.deepStrictEqual([started.current_turn, started.attempts], [0, 0])
          assert.isNotNull(started.next_turn_at)
          const { state, running } = yield* engines.game(gameId)
          assert.strictEqual(started.current_container_id, running?.instanceId)
          assert.strictEqual(state?.init.seed, started.seed)
          assert.deepStrictEqual(
            state?.init.races.map((it) => it.name),
            ["Vega", "Lyra"]
          )
          const shown = yield* game
          assert.strictEqual(shown.status, "running")
          assert.deepStrictEqual(shown.next_turn_at, started.next_turn_at)
          const members = yield* (yield* SqlClient.SqlClient)`
            SELECT planets, initial_planets FROM backend.memberships WHERE game_id = ${gameId} ORDER BY joined_at`
          assert.deepStrictEqual(members, [
            { planets: 1, initial_planets: 1 },
            { planets: 2, initial_planets: 2 }
          ])
        })
      )

      it.effect("fifty who ask at once get one start", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId } = yield* startingGame()
          yield* Effect.all(
            Array.from({ length: 50 }, () => runtimes.reconcile(gameId)),
            { concurrency: "unbounded" }
          )
          const { calls, starts } = yield* engines.game(gameId)
          assert.strictEqual(starts, 1)
          assert.strictEqual(calls.filter((it) => it.path === "/api/v1/admin/init").length, 1)
          assert.strictEqual((yield* operations(gameId)).length, 1)
        })
      )

      it.effect("a start that failed is tried again, later each time, and then has failed for a reason", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId, game } = yield* startingGame()
          yield* engines.script(gameId, { start: (before) => ({ reason: `no room ${before}`, permanent: false }) })
          yield* runtimes.reconcile(gameId)
          const first = yield* row(gameId)
          assert.strictEqual(first.status, "starting")
          assert.strictEqual(first.failure_reason, "no room 0")
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* engines.game(gameId)).starts, 1, "not before its time")
          yield* advance("2 minutes")
          yield* runtimes.reconcile(gameId)
          yield* advance("2 minutes")
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* engines.game(gameId)).starts, 2, "the wait doubles")
          yield* advance("2 minutes")
          yield* runtimes.reconcile(gameId)
          const { starts, discards } = yield* engines.game(gameId)
          assert.deepStrictEqual(
            { starts, discards },
            { starts: 3, discards: 3 },
            "before each further one, and at the end"
          )
          const last = yield* row(gameId)
          assert.strictEqual(last.status, "start_failed")
          assert.isNull(last.next_attempt_at)
          const shown = yield* game
          assert.strictEqual(shown.status, "start_failed")
          // Why a process didn't start is for operators.
          assert.strictEqual(last.failure_reason, "no room 2")
          assert.strictEqual(shown.failure_reason, "the engine could not be started")
          assert.deepStrictEqual(
            (yield* operations(gameId)).map((it) => [it.status, it.error]),
            [0, 1, 2].map((it) => ["failed", `no room ${it}`])
          )
          yield* advance("1 hour")
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* engines.game(gameId)).starts, 3)
        })
      )

      it.effect("a start that finds no room waits for it, however long that takes", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId, game } = yield* startingGame()
          yield* engines.script(gameId, {
            start: (before) => (before < 6 ? { reason: "full", permanent: false, noRoom: true } : undefined)
          })
          for (let attempt = 0; attempt < 6; attempt++) {
            yield* runtimes.reconcile(gameId)
            assert.deepInclude(yield* row(gameId), {
              status: "starting",
              last_decision: "the start waits for room for its engine"
            })
            yield* advance("1 hour")
          }
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* game).status, "running")
        })
      )

      it.effect("an owner who was overtaken in the last attempt deletes nothing", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const store = yield* RuntimeStore
          const { gameId } = yield* startingGame()
          yield* engines.script(gameId, {
            call: ({ path }) =>
              Effect.gen(function* () {
                if (!path.endsWith("/init")) return undefined
                yield* store.write(yield* row(gameId), { failure_reason: "taken over" })
                return refusal(409, "conflict", "other players")
              }).pipe(Effect.provideService(RuntimeStore, store), Effect.orDie)
          })
          assert.isFalse(yield* runtimes.reconcile(gameId))
          assert.strictEqual((yield* engines.game(gameId)).discards, 0)
          assert.deepInclude(yield* row(gameId), { status: "starting", failure_reason: "taken over" })
        })
      )

      it.effect("what can't get better is not tried again", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId } = yield* startingGame()
          yield* engines.script(gameId, { start: () => ({ reason: "no such image", permanent: true }) })
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).failure_reason, "no such image")

          const refused = yield* startingGame()
          yield* engines.script(refused.gameId, {
            call: ({ path }) =>
              Effect.succeed(path.endsWith("/init") ? refusal(400, "invalid_request", "same name") : undefined)
          })
          yield* runtimes.reconcile(refused.gameId)
          assert.strictEqual((yield* refused.game).failure_reason, "same name")
          assert.isUndefined((yield* engines.game(refused.gameId)).running)
        })
      )

      it.effect("a game whose start failed starts afresh, with another seed and nothing of the old galaxy", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const games = yield* Games
          const { gameId, owner, game } = yield* startingGame()
          const { seed } = yield* row(gameId)
          // The galaxy is made, but nobody can make sense of the answer.
          yield* engines.script(gameId, { after: ({ path }) => (path.endsWith("/init") ? json({}) : undefined) })
          for (const _ of [1, 2, 3]) {
            yield* runtimes.reconcile(gameId)
            yield* advance("5 minutes")
          }
          assert.strictEqual((yield* row(gameId)).failure_reason, "the answer is not a valid game status")
          yield* engines.script(gameId, {})
          yield* games.retryStart(owner, gameId)
          yield* games.start(owner, gameId)
          yield* runtimes.reconcile(gameId)
          const again = yield* row(gameId)
          assert.strictEqual(again.status, "running")
          assert.notStrictEqual(again.seed, seed)
          assert.strictEqual((yield* engines.game(gameId)).state?.init.seed, again.seed)
          assert.isUndefined((yield* game).failure_reason)
        })
      )

      it.effect("an engine that is in trouble is tried again and costs nobody else anything", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const answers = [
            new Response("<html>", { status: 200 }),
            json([1, 2]),
            json({ game_id: "somebody-else" }),
            new Response(null, { status: 204 }),
            refusal(503, "service_unavailable", "starting up")
          ]
          for (const answer of answers) {
            const { gameId } = yield* startingGame()
            yield* engines.script(gameId, {
              call: ({ path, before }) =>
                Effect.succeed(path.endsWith("/init") && before === 0 ? answer.clone() : undefined)
            })
            yield* runtimes.reconcile(gameId)
            assert.strictEqual((yield* row(gameId)).status, "starting")
            yield* advance("5 minutes")
            yield* runtimes.reconcile(gameId)
            assert.strictEqual((yield* row(gameId)).status, "running")
          }
        })
      )

      it.effect("an engine with other players than the game's is not taken", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId } = yield* startingGame()
          yield* engines.script(gameId, {
            call: ({ path }) =>
              Effect.succeed(
                path.endsWith("/init")
                  ? json({ game_id: gameId, turn: 0, finished: false, winners: [], players: [] })
                  : undefined
              )
          })
          for (const _ of [1, 2, 3]) {
            yield* runtimes.reconcile(gameId)
            yield* advance("5 minutes")
          }
          assert.strictEqual((yield* row(gameId)).failure_reason, "the engine's galaxy has other players")
        })
      )

      it.effect("an engine that ends while it is waited for is started again", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId } = yield* startingGame()
          yield* engines.script(gameId, {
            call: ({ path, before }) =>
              Effect.succeed(
                path !== "/healthz"
                  ? undefined
                  : before < 2
                    ? refusal(503, "service_unavailable", "loading")
                    : before === 2
                      ? ("crash" as const)
                      : undefined
              )
          })
          yield* runtimes.reconcile(gameId)
          assert.match((yield* row(gameId)).failure_reason ?? "", /^the engine ended/)
          yield* advance("5 minutes")
          yield* runtimes.reconcile(gameId)
          assert.strictEqual((yield* row(gameId)).status, "running")
          assert.strictEqual((yield* engines.game(gameId)).starts, 2)
        })
      )

      it.effect("an engine that never gets ready is ended in time", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const { gameId } = yield* startingGame()
          const asked = Promise.withResolvers<void>()
          yield* engines.script(gameId, {
            call: ({ path }) =>
              path === "/healthz"
                ? Effect.andThen(
                    Effect.sync(() => asked.resolve()),
                    Effect.never
                  )
                : Effect.succeed(undefined)
          })
          const working = yield* Effect.forkChild(runtimes.reconcile(gameId))
          yield* Effect.promise(() => asked.promise)
          yield* advance("31 seconds")
          assert.isTrue(yield* Fiber.join(working))
          assert.match((yield* row(gameId)).failure_reason ?? "", /^the engine was not ready in time/)
          const { running, stops } = yield* engines.game(gameId)
          assert.deepStrictEqual({ running, stops }, { running: undefined, stops: 1 })
        })
      )

      it.effect("a game that was cancelled meanwhile is not started", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const sql = yield* SqlClient.SqlClient
          const { gameId, game } = yield* startingGame()
          yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE game_id = ${gameId}`
          assert.isTrue(yield* runtimes.reconcile(gameId))
          assert.strictEqual((yield* row(gameId)).status, "stopped")
          assert.strictEqual((yield* game).status, "cancelled")
          assert.isUndefined((yield* engines.game(gameId)).running)
        })
      )

      it.effect("an owner who was overtaken changes nothing", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const engines = yield* ScriptedEngines
          const store = yield* RuntimeStore
          const { gameId, game } = yield* startingGame()
          const stale = yield* row(gameId)
          const seen: Array<string> = []
          yield* engines.script(gameId, {
            call: ({ path, before }) =>
              Effect.gen(function* () {
                if (!path.endsWith("/init")) return undefined
                seen.push((yield* game).status)
                if (before > 0) return undefined
                const read = yield* row(gameId)
                yield* store.write(read, { failure_reason: "taken over" })
                return undefined
              }).pipe(Effect.provideService(RuntimeStore, store), Effect.orDie)
          })
          assert.isFalse(yield* runtimes.reconcile(gameId))
          assert.deepInclude(yield* row(gameId), { status: "starting", failure_reason: "taken over" })
          assert.isTrue(yield* runtimes.reconcile(gameId))
          // The first attempt's answer was thrown away as a whole; the second, on the new row, went through.
          assert.deepStrictEqual(seen, ["starting", "starting"])
          assert.strictEqual((yield* row(gameId)).status, "running")
          const error = yield* Effect.flip(store.write(stale, { status: "finished" }))
          assert.strictEqual(error._tag, "RuntimeStale")
          assert.strictEqual((yield* row(gameId)).status, "running")
        })
      )
    }
  )
})
