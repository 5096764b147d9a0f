import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { platformOn, refusalOf, surfaces, user } from "../http/platform.ts"
import { drafted, lobby, newGame, ready, running, runtimeOf, told, work } from "./world.ts"

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `a game's life on ${name}`,
    (it) => {
      it.effect("an owner takes a seat in the new game, or gets no game", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const owner = yield* user
          const made = yield* call(owner, "POST", `${lobby}/games`, { ...newGame, race_name: " Star Fox " })
          assert.strictEqual(made.body.member_count, 1)
          const shown = yield* call(owner, "GET", `${lobby}/games/${made.body.game_id}`)
          const seat = { race_name: "Star_Fox", status: "active", ready: false }
          assert.deepInclude(shown.body.membership, seat)
          const refused = yield* call(owner, "POST", `${lobby}/games`, { ...newGame, race_name: "!" })
          assert.strictEqual(refusalOf(refused), "invalid_request")
          const mine = (yield* call(owner, "GET", `${lobby}/my/games`)).body.games
          assert.strictEqual(mine.length, 1)
          assert.deepInclude(mine[0].membership, seat)
        }).pipe(Effect.scoped)
      )

      it.effect("my games show when I gave orders, how many, and whether I am done for this turn", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const { id, guest, owner } = yield* drafted(call)
          const at = new Date("2030-01-01T10:00:00Z")
          yield* sql`UPDATE backend.memberships
          SET orders_given_at = ${at}, orders_given_turn = 0, orders_count = 7, orders_refused = 2, ready_turn = 0
          WHERE game_id = ${id}`
          const [game] = (yield* call(owner, "GET", `${lobby}/my/games`)).body.games
          const { membership_id: _, ...seat } = game.membership
          assert.deepStrictEqual(seat, {
            race_name: "Vega",
            status: "active",
            orders_given_at: "2030-01-01T10:00:00.000Z",
            orders: 7,
            refused: 2,
            ready: true
          })
          assert.notProperty((yield* call(guest, "GET", `${lobby}/games/${id}`)).body, "membership")
          yield* sql`UPDATE backend.games SET current_turn = 1 WHERE game_id = ${id}`
          const [later] = (yield* call(owner, "GET", `${lobby}/my/games`)).body.games
          assert.notProperty(later.membership, "orders")
          assert.notProperty(later.membership, "refused")
          assert.isFalse(later.membership.ready)
        }).pipe(Effect.scoped)
      )

      it.effect("a pause stops the schedule and not the engine; the game goes on where it was", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const engines = yield* ScriptedEngines
          const clock = yield* MovableClock.MovableClockService
          const { id, owner, guest, step, game } = yield* running(call)
          assert.property(yield* game, "next_turn_at")
          const paused = yield* step("pause")
          assert.deepStrictEqual([paused.status, paused.body.status], [200, "paused"])
          assert.notProperty(paused.body, "next_turn_at")
          assert.strictEqual(refusalOf(yield* step("pause")), "conflict/wrong_state")
          yield* clock.advance("3 days")
          yield* work(id)
          assert.strictEqual((yield* game).current_turn, 0)
          assert.strictEqual((yield* engines.game(id)).stops, 0)
          const orders = yield* call(owner, "POST", `/api/v1/user/games/${id}/orders`, { orders: [] })
          assert.strictEqual(refusalOf(orders), "conflict/paused")
          const resumed = yield* step("resume")
          assert.deepStrictEqual([resumed.status, resumed.body.status], [200, "running"])
          assert.property(resumed.body, "next_turn_at")
          assert.strictEqual(refusalOf(yield* step("resume")), "conflict/wrong_state")
          yield* step("pause")
          for (const who of [owner, guest]) {
            const kinds = (yield* told(who)).filter((kind) => kind.startsWith("lobby.game."))
            assert.deepStrictEqual(kinds, ["lobby.game.paused", "lobby.game.resumed", "lobby.game.paused"])
          }
        }).pipe(Effect.scoped)
      )

      it.effect("a cancelled game makes no more turns, and ends everything that was open of it", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const clock = yield* MovableClock.MovableClockService
          const { id, path, owner, guest, step, game } = yield* running(call)
          yield* sql`INSERT INTO backend.invites (invite_id, game_id, issuer_user_id, code, status, expires_at)
          VALUES (gen_random_uuid(), ${id}, ${owner.user}, ${id}, 'pending', '2100-01-01')`
          const cancelled = yield* step("cancel")
          assert.deepStrictEqual([cancelled.status, cancelled.body.status], [200, "cancelled"])
          yield* work(id)
          yield* clock.advance("3 days")
          yield* work(id)
          assert.deepStrictEqual(
            [(yield* game).current_turn, (yield* game).runtime_status, (yield* runtimeOf(id))?.status],
            [0, "stopped", "stopped"]
          )
          const open = yield* sql`SELECT 1 FROM backend.invites WHERE game_id = ${id} AND status = 'pending'`
          assert.strictEqual(open.length, 0)
          const names = yield* sql`SELECT 1 FROM backend.race_names WHERE game_id = ${id}`
          assert.strictEqual(names.length, 0)
          assert.strictEqual((yield* call(guest, "GET", path)).body.membership.status, "active")
          for (const who of [owner, guest]) assert.include(yield* told(who), "lobby.game.cancelled")
          for (const action of ["cancel", "pause", "resume", "start", "retry-start", "open-enrollment"]) {
            assert.strictEqual(refusalOf(yield* step(action)), "conflict/wrong_state")
          }
        }).pipe(Effect.scoped)
      )

      it.effect("a game can be cancelled before it runs, and the invited are told", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const waiting = yield* drafted(call)
          assert.strictEqual((yield* waiting.step("cancel")).body.status, "cancelled")
          assert.deepStrictEqual(yield* told(waiting.guest), ["lobby.invite.received", "lobby.invite.revoked"])
          assert.strictEqual(refusalOf(yield* call(waiting.guest, "GET", waiting.path)), "not_found")
          const starting = yield* ready(call)
          yield* starting.step("start")
          assert.strictEqual((yield* starting.step("cancel")).body.status, "cancelled")
          yield* work(starting.id)
          assert.strictEqual((yield* starting.game).status, "cancelled")
          assert.strictEqual((yield* runtimeOf(starting.id))?.status, "stopped")
        }).pipe(Effect.scoped)
      )

      it.effect("computer players get seats at the start, under names of their own", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const engines = yield* ScriptedEngines
          const sql = yield* SqlClient.SqlClient
          const { id, path, owner, game } = yield* running(call, { max_players: 6, computer_players: 3 })
          assert.strictEqual((yield* game).status, "running")
          const { state } = yield* engines.game(id)
          const races = state?.init.races ?? []
          assert.strictEqual(races.length, 5)
          assert.strictEqual(new Set(races.map((race) => race.name)).size, 5)
          assert.deepStrictEqual(
            races.map((race) => race.computer === true),
            [false, false, true, true, true]
          )
          const { memberships, computer_players } = (yield* call(owner, "GET", `${path}/memberships`)).body
          assert.strictEqual(memberships.length, 2)
          assert.deepStrictEqual(
            computer_players.map((it: { seat: number; race_name: string }) => [it.seat, it.race_name]),
            races.slice(2).map((race, index) => [index + 1, race.name])
          )
          const reserved = yield* sql`SELECT 1 FROM backend.race_names WHERE game_id = ${id}`
          assert.strictEqual(reserved.length, 2)
        }).pipe(Effect.scoped)
      )

      it.effect("players find public games, and those that they may join", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const [me, other] = yield* Effect.all([user, user])
          const publish = (game_name: string, status: string, change: object = {}) =>
            Effect.gen(function* () {
              const made = yield* call(other, "POST", `${lobby}/games`, { ...newGame, game_name, ...change })
              yield* sql`UPDATE backend.games SET visibility = 'public', owner_user_id = NULL, status = ${status}
              WHERE game_id = ${made.body.game_id}`
              return String(made.body.game_id)
            })
          const open = yield* publish("Ориoн One", "enrollment_open")
          const full = yield* publish("Орион two", "enrollment_open", {
            min_players: 1,
            max_players: 1,
            race_name: "Vega"
          })
          const draft = yield* publish("ориoн three", "draft")
          const { path, join: _, ...invited } = yield* drafted(call)
          yield* call(invited.owner, "POST", `${path}/invites`, { invited_user_id: me.user })
          const list = (query: string) =>
            Effect.map(call(me, "GET", `${lobby}/games?${query}`), ({ body }) =>
              (body.games as ReadonlyArray<{ game_id: string }>).map((it) => it.game_id)
            )
          const name = `name=${encodeURIComponent("ОРИ")}`
          assert.deepStrictEqual(yield* list(name), [draft, full, open])
          assert.deepStrictEqual(yield* list(`${name}&open=true`), [full, open])
          assert.deepStrictEqual(yield* list(`${name}&to_join=true`), [open])
          assert.deepStrictEqual(yield* list("to_join=true&limit=1"), [invited.id])
          assert.deepStrictEqual(yield* list("name=zzz"), [])
          assert.strictEqual(refusalOf(yield* call(me, "GET", `${lobby}/games?open=maybe`)), "invalid_request")
          const first = yield* call(me, "GET", `${lobby}/games?${name}&limit=2`)
          const second = yield* call(me, "GET", `${lobby}/games?${name}&limit=2&cursor=${first.body.next_cursor}`)
          assert.deepStrictEqual([first.body.games.length, second.body.games.length], [2, 1])
          assert.notProperty(second.body, "next_cursor")
        }).pipe(Effect.scoped)
      )

      it.effect("a schedule is previewed before a game is made of it", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const me = yield* user
          const preview = (body: object) => call(me, "POST", `${lobby}/schedule-preview`, body)
          const { body } = yield* preview({ turn_schedule: "30 18 * * 1-5", time_zone: "Europe/Berlin" })
          const fires = body.fires as ReadonlyArray<string>
          assert.strictEqual(fires.length, 5)
          assert.deepStrictEqual(fires.toSorted(), fires)
          for (const at of fires) {
            const local = new Date(at).toLocaleString("en-GB", {
              timeZone: "Europe/Berlin",
              weekday: "short",
              timeStyle: undefined,
              hour: "2-digit",
              minute: "2-digit"
            })
            assert.match(local, /^(Mon|Tue|Wed|Thu|Fri).* 18:30$/)
          }
          for (const wrong of [
            { turn_schedule: "0 0 30 2 *" },
            { turn_schedule: "x" },
            { turn_schedule: "* * * * *", time_zone: "Mars" }
          ]) {
            assert.strictEqual(refusalOf(yield* preview(wrong)), "invalid_request")
          }
        }).pipe(Effect.scoped)
      )
    }
  )
})
