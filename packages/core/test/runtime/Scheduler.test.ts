import { EngineHost, localHost } from "@galaxy/core/engine/EngineHost"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import { layer as runtimes, Runtimes } from "@galaxy/core/runtime/Runtimes"
import { GameId } from "@galaxy/contract/ids/Ids"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { newId } from "@galaxy/core/shared/NewId"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import * as RuntimeScheduler from "@galaxy/core/runtime/RuntimeScheduler"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import {
  advance,
  atWorkOn,
  image,
  operations,
  row,
  runtimeOn,
  startingGame,
  turnsTold,
  until,
  untilRunning,
  untilTurn,
  version
} from "./fixture.ts"
import { layer as scriptedEngines, type Scripted, ScriptedEngines } from "../engine/ScriptedEngines.ts"

const eventually = <A, E, R>(look: Effect.Effect<A, E, R>, wanted: (it: A) => boolean, what: string) =>
  Effect.gen(function* () {
    const deadline = performance.now() + 10_000
    for (;;) {
      const seen = yield* look
      if (wanted(seen)) return seen
      if (performance.now() > deadline) return yield* Effect.die(new Error(`not ${what}`))
      yield* Effect.promise(() => new Promise((done) => setTimeout(done, 10)))
    }
  })

eachDatabase((name, database) => {
  layer(atWorkOn(database, scriptedEngines, { concurrency: 2, pollInterval: "1 hour" }), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`scheduled work on ${name}`, (it) => {
    it.effect("starts at the signal of whoever orders it, and turns by the clock", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const { gameId, owner } = yield* startingGame()
        yield* untilRunning(gameId)
        yield* advance("1 day")
        yield* untilTurn(gameId, 1)
        yield* advance("3 days")
        yield* untilTurn(gameId, 2)
        assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
        assert.deepStrictEqual(Object.fromEntries((yield* engines.game(gameId)).made), { 1: 1, 2: 1 })
      })
    )

    it.effect("a clock that was ahead for a while holds up no turn", () =>
      Effect.gen(function* () {
        const { gameId } = yield* startingGame({ turn_schedule: "0 * * * *" })
        yield* untilRunning(gameId)
        yield* advance("3 days")
        yield* untilTurn(gameId, 1)
        yield* advance(Duration.days(-3))
        // What the poll finds anyhow, an hour later.
        const signal = yield* DatabaseSignal
        yield* signal.send("galaxy_runtime")
        const within = DateTime.addDuration(yield* DateTime.now, "1 hour")
        yield* until(
          gameId,
          ({ next_turn_at: at }) => at !== null && DateTime.isLessThanOrEqualTo(at, within),
          "due within the hour"
        )
        yield* advance("1 hour")
        yield* untilTurn(gameId, 2)
      })
    )

    it.effect("a forced turn comes without the clock", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const { gameId } = yield* startingGame()
        yield* untilRunning(gameId)
        yield* runtimes.forceNextTurn(gameId)
        yield* untilTurn(gameId, 1)
      })
    )

    it.effect("a turn that failed is tried again when its time comes", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const { gameId } = yield* startingGame()
        yield* untilRunning(gameId)
        yield* engines.script(gameId, {
          call: ({ path, before }) =>
            Effect.succeed(path.endsWith("/turn") && before < 2 ? ("crash" as const) : undefined)
        })
        yield* advance("1 day")
        yield* untilTurn(gameId, 1)
      })
    )

    it.effect("games whose engines hang don't hold up the others", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const hanging = yield* Effect.forEach([1, 2, 3], () => startingGame())
        yield* Effect.forEach(hanging, ({ gameId }) => untilRunning(gameId))
        // Each fails once, and hangs whenever it is tried again.
        for (const { gameId } of hanging) {
          yield* engines.script(gameId, {
            call: ({ path, before }) =>
              !path.endsWith("/turn")
                ? Effect.succeed(undefined)
                : before === 0
                  ? Effect.succeed("drop" as const)
                  : Effect.never
          })
        }
        yield* advance("1 day")
        yield* Effect.forEach(hanging, ({ gameId }) => until(gameId, (it) => it.attempts > 0, "tried"))
        const { gameId } = yield* startingGame()
        yield* untilRunning(gameId)
        yield* Effect.forEach(hanging, ({ gameId }) => engines.script(gameId, {}))
        // What hangs is given up in time.
        yield* advance("3 minutes")
        yield* Effect.forEach(hanging, ({ gameId }) => untilTurn(gameId, 1))
      })
    )

    it.effect("fifty games' turns at once are each made once", () =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const games = yield* Effect.forEach(Array.from({ length: 50 }), () => startingGame())
        yield* Effect.forEach(games, ({ gameId }) => untilRunning(gameId))
        yield* advance("1 day")
        for (const { gameId, owner } of games) {
          yield* untilTurn(gameId, 1)
          assert.deepStrictEqual(Object.fromEntries((yield* engines.game(gameId)).made), { 1: 1 })
          assert.deepStrictEqual(yield* turnsTold(owner), [1])
        }
      })
    )
  })

  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `a scheduler that begins on ${name}`,
    (it) => {
      const atWork = Effect.flatMap(Effect.context<Layer.Services<typeof RuntimeScheduler.layer>>(), (context) =>
        Layer.build(RuntimeScheduler.layer.pipe(Layer.provide(Layer.succeedContext(context))))
      )

      it.effect("finds what was left, brings up engines of games in play, and ends those of no game", () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const host = yield* EngineHost
          const runtimes = yield* Runtimes
          const sql = yield* SqlClient.SqlClient
          // One game was being started, one was between two turns, one has ended, and one engine is of no game at all.
          const waiting = yield* startingGame()
          const playing = yield* startingGame()
          const ended = yield* startingGame()
          yield* runtimes.reconcile(playing.gameId)
          yield* runtimes.reconcile(ended.gameId)
          yield* engines.crash(playing.gameId)
          yield* sql`UPDATE backend.runtime_records SET status = 'finished' WHERE game_id = ${ended.gameId}`
          const stray = GameId.make(yield* newId)
          const run = { gameId: stray, hostId: localHost, epoch: 1, token: Redacted.make("a token") }
          yield* host.start({ ...run, imageRef: image, version, players: 2, fresh: false })

          yield* atWork
          yield* untilRunning(waiting.gameId)
          const runs = (gameId: GameId) => Effect.map(engines.game(gameId), (it) => it.running !== undefined)
          yield* eventually(runs(playing.gameId), (it) => it, "brought up")
          yield* eventually(runs(ended.gameId), (it) => !it, "ended")
          yield* eventually(runs(stray), (it) => !it, "ended")
          assert.isTrue(yield* runs(waiting.gameId))
          // The row names the engine that runs now.
          const { running } = yield* engines.game(playing.gameId)
          yield* eventually(row(playing.gameId), (it) => it.current_container_id === running?.instanceId, "noted")
        }).pipe(Effect.scoped)
      )

      it.effect("that ends in the middle of work is gone at once, and the work is there for the next one", () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const runtimes = yield* Runtimes
          const { gameId } = yield* startingGame()
          yield* runtimes.reconcile(gameId)
          const asked = Promise.withResolvers<void>()
          yield* engines.script(gameId, {
            call: ({ path }) =>
              path.endsWith("/turn")
                ? Effect.andThen(
                    Effect.sync(() => asked.resolve()),
                    Effect.never
                  )
                : Effect.succeed(undefined)
          })
          yield* advance("1 day")
          yield* Effect.scoped(
            Effect.gen(function* () {
              yield* atWork
              yield* Effect.promise(() => asked.promise)
            })
          ).pipe(Effect.timeout("10 seconds"))
          assert.strictEqual((yield* row(gameId)).status, "generation_in_progress")
        })
      )
    }
  )

  layer(runtimeOn(database, scriptedEngines, { concurrency: 4, firstBackoff: "10 seconds" }), {
    timeout: "60 seconds",
    excludeTestServices: true
  })(`a scheduler after a restart on ${name}`, (it) => {
    /** The scheduler and the owners of games, who end with the scope in the middle of what they do. */
    const scheduler = Effect.gen(function* () {
      const context = yield* Effect.context<
        | Layer.Services<typeof RuntimeScheduler.layer>
        | Exclude<Layer.Services<typeof runtimes>, Layer.Success<typeof RuntimeCluster.layerSingle>>
      >()
      const owners = Layer.fresh(runtimes).pipe(
        Layer.provide(Layer.fresh(RuntimeCluster.layerSingle)),
        Layer.provide(Layer.succeedContext(context))
      )
      return yield* Effect.provide(RuntimeScheduler.make, yield* Layer.build(owners))
    })

    /** Four games whose turns are due, and those whose engines have been asked for theirs. */
    const fourGames = (answer: (before: number) => Effect.Effect<Scripted>) =>
      Effect.gen(function* () {
        const engines = yield* ScriptedEngines
        const runtimes = yield* Runtimes
        const games = yield* Effect.forEach([1, 2, 3, 4], () => startingGame())
        const asked: Array<GameId> = []
        for (const { gameId } of games) {
          yield* runtimes.reconcile(gameId)
          yield* engines.script(gameId, {
            call: ({ path, before }) =>
              path.endsWith("/turn")
                ? Effect.suspend(() => {
                    asked.push(gameId)
                    return answer(before)
                  })
                : Effect.succeed(undefined)
          })
        }
        yield* advance("1 day")
        const rows = Effect.forEach(games, ({ gameId }) => row(gameId))
        return { games, asked, rows, ids: games.map((it) => it.gameId) }
      })

    const sorted = (ids: ReadonlyArray<GameId>) => ids.toSorted()

    it.effect("does again what was cut off, in all places and at once", () =>
      Effect.gen(function* () {
        let answer: Effect.Effect<Scripted> = Effect.never
        const { asked, ids, rows } = yield* fourGames(() => answer)
        const look = Effect.flatMap(scheduler, (it) => it.look)
        yield* Effect.scoped(
          Effect.andThen(
            look,
            eventually(
              Effect.sync(() => asked.length),
              (it) => it === 4,
              "asked"
            )
          )
        )
        for (const it of yield* rows) {
          assert.deepStrictEqual([it.status, it.attempts, it.attempt_open], ["generation_in_progress", 1, true])
        }
        asked.length = 0
        answer = Effect.succeed(undefined)
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { look } = yield* scheduler
            yield* look
            yield* eventually(rows, (all) => all.every((it) => it.current_turn === 1), "made")
          })
        )
        assert.deepStrictEqual(sorted(asked), sorted(ids))
        for (const gameId of ids) {
          assert.deepStrictEqual(
            (yield* operations(gameId)).map((it) => [it.op, it.status, it.error]),
            [
              ["start", "succeeded", null],
              ["turn", "failed", "cut off"],
              ["turn", "succeeded", null]
            ]
          )
        }
      })
    )

    it.effect("leaves what has failed to its backoff, and half of the places", () =>
      Effect.gen(function* () {
        const store = yield* RuntimeStore
        const { asked, ids, rows } = yield* fourGames((before) =>
          before === 0 ? Effect.succeed("drop") : Effect.never
        )
        const failed = eventually(rows, (all) => all.every((it) => it.attempts === 1 && !it.attempt_open), "failed")
        yield* Effect.scoped(
          Effect.andThen(
            Effect.flatMap(scheduler, (it) => it.look),
            failed
          )
        )
        const now = yield* DateTime.now
        const due = (yield* store.due(100, Duration.minutes(5))).filter((it) => ids.includes(it.gameId))
        assert.deepStrictEqual(
          due.map((it) => [it.retry, DateTime.isGreaterThan(it.at, now)]),
          ids.map(() => [true, true])
        )
        yield* advance("11 seconds")
        asked.length = 0
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { look } = yield* scheduler
            yield* look
            yield* eventually(
              Effect.sync(() => asked.length),
              (it) => it > 0,
              "asked"
            )
            yield* look
            const begun = (yield* rows).filter((it) => it.attempt_open || asked.includes(it.game_id))
            assert.isAtMost(begun.length, 2)
          })
        )
      })
    )
  })
})
