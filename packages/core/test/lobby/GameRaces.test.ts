/** Steps of one game that come at the same time: each outcome is one that some order of them could have had. */
import * as MovableClock from "@galaxy/testkit/MovableClock"
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, platformOn, refusalOf, surfaces, user } from "../http/platform.ts"
import { admin, drafted, lobby, ready, running, runtimeOf, told, work } from "./world.ts"

const atOneTime = { concurrency: "unbounded" } as const

const atOnce = <A, E, R>(effects: ReadonlyArray<Effect.Effect<A, E, R>>) => Effect.all(effects, atOneTime)

const outcomes = (answers: ReadonlyArray<Answer>) => answers.map((it) => refusalOf(it) ?? "ok").toSorted()

const oneOf = (count: number) => [...Array.from({ length: count - 1 }, () => "conflict/wrong_state"), "ok"]

onPostgres((storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })("steps at the same time", (it) => {
    it.effect("a game is cancelled once, and its members are told once", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const { id, guest, step } = yield* running(call)
        const byAdmin = call("admin", "POST", `${admin}/games/${id}/cancel`, { reason: "over" })
        const answers = yield* atOnce([...Array.from({ length: 6 }, () => step("cancel")), byAdmin, byAdmin])
        assert.deepStrictEqual(outcomes(answers), oneOf(8))
        const kinds = (yield* told(guest)).filter((kind) => kind === "lobby.game.cancelled")
        assert.strictEqual(kinds.length, 1)
      }).pipe(Effect.scoped)
    )

    it.effect("a game is paused once, and resumed once", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const { id, guest, step } = yield* running(call)
        for (const action of ["pause", "resume"]) {
          assert.deepStrictEqual(outcomes(yield* atOnce(Array.from({ length: 8 }, () => step(action)))), oneOf(8))
        }
        const kinds = (yield* told(guest)).filter((kind) => kind.startsWith("lobby.game."))
        assert.deepStrictEqual(kinds, ["lobby.game.paused", "lobby.game.resumed"])
        assert.deepInclude(yield* runtimeOf(id), { paused: false, status: "running" })
      }).pipe(Effect.scoped)
    )

    it.effect("whether a start or a cancellation comes first, nothing runs in the end", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        for (let round = 0; round < 5; round++) {
          const { id, game, step } = yield* ready(call)
          const [, cancelled] = yield* Effect.all([step("start"), step("cancel"), work(id)], atOneTime)
          assert.strictEqual(cancelled.status, 200)
          yield* work(id)
          assert.strictEqual((yield* game).status, "cancelled")
          assert.include(["stopped", undefined], (yield* runtimeOf(id))?.status)
        }
      }).pipe(Effect.scoped)
    )

    it.effect("places are never fewer than those who have taken them", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const sql = yield* SqlClient.SqlClient
        for (let round = 0; round < 5; round++) {
          const { id, path, owner, game, join, step } = yield* drafted(call, { min_players: 1, max_players: 2 })
          yield* step("open-enrollment")
          const shrink = call(owner, "PATCH", path, { max_players: 1 })
          const computers = call(owner, "PATCH", path, { computer_players: 1 })
          yield* Effect.all([Effect.exit(join), shrink, computers], atOneTime)
          const { max_players, member_count, computer_players } = yield* game
          assert.isAtMost(member_count + computer_players, max_players)
          const seats = yield* sql`SELECT 1 FROM backend.memberships WHERE game_id = ${id} AND status = 'active'`
          assert.strictEqual(seats.length, member_count)
        }
      }).pipe(Effect.scoped)
    )

    it.effect("a stop by force beside a turn leaves lobby and runtime at the same turn", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const clock = yield* MovableClock.MovableClockService
        for (let round = 0; round < 5; round++) {
          const { id, game } = yield* running(call)
          yield* clock.advance("1 day")
          const [, stopped] = yield* Effect.all(
            [work(id), call("admin", "POST", `${admin}/games/${id}/force-stop`)],
            atOneTime
          )
          assert.deepStrictEqual([stopped.status, stopped.body.status], [200, "paused"])
          yield* work(id)
          const row = yield* runtimeOf(id)
          assert.deepInclude(yield* game, {
            status: "paused",
            runtime_status: "stopped",
            current_turn: row?.current_turn
          })
          assert.strictEqual((yield* call("admin", "POST", `${admin}/games/${id}/force-start`)).status, 200)
          yield* work(id)
          assert.deepInclude(yield* game, { status: "running", runtime_status: "running" })
        }
      }).pipe(Effect.scoped)
    )

    it.effect("two games are cancelled at once, with the same people in both", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const [owner, ...guests] = yield* Effect.all([user, user, user, user, user])
        const games = yield* Effect.forEach([1, 2, 3, 4], () =>
          Effect.gen(function* () {
            const made = yield* call(owner, "POST", `${lobby}/games`, {
              game_name: "Orion",
              min_players: 1,
              max_players: 8,
              turn_schedule: "0 18 * * *",
              race_name: "Vega"
            })
            const path = `${lobby}/games/${made.body.game_id}`
            for (const guest of guests) yield* call(owner, "POST", `${path}/invites`, { invited_user_id: guest.user })
            return path
          })
        )
        const answers = yield* atOnce(games.map((path) => call(owner, "POST", `${path}/cancel`)))
        assert.deepStrictEqual(
          answers.map((it) => it.status),
          [200, 200, 200, 200]
        )
      }).pipe(Effect.scoped)
    )
  })
})
