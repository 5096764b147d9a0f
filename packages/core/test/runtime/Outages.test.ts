import { RuntimeJobs } from "@galaxy/core/runtime/RuntimeJobs"
import { Heartbeats } from "@galaxy/core/runtime/Heartbeats"
import * as Outages from "@galaxy/core/runtime/Outages"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { deadlineAfterOutage } from "@galaxy/core/runtime/TurnTimes"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { notices } from "../lobby/fixture.ts"
import { advance, row, runtimeOn, startingGame } from "./fixture.ts"
import { layer as scriptedEngines, ScriptedEngines } from "../engine/ScriptedEngines.ts"

const utc = (text: string) => DateTime.makeUnsafe(text)

describe("a turn that fell into an outage", () => {
  const cases: ReadonlyArray<
    readonly [schedule: string, due: string, from: string, now: string, moved: string | undefined]
  > = [
    ["0 18 * * *", "2026-01-01T18:00:00Z", "2026-01-01T17:00:00Z", "2026-01-01T20:00:00Z", "2026-01-01T21:00:00.000Z"],
    // By at most 12 hours.
    ["0 18 * * *", "2026-01-01T18:00:00Z", "2026-01-01T10:00:00Z", "2026-01-02T02:00:00Z", "2026-01-02T06:00:00.000Z"],
    // Even that has passed: at once.
    ["0 18 * * *", "2026-01-01T18:00:00Z", "2026-01-01T10:00:00Z", "2026-01-02T07:00:00Z", undefined],
    // Never past the next time of the schedule, however many have passed.
    ["0 * * * *", "2026-01-01T18:00:00Z", "2026-01-01T17:30:00Z", "2026-01-01T23:15:00Z", "2026-01-01T23:45:00.000Z"],
    ["0 * * * *", "2026-01-01T18:00:00Z", "2026-01-01T12:30:00Z", "2026-01-01T23:15:00Z", "2026-01-02T00:00:00.000Z"]
  ]
  for (const [schedule, due, from, now, moved] of cases) {
    it(`${schedule}, down from ${from} to ${now}`, () => {
      const deadline = { at: utc(due), why: "schedule", skips: 0 } as const
      const outage = DateTime.distance(utc(from), utc(now))
      const found = deadlineAfterOutage({ turn_schedule: schedule, time_zone: "UTC" }, deadline, outage, utc(now))
      assert.strictEqual(found === undefined ? undefined : DateTime.formatIso(found.at), moved)
    })
  }
})

