import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import * as TurnJob from "@galaxy/core/runtime/TurnJob"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import * as EngineReady from "@galaxy/core/engine/EngineReady"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { advance, operations, row, runtimeOn, startingGame, turnsTold } from "./fixture.ts"
import { json, layer as scriptedEngines, refusal, type Scripted, ScriptedEngines } from "../engine/ScriptedEngines.ts"

/** A game that runs; `made` says how often each turn was really made. */
const runningGame = Effect.gen(function* () {
  const runtimes = yield* Runtimes
  const engines = yield* ScriptedEngines
  const game = yield* startingGame()
  yield* runtimes.reconcile(game.gameId)
  assert.strictEqual((yield* row(game.gameId)).status, "running")
  return {
    ...game,
    engines,
    reconcile: runtimes.reconcile(game.gameId),
    row: row(game.gameId),
    made: Effect.map(engines.game(game.gameId), (it) => Object.fromEntries(it.made))
  }
})

/** What the engine does at the first turn it is told to make. */
const atFirstTurn = (scripted: Scripted) => ({
  call: ({ path, before }: { readonly path: string; readonly before: number }) =>
    Effect.succeed(path.endsWith("/turn") && before === 0 ? scripted : undefined)
})

const hoursTo = (at: DateTime.Utc | null, from: DateTime.Utc) =>
  at === null ? Number.NaN : Duration.toHours(DateTime.distance(from, at))

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines, { firstBackoff: "10 seconds", turnAttempts: 1_000 }), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`turns on ${name}`, (it) => {
    it.effect("a turn comes when it is due, not before, and players are told once", () =>
      Effect.gen(function* () {
        const { reconcile, row, made, owner, guest, game } = yield* runningGame
        yield* reconcile
        assert.deepStrictEqual(yield* made, {})
        yield* advance("1 day")
        yield* reconcile
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
        const after = yield* row
        assert.strictEqual(after.status, "running")
        assert.strictEqual(after.current_turn, 1)
        assert.isNull(after.generating_turn)
        assert.isTrue(hoursTo(after.next_turn_at, yield* DateTime.now) > 0)
        assert.deepStrictEqual(yield* turnsTold(owner), [1])
        assert.deepStrictEqual(yield* turnsTold(guest), [1])
        const shown = yield* game
        assert.strictEqual(shown.current_turn, 1)
        assert.strictEqual(shown.runtime_status, "running")
        assert.deepStrictEqual(shown.next_turn_at, after.next_turn_at ?? undefined)
      })
    )

    it.effect("turns that were missed collapse into one", () =>
      Effect.gen(function* () {
        const { reconcile, row, made } = yield* runningGame
        yield* advance("10 days")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
        assert.isTrue(hoursTo((yield* row).next_turn_at, yield* DateTime.now) <= 24)
      })
    )

    it.effect("a forced turn comes at once, and the next one in the schedule does not", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const { gameId, reconcile, row, made, owner } = yield* runningGame
        const before = (yield* row).next_turn_at
        assert.strictEqual((yield* runtimes.forceNextTurn(gameId)).game_id, gameId)
        yield* runtimes.forceNextTurn(gameId)
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
        const after = yield* row
        assert.isFalse(after.force_next_turn)
        assert.strictEqual(hoursTo(after.next_turn_at, before ?? (yield* DateTime.now)), 24)
        // What would have been the next turn passes.
        yield* advance(DateTime.distance(yield* DateTime.now, before ?? (yield* DateTime.now)))
        yield* advance("1 minute")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
        yield* advance("1 day")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1, 2: 1 })
        assert.deepStrictEqual(yield* turnsTold(owner), [1, 2])
      })
    )

    it.effect("the deadline of a clock that was ahead is put right when the clock is", () =>
      Effect.gen(function* () {
        const store = yield* RuntimeStore
        const { gameId, reconcile, row, made, game } = yield* runningGame
        const looks = Effect.map(store.due(1_000, Duration.minutes(5)), (all) =>
          all.filter((it) => it.gameId === gameId).map((it) => it.at.epochMilliseconds)
        )
        yield* advance("3 days")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
        yield* advance(Duration.days(-3))
        assert.include(yield* looks, 0)
        yield* reconcile
        const right = yield* row
        assert.isTrue(hoursTo(right.next_turn_at, yield* DateTime.now) <= 24)
        assert.deepStrictEqual((yield* game).next_turn_at, right.next_turn_at ?? undefined)
        assert.deepStrictEqual(yield* made, { 1: 1 })
        // It is looked at once: from now on nothing of the game is due until its time.
        assert.deepStrictEqual(yield* looks, [right.next_turn_at?.epochMilliseconds ?? 0])
        yield* advance("1 day")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1, 2: 1 })
        assert.isTrue(hoursTo((yield* row).next_turn_at, yield* DateTime.now) <= 24)
      })
    )

    it.effect("a deadline that stands is looked at once when a clock that was ahead is right", () =>
      Effect.gen(function* () {
        const store = yield* RuntimeStore
        const runtimes = yield* Runtimes
        const { gameId } = yield* startingGame({ turn_schedule: "0 18 1 1 *" })
        const looks = Effect.map(store.due(1_000, Duration.minutes(5)), (all) =>
          all.filter((it) => it.gameId === gameId).map((it) => it.at.epochMilliseconds)
        )
        yield* advance("1 hour")
        yield* runtimes.reconcile(gameId)
        const { next_turn_at: at } = yield* row(gameId)
        yield* advance(Duration.hours(-1))
        assert.include(yield* looks, 0)
        yield* runtimes.reconcile(gameId)
        assert.deepStrictEqual((yield* row(gameId)).next_turn_at, at)
        assert.deepStrictEqual(yield* looks, [at?.epochMilliseconds ?? 0])
      })
    )

    it.effect("a clock that is behind for a while brings no turn before its time", () =>
      Effect.gen(function* () {
        const { reconcile, row, made } = yield* runningGame
        const before = yield* row
        yield* advance(Duration.days(-3))
        yield* reconcile
        const behind = yield* row
        assert.isTrue(hoursTo(behind.next_turn_at, yield* DateTime.now) <= 24)
        yield* advance("3 days")
        yield* reconcile
        assert.deepStrictEqual((yield* row).next_turn_at, before.next_turn_at)
        assert.isNull((yield* row).next_turn_was)
        assert.deepStrictEqual(yield* made, {})
        yield* advance("1 day")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
      })
    )

    it.effect("a forced turn's skip is kept over a clock that was ahead", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const { gameId, reconcile, row } = yield* runningGame
        yield* advance("3 days")
        yield* runtimes.forceNextTurn(gameId)
        yield* reconcile
        yield* runtimes.forceNextTurn(gameId)
        yield* reconcile
        assert.deepStrictEqual([(yield* row).next_turn_why, (yield* row).next_turn_skips], ["forced", 1])
        yield* advance(Duration.days(-3))
        yield* reconcile
        const hours = hoursTo((yield* row).next_turn_at, yield* DateTime.now)
        assert.isTrue(hours > 24 && hours <= 48)
      })
    )

    it.effect("an attempt whose wait was begun by a clock that was ahead is made at once", () =>
      Effect.gen(function* () {
        const store = yield* RuntimeStore
        const { engines, gameId, reconcile, row, made } = yield* runningGame
        yield* engines.script(gameId, atFirstTurn("drop"))
        yield* advance("3 days")
        yield* reconcile
        assert.deepStrictEqual([(yield* row).status, (yield* row).attempts], ["generation_in_progress", 1])
        yield* advance(Duration.days(-3))
        const due = yield* store.due(1_000, Duration.minutes(5))
        assert.isTrue(due.some((it) => it.gameId === gameId && it.at.epochMilliseconds === 0))
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
        assert.isTrue(hoursTo((yield* row).next_turn_at, yield* DateTime.now) <= 24)
      })
    )

    it.effect("the turn that is expected isn't made twice, whenever it is asked for", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const { engines, gameId, reconcile, row, made } = yield* runningGame
        const expected = runtimes.forceNextTurn(gameId, 0)
        const whileMade: Array<string> = []
        yield* engines.script(gameId, {
          call: ({ path }) =>
            path.endsWith("/turn")
              ? Effect.orDie(expected).pipe(
                  Effect.tap((it) => Effect.sync(() => whileMade.push(it.status))),
                  Effect.as(undefined)
                )
              : Effect.succeed(undefined)
        })
        yield* Effect.all([expected, expected, expected], { concurrency: "unbounded" })
        yield* reconcile
        assert.deepStrictEqual(whileMade, ["generation_in_progress"])
        assert.isFalse((yield* row).force_next_turn)
        assert.strictEqual((yield* Effect.flip(expected))._tag, "TurnPassed")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
      })
    )

    it.effect("a turn that is forced while the due one is being opened is that one", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const turn = yield* TurnJob.make.pipe(Effect.provide(EngineReady.layer))
        const { gameId, reconcile, row, made } = yield* runningGame
        yield* advance("1 day")
        const read = yield* row
        yield* runtimes.forceNextTurn(gameId, 0)
        yield* turn.cutoff(read)
        yield* reconcile
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
      })
    )

    it.effect("only a game that runs can be forced on", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const { gameId } = yield* startingGame()
        const starting = yield* Effect.flip(runtimes.forceNextTurn(gameId))
        assert.strictEqual(starting._tag, "GameNotRunning")
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM backend.runtime_records WHERE game_id = ${gameId}`
        assert.strictEqual((yield* Effect.flip(runtimes.forceNextTurn(gameId)))._tag, "RuntimeNotFound")
      })
    )

    it.effect("while a turn is made the write window is closed", () =>
      Effect.gen(function* () {
        const sessions = yield* PlayerOrders
        const { engines, gameId, reconcile, row, owner, game } = yield* runningGame
        const during: Array<unknown> = []
        yield* engines.script(gameId, {
          call: ({ path }) =>
            path.endsWith("/turn")
              ? Effect.gen(function* () {
                  const { status, generating_turn } = yield* row
                  during.push(status, generating_turn, (yield* game).runtime_status)
                  during.push((yield* Effect.flip(sessions.order(gameId, owner, { orders: [] })))._tag)
                  during.push((yield* sessions.report(gameId, owner, 0))["race"])
                  return undefined
                }).pipe(Effect.provideService(RuntimeStore, store), Effect.orDie)
              : Effect.succeed(undefined)
        })
        const store = yield* RuntimeStore
        yield* advance("1 day")
        yield* reconcile
        assert.deepStrictEqual(during, [
          "generation_in_progress",
          1,
          "generation_in_progress",
          "TurnWindowClosed",
          "Vega"
        ])
        yield* sessions.order(gameId, owner, { orders: [] })
      })
    )

    const troubles: ReadonlyArray<readonly [string, Scripted]> = [
      ["crashes before it made the turn", "crash"],
      ["doesn't answer", "drop"],
      ["answers nonsense", new Response("no JSON", { status: 200 })],
      [
        "answers about another turn",
        json({ game_id: "00000000-0000-7000-8000-000000000000", turn: 1, finished: false, winners: [], players: [] })
      ],
      ["has a fault", refusal(500, "internal_error", "the engine failed")],
      ["refuses", refusal(409, "conflict", "not the next turn")]
    ]
    for (const [trouble, scripted] of troubles) {
      it.effect(`an engine that ${trouble} is started again and makes the turn once`, () =>
        Effect.gen(function* () {
          const { engines, gameId, reconcile, row, made, owner } = yield* runningGame
          const { starts } = yield* engines.game(gameId)
          yield* engines.script(gameId, atFirstTurn(scripted))
          yield* advance("1 day")
          yield* reconcile
          const failed = yield* row
          assert.strictEqual(failed.status, "generation_in_progress")
          assert.strictEqual(failed.attempts, 1)
          assert.isNotNull(failed.failure_reason)
          assert.deepInclude((yield* operations(gameId))[1], { status: "failed", error: failed.failure_reason })
          assert.deepStrictEqual(yield* turnsTold(owner), [])
          yield* advance("11 seconds")
          yield* reconcile
          const done = yield* row
          assert.deepStrictEqual([done.status, done.current_turn, done.failure_reason], ["running", 1, null])
          assert.deepStrictEqual(yield* made, { 1: 1 })
          assert.deepStrictEqual(yield* turnsTold(owner), [1])
          assert.strictEqual((yield* engines.game(gameId)).starts, starts + 1)
          assert.deepStrictEqual(
            (yield* operations(gameId)).map((it) => [it.op, it.status]),
            [
              ["start", "succeeded"],
              ["turn", "failed"],
              ["turn", "succeeded"]
            ]
          )
        })
      )
    }

    it.effect("a turn that was made, but whose answer was lost, is not made again", () =>
      Effect.gen(function* () {
        const { engines, gameId, reconcile, row, made, owner } = yield* runningGame
        let lost = 0
        yield* engines.script(gameId, {
          call: ({ path }) =>
            Effect.gen(function* () {
              if (!path.endsWith("/turn") || lost > 0) return undefined
              lost++
              const { state, made } = yield* engines.game(gameId)
              if (state !== undefined) state.turn = 1
              made.set(1, 1)
              return "drop" as const
            })
        })
        yield* advance("1 day")
        yield* reconcile
        yield* advance("11 seconds")
        yield* reconcile
        assert.deepStrictEqual(yield* made, { 1: 1 })
        assert.strictEqual((yield* row).current_turn, 1)
        assert.deepStrictEqual(yield* turnsTold(owner), [1])
      })
    )

    it.effect("a turn that fails is tried less and less often", () =>
      Effect.gen(function* () {
        const { engines, gameId, reconcile, row } = yield* runningGame
        yield* engines.script(gameId, { start: () => ({ reason: "no memory", permanent: false }) })
        yield* engines.crash(gameId)
        yield* advance("1 day")
        const waits: Array<number> = []
        for (const _ of Array.from({ length: 16 })) {
          yield* reconcile
          const { next_attempt_at, status, failure_reason } = yield* row
          assert.deepStrictEqual([status, failure_reason], ["generation_in_progress", "no memory"])
          const now = yield* DateTime.now
          const wait = next_attempt_at === null ? 0 : Duration.toMillis(DateTime.distance(now, next_attempt_at))
          waits.push(Math.round(wait / 10_000))
          yield* advance(`${Math.ceil(wait) + 1} millis`)
        }
        assert.isAtMost(waits.at(-1) ?? 0, 30)
        assert.isAtLeast(waits.at(-1) ?? 0, 29)
        assert.isBelow(waits[0] ?? 0, 2)
        yield* engines.script(gameId, {})
        yield* reconcile
        assert.deepStrictEqual((yield* row).current_turn, 1)
      })
    )

    it.effect("the last turn ends the game, and its engine; reports can still be read", () =>
      Effect.gen(function* () {
        const sessions = yield* PlayerOrders
        const runtimes = yield* Runtimes
        const { engines, gameId, reconcile, row, owner, game } = yield* runningGame
        yield* engines.script(gameId, { finishAt: 1 })
        yield* advance("1 day")
        yield* reconcile
        const after = yield* row
        assert.deepStrictEqual([after.status, after.current_turn, after.next_turn_at], ["finished", 1, null])
        const shown = yield* game
        assert.deepStrictEqual([shown.status, shown.runtime_status, shown.current_turn], ["finished", "finished", 1])
        assert.deepStrictEqual(yield* turnsTold(owner), [1])
        assert.isUndefined((yield* engines.game(gameId)).running)
        yield* advance("10 days")
        yield* reconcile
        assert.strictEqual((yield* row).current_turn, 1)

        assert.strictEqual((yield* sessions.report(gameId, owner, 1))["turn"], 1)
        const late = yield* Effect.flip(sessions.order(gameId, owner, { orders: [] }))
        assert.deepStrictEqual([late._tag, late.message], ["GameNotRunning", "the game is finished"])
        assert.strictEqual((yield* Effect.flip(runtimes.forceNextTurn(gameId)))._tag, "GameNotRunning")
        // The engine that was brought up for the report ends when it is next looked after.
        assert.isDefined((yield* engines.game(gameId)).running)
        yield* reconcile
        assert.isUndefined((yield* engines.game(gameId)).running)
      })
    )

    it.effect("an owner who was overtaken while its engine made the turn tells nobody", () =>
      Effect.gen(function* () {
        const store = yield* RuntimeStore
        const { engines, gameId, reconcile, row, made, owner } = yield* runningGame
        const told: Array<number> = []
        yield* engines.script(gameId, {
          call: ({ path, before }) =>
            Effect.gen(function* () {
              if (!path.endsWith("/turn")) return undefined
              told.push((yield* turnsTold(owner)).length)
              if (before > 0) return undefined
              const read = Option.getOrThrow(yield* store.find(gameId))
              yield* store.write(read, { failure_reason: "taken over" })
              return undefined
            }).pipe(Effect.provideService(SqlClient.SqlClient, sql), Effect.orDie)
        })
        const sql = yield* SqlClient.SqlClient
        // No jump of the clock: it would end the owner as idle, and the call would be made once more by itself.
        yield* (yield* Runtimes).forceNextTurn(gameId)
        assert.isFalse(yield* reconcile)
        assert.deepStrictEqual(yield* turnsTold(owner), [])
        assert.isTrue(yield* reconcile)
        // It was asked for twice, but made and announced once, by the owner that held the row.
        assert.deepStrictEqual(told, [0, 0])
        assert.deepStrictEqual(yield* made, { 1: 1 })
        assert.deepStrictEqual(yield* turnsTold(owner), [1])
        assert.strictEqual((yield* row).current_turn, 1)
      })
    )
  })
})
