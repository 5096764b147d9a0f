import { Attendance, layer as AttendanceLayer } from "@galaxy/core/lobby/membership/Attendance"
import { Games } from "@galaxy/core/lobby/game/Games"
import { RuntimeEvents } from "@galaxy/core/runtime/RuntimeEvents"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { notices } from "./fixture.ts"
import { layer as scriptedEngines, refusal, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { advance, row, runtimeOn, startingGame } from "../runtime/fixture.ts"

const kinds = (user: UserId) =>
  Effect.map(notices(user), (all) => all.map((it) => it.kind).filter((it) => /missed|taken_over|removed/.test(it)))

/** A game with a policy, in which only the owner gives orders, for so many turns. */
const played = (
  policy: { readonly reminder?: number; readonly limit?: number; readonly action?: string },
  turns: number
) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const runtimes = yield* Runtimes
    const sessions = yield* PlayerOrders
    const game = yield* startingGame()
    const { gameId, owner } = game
    yield* sql`
      UPDATE backend.games SET missed_turns_reminder = ${policy.reminder ?? null},
        missed_turns_limit = ${policy.limit ?? null}, absence_action = ${policy.action ?? null}
      WHERE game_id = ${gameId}`
    yield* runtimes.reconcile(gameId)
    const turn = Effect.gen(function* () {
      yield* sessions.order(gameId, owner, { orders: [] })
      yield* advance("1 day")
      yield* runtimes.reconcile(gameId)
    })
    for (let made = 0; made < turns; made++) yield* turn
    return { ...game, turn }
  })