const delays = (user: UserId) =>
  Effect.map(notices(user), (all) =>
    all.filter((it) => it.kind === "game.turn.delayed").map((it) => [it.payload["turn"], it.payload["next_turn_at"]])
  )

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines, { moveAfterOutage: true }), {
    timeout: "240 seconds",
    excludeTestServices: true
  })(`outages on ${name}`, (it) => {
    /** A backend that begins to work. */
    const begin = Effect.flatten(Outages.make)

    const playing = Effect.gen(function* () {
      const game = yield* startingGame({ turn_schedule: "0 */8 * * *" })
      yield* (yield* Runtimes).reconcile(game.gameId)
      return game
    })

    /** Moves the clock to this long after the game's deadline. */
    const after = (at: DateTime.Utc | null, by: Duration.Input) =>
      Effect.gen(function* () {
        const due = at ?? (yield* DateTime.now)
        yield* advance(Duration.sum(DateTime.distance(yield* DateTime.now, due), Duration.fromInputUnsafe(by)))
      })

    it.effect("its turn moves by the time that was lost, once, and players are told", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const engines = yield* ScriptedEngines
        const jobs = yield* RuntimeJobs
        const { gameId, owner, game } = yield* playing
        const paused = yield* playing
        yield* jobs.requestPause(paused.gameId)
        yield* begin
        const before = yield* row(gameId)
        const began = yield* DateTime.now
        yield* after(before.next_turn_at, "1 hour")
        yield* begin
        const moved = yield* row(gameId)
        const outage = DateTime.distance(began, yield* DateTime.now)
        const due = before.next_turn_at ?? began
        const expected = Math.min(
          DateTime.addDuration(due, Duration.min(outage, Duration.hours(12))).epochMilliseconds,
          DateTime.addDuration(due, "8 hours").epochMilliseconds
        )
        assert.isAtMost(Math.abs((moved.next_turn_at?.epochMilliseconds ?? 0) - expected), 5_000)
        assert.deepStrictEqual((yield* game).next_turn_at, moved.next_turn_at)
        assert.match(moved.last_decision ?? "", /^turn 1 was moved/)
        const told = [[1, DateTime.formatIso(moved.next_turn_at ?? began)]]
        assert.deepStrictEqual(yield* delays(owner), told)
        yield* runtimes.reconcile(gameId)
        assert.deepStrictEqual(Object.fromEntries((yield* engines.game(gameId)).made), {})
        // Another backend that begins right afterwards sees no outage.
        yield* begin
        assert.deepStrictEqual(yield* delays(owner), told)
        assert.deepStrictEqual(yield* delays(paused.owner), [])
        yield* after(moved.next_turn_at, "1 second")
        yield* runtimes.reconcile(gameId)
        assert.deepStrictEqual(Object.fromEntries((yield* engines.game(gameId)).made), { 1: 1 })
      })
    )

    it.effect("its turn moves too where the one before was made after the last heartbeat", () =>
      Effect.gen(function* () {
        yield* begin
        const { gameId, owner } = yield* playing
        yield* advance("50 seconds")
        const jobs = yield* RuntimeJobs
        yield* jobs.requestPause(gameId)
        yield* jobs.requestResume(gameId)
        const { next_turn_at: due } = yield* row(gameId)
        yield* after(due, "1 hour")
        yield* begin
        assert.strictEqual((yield* delays(owner)).length, 1)
        yield* begin
        assert.strictEqual((yield* delays(owner)).length, 1)
      })
    )

    it.effect("silence within the grace is no outage, and missed times make one turn", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const engines = yield* ScriptedEngines
        const heartbeats = yield* Heartbeats
        const { gameId, owner } = yield* playing
        const { next_turn_at: due } = yield* row(gameId)
        yield* after(due, "-4 minutes")
        yield* begin
        yield* after(due, "30 seconds")
        yield* begin
        assert.deepStrictEqual((yield* row(gameId)).next_turn_at, due)
        assert.deepStrictEqual(yield* delays(owner), [])
        // A day without a backend: two more times have passed when the turn is made.
        yield* heartbeats.beat(yield* DateTime.now)
        yield* advance("1 day")
        yield* begin
        yield* runtimes.reconcile(gameId)
        yield* runtimes.reconcile(gameId)
        assert.deepStrictEqual(Object.fromEntries((yield* engines.game(gameId)).made), { 1: 1 })
        // A clock that is set back, or was ahead, makes no outage.
        yield* heartbeats.beat(DateTime.add(yield* DateTime.now, { days: 3 }))
        yield* begin
        assert.isTrue(DateTime.isLessThanOrEqualTo(Option.getOrThrow(yield* heartbeats.last), yield* DateTime.now))
      })
    )

    it.effect("what is cut off in the middle is done by the next one", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const games = yield* Effect.all([playing, playing, playing])
        yield* begin
        const { next_turn_at: due } = yield* row(games[0].gameId)
        yield* after(due, "1 hour")
        yield* Effect.exit(Effect.timeout(begin, "2 millis"))
        yield* begin
        for (const { gameId, owner } of games) {
          assert.isTrue(
            DateTime.isGreaterThan((yield* row(gameId)).next_turn_at ?? (yield* DateTime.now), yield* DateTime.now)
          )
          assert.strictEqual((yield* delays(owner)).length, 1)
        }
        assert.strictEqual((yield* sql`SELECT 1 FROM backend.runtime_heartbeat`).length, 1)
      })
    )
  })
})