const membership = (gameId: GameId, user: UserId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ status: string; missed: number; taken: boolean }>`
        SELECT status, missed_turns AS missed, taken_over_at IS NOT NULL AS taken
        FROM backend.memberships WHERE game_id = ${gameId} AND user_id = ${user}`,
      ([found]) => found
    )
  )

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
    `absent players on ${name}`,
    (it) => {
      it.effect("are reminded once, and then the engine plays their seat", () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const { gameId, owner, guest, turn } = yield* played({ reminder: 2, limit: 3, action: "computer" }, 1)
          assert.deepStrictEqual(yield* kinds(guest), [])
          yield* turn
          assert.deepStrictEqual(yield* kinds(guest), ["game.turn.missed"])
          yield* engines.script(gameId, {
            call: ({ path, before }) => Effect.succeed(path.endsWith("/computer") && before === 0 ? "drop" : undefined)
          })
          yield* turn
          // Told once the engine has said that it plays the seat.
          assert.deepStrictEqual(yield* kinds(guest), ["game.turn.missed"])
          yield* turn
          yield* turn
          assert.deepStrictEqual((yield* engines.game(gameId)).orders, ["computer Lyra"])
          assert.deepStrictEqual(yield* kinds(guest), ["game.turn.missed", "game.seat.taken_over"])
          assert.deepStrictEqual(yield* membership(gameId, guest), { status: "active", missed: 3, taken: true })
          assert.deepStrictEqual(yield* membership(gameId, owner), { status: "active", missed: 0, taken: false })
          assert.deepStrictEqual(yield* kinds(owner), [])
        })
      )

      it.effect("of an engine without computer players leave the game, and are told only that", () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const { gameId, guest, turn } = yield* played({ limit: 2, action: "computer" }, 1)
          yield* engines.script(gameId, {
            call: ({ path }) =>
              Effect.succeed(path.endsWith("/computer") ? refusal(404, "not_found", "no computer players") : undefined)
          })
          yield* turn
          yield* turn
          assert.deepStrictEqual((yield* engines.game(gameId)).orders, ["banish Lyra"])
          assert.deepStrictEqual(yield* kinds(guest), ["lobby.membership.removed"])
          assert.strictEqual((yield* membership(gameId, guest))?.status, "removed")
        })
      )

      it.effect("are counted anew once they give orders", () =>
        Effect.gen(function* () {
          const sessions = yield* PlayerOrders
          const { gameId, guest, turn } = yield* played({ reminder: 2 }, 1)
          yield* sessions.order(gameId, guest, { orders: [] })
          yield* turn
          assert.strictEqual((yield* membership(gameId, guest))?.missed, 0)
          yield* turn
          assert.deepStrictEqual(yield* kinds(guest), [])
          yield* turn
          assert.deepStrictEqual(yield* kinds(guest), ["game.turn.missed"])
          yield* turn
          assert.deepStrictEqual(yield* kinds(guest), ["game.turn.missed"])
        })
      )

      it.effect("have not missed a turn that was forced", () =>
        Effect.gen(function* () {
          const runtimes = yield* Runtimes
          const sessions = yield* PlayerOrders
          const { gameId, guest, owner, turn } = yield* played({ reminder: 1, limit: 2, action: "removal" }, 1)
          const forced = Effect.gen(function* () {
            yield* runtimes.forceNextTurn(gameId)
            yield* runtimes.reconcile(gameId)
          })
          yield* forced
          yield* forced
          assert.strictEqual((yield* row(gameId)).current_turn, 3)
          assert.deepInclude(yield* membership(gameId, guest), { status: "active", missed: 1 })
          assert.strictEqual((yield* membership(gameId, owner))?.missed, 0)
          yield* sessions.order(gameId, guest, { orders: [] })
          yield* forced
          assert.strictEqual((yield* membership(gameId, guest))?.missed, 0)
          // Those that were forced took the place of three scheduled ones.
          yield* advance("3 days")
          yield* turn
          assert.deepInclude(yield* membership(gameId, guest), { status: "active", missed: 1 })
          assert.deepStrictEqual(yield* kinds(guest), ["game.turn.missed", "game.turn.missed"])
        })
      )

      it.effect("are counted anew where missed turns matter again", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const { gameId, owner, guest, turn } = yield* played({ limit: 3, action: "removal" }, 2)
          const update = (change: Parameters<typeof games.update>[2]) => games.update(owner, gameId, change)
          yield* update({ missed_turns_reminder: 9 })
          assert.strictEqual((yield* membership(gameId, guest))?.missed, 2)
          yield* update({ missed_turns_reminder: 0, missed_turns_limit: 0, absence_action: "none" })
          yield* turn
          yield* update({ missed_turns_limit: 3, absence_action: "removal" })
          yield* turn
          assert.deepInclude(yield* membership(gameId, guest), { status: "active", missed: 1 })
        })
      )

      it.effect("leave the game where its policy says so, with their race", () =>
        Effect.gen(function* () {
          const engines = yield* ScriptedEngines
          const { gameId, guest, turn } = yield* played({ limit: 2, action: "removal" }, 2)
          assert.deepStrictEqual(yield* kinds(guest), ["lobby.membership.removed"])
          assert.strictEqual((yield* membership(gameId, guest))?.status, "removed")
          yield* turn
          assert.deepStrictEqual((yield* engines.game(gameId)).orders, ["banish Lyra"])
          assert.strictEqual((yield* row(gameId)).current_turn, 3)
        })
      )

      it.effect("of games without a policy, and eliminated players, are left alone; a turn is counted once", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const events = yield* RuntimeEvents
          const free = yield* played({}, 3)
          assert.strictEqual((yield* membership(free.gameId, free.guest))?.missed, 0)
          const { gameId, guest } = yield* played({ reminder: 3 }, 1)
          const again = { gameId, currentTurn: 1, runtimeStatus: "running", players: [], advanced: false }
          yield* events.onSnapshot(again)
          assert.strictEqual((yield* membership(gameId, guest))?.missed, 1)
          yield* sql`UPDATE backend.memberships SET eliminated = true WHERE game_id = ${gameId}`
          const attendance = yield* Attendance
          assert.deepStrictEqual(yield* attendance.count(gameId, 1, false), [])
          yield* sql`UPDATE backend.memberships SET eliminated = false, seen_turn = 1 WHERE game_id = ${gameId}`
          assert.deepStrictEqual(yield* attendance.count(gameId, 1, false), [], "whoever is ready is there")
          yield* sql`UPDATE backend.memberships SET seen_turn = 0 WHERE game_id = ${gameId}`
          assert.strictEqual((yield* attendance.count(gameId, 1, false)).length, 2)
        }).pipe(Effect.provide(AttendanceLayer))
      )
    }
  )
})
