import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { refusal, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import { platformOn, refusalOf, surfaces, user, version } from "../http/platform.ts"
import { admin, drafted, lobby, newGame, ready, running, runtimeOf, told, work } from "./world.ts"

const games = `${admin}/games`

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `games for administrators on ${name}`,
    (it) => {
      it.effect("a public game is made, changed and run here, with an audit row for each step", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const player = yield* user
          const body = { ...newGame, min_players: 1, reason: "the weekend game" }
          const made = yield* call("admin", "POST", games, body)
          assert.deepInclude(made.body, { status: "draft", visibility: "public" })
          assert.notProperty(made.body, "owner_user_id")
          const path = `${games}/${made.body.game_id}`
          assert.deepStrictEqual((yield* call("admin", "GET", path)).body, made.body)
          const changed = yield* call("admin", "PATCH", path, { game_name: "Perseus", reason: "a better name" })
          assert.strictEqual(changed.body.game_name, "Perseus")
          const step = (action: string) => call("admin", "POST", `${path}/${action}`, { reason: "go on" })
          assert.strictEqual((yield* step("open-enrollment")).body.status, "enrollment_open")
          assert.strictEqual(refusalOf(yield* step("ready-to-start")), "conflict/not_enough_players")
          yield* sql`INSERT INTO backend.memberships
              (membership_id, game_id, user_id, race_name, race_name_canonical, status, joined_at)
            VALUES (${yield* newId}, ${made.body.game_id}, ${player.user}, 'Vega', 'vega', 'active', now())`
          assert.strictEqual((yield* step("ready-to-start")).body.status, "ready_to_start")
          assert.strictEqual((yield* step("start")).body.status, "starting")
          yield* work(made.body.game_id)
          assert.strictEqual((yield* step("pause")).body.status, "paused")
          assert.strictEqual((yield* step("resume")).body.status, "running")
          const { memberships } = (yield* call("admin", "GET", `${path}/members`)).body
          assert.deepInclude(memberships[0], { user_id: player.user, race_name: "Vega", status: "active" })
          assert.strictEqual((yield* step("cancel")).body.status, "cancelled")
          assert.strictEqual(refusalOf(yield* step("cancel")), "conflict/wrong_state")
          const { audit } = (yield* call("admin", "GET", `${admin}/audit?target_id=${made.body.game_id}`)).body
          assert.deepStrictEqual(
            audit.map((row: { action: string }) => row.action),
            "cancel resume pause start ready_to_start open_enrollment update create"
              .split(" ")
              .map((it) => `game.${it}`)
          )
          assert.deepStrictEqual([audit[0].before.status, audit[0].after.status], ["running", "cancelled"])
          for (const { before, after } of audit) {
            for (const it of ["game_name", "description", "time_zone"]) {
              assert.notProperty(after, it)
              if (before !== null) assert.notProperty(before, it)
            }
          }
        }).pipe(Effect.scoped)
      )

      it.effect("a private game stays its owner's, but can be cancelled for a reason", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { id, owner } = yield* drafted(call)
          const path = `${games}/${id}`
          for (const action of ["open-enrollment", "ready-to-start", "start", "pause", "resume", "retry-start"]) {
            assert.strictEqual(refusalOf(yield* call("admin", "POST", `${path}/${action}`, {})), "forbidden/not_owner")
          }
          assert.strictEqual(refusalOf(yield* call("admin", "PATCH", path, { min_players: 1 })), "forbidden/not_owner")
          assert.strictEqual(refusalOf(yield* call("admin", "POST", `${path}/cancel`, {})), "invalid_request")
          const tried = yield* call("admin", "POST", `${admin}/dry-run/games/${id}/cancel`, { reason: "spam" })
          assert.deepInclude(tried.body, { action: "game.cancel", target_id: id })
          assert.deepStrictEqual([tried.body.before.status, tried.body.after.status], ["draft", "cancelled"])
          assert.strictEqual((yield* call("admin", "GET", path)).body.status, "draft")
          const done = yield* call("admin", "POST", `${path}/cancel`, { reason: "spam" })
          assert.strictEqual(done.body.status, "cancelled")
          assert.include(yield* told(owner), "lobby.game.cancelled")
        }).pipe(Effect.scoped)
      )

      it.effect("games are found by state, kind, owner and name, page by page", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const owner = yield* user
          const names = ["Zeta one", "ZETA two", "zeta three"]
          for (const game_name of names) yield* call(owner, "POST", `${lobby}/games`, { ...newGame, game_name })
          yield* call("admin", "POST", games, { ...newGame, game_name: "Zeta public" })
          const list = (query: string) =>
            Effect.map(call("admin", "GET", `${games}?${query}`), ({ body }) =>
              (body.games as ReadonlyArray<{ game_name: string }>).map((it) => it.game_name)
            )
          assert.deepStrictEqual(yield* list("name=zeta"), ["Zeta public", ...names.toReversed()])
          assert.deepStrictEqual(yield* list(`owner_user_id=${owner.user}`), names.toReversed())
          assert.deepStrictEqual(yield* list("name=zeta&visibility=public"), ["Zeta public"])
          assert.deepStrictEqual(yield* list("name=zeta&status=running"), [])
          assert.deepStrictEqual(yield* list("name=zeta%20t"), ["zeta three", "ZETA two"])
          const first = yield* call("admin", "GET", `${games}?name=zeta&limit=3`)
          const next = `${games}?name=zeta&limit=3&cursor=${first.body.next_cursor}`
          const second = yield* call("admin", "GET", next)
          assert.deepStrictEqual([first.body.games.length, second.body.games.length], [3, 1])
          for (const query of ["status=odd", "owner_user_id=me", "visibility=none", "name="]) {
            assert.strictEqual(refusalOf(yield* call("admin", "GET", `${games}?${query}`)), "invalid_request")
          }
          assert.strictEqual(refusalOf(yield* call("admin", "GET", `${games}/${yield* newId}`)), "not_found")
        }).pipe(Effect.scoped)
      )

      it.effect("a stopped game keeps turn, seed and state, and goes on by force, on a newer version", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const engines = yield* ScriptedEngines
          const versions = yield* EngineVersions
          const clock = yield* MovableClock.MovableClockService
          const { id, owner, guest, step, game } = yield* running(call)
          yield* clock.advance("1 day")
          yield* work(id)
          assert.strictEqual((yield* game).current_turn, 1)
          const before = yield* runtimeOf(id)
          const stopped = yield* call("admin", "POST", `${games}/${id}/force-stop`, { reason: "trouble" })
          assert.deepInclude(stopped.body, { status: "paused", runtime_status: "stopped", current_turn: 1 })
          yield* work(id)
          assert.isUndefined((yield* engines.game(id)).running)
          for (const who of [owner, guest]) assert.include(yield* told(who), "lobby.game.paused")
          assert.strictEqual(refusalOf(yield* step("resume")), "conflict/wrong_state")
          assert.strictEqual(
            (yield* step("resume")).body.error.message,
            "the game can't be resumed while its engine is stopped"
          )
          // Stopping what is stopped is no news.
          assert.strictEqual((yield* call("admin", "POST", `${games}/${id}/force-stop`)).body.status, "paused")
          for (const who of [owner, guest]) {
            assert.strictEqual((yield* told(who)).filter((it) => it === "lobby.game.paused").length, 1)
          }
          yield* clock.advance("3 days")
          yield* work(id)
          assert.strictEqual((yield* runtimeOf(id))?.current_turn, 1)
          yield* versions.register("0.2.0", "builtin:0.2.0")
          const again = yield* call("admin", "POST", `${games}/${id}/force-start`, { engine_version: "0.2.0" })
          assert.deepInclude(again.body, { status: "starting", runtime_status: "starting", engine_version: "0.2.0" })
          yield* work(id)
          assert.deepInclude(yield* game, { status: "running", current_turn: 1, engine_version: "0.2.0" })
          const after = yield* runtimeOf(id)
          assert.deepStrictEqual([after?.seed, after?.current_turn], [before?.seed, 1])
          assert.strictEqual((yield* engines.game(id)).state?.init.seed, before?.seed)
          yield* clock.advance("1 day")
          yield* work(id)
          assert.strictEqual((yield* game).current_turn, 2)
          assert.strictEqual(
            refusalOf(yield* call("admin", "POST", `${games}/${id}/force-start`)),
            "conflict/wrong_state"
          )
        }).pipe(Effect.scoped)
      )

      it.effect("says why a game makes its next turn when it does, or what is in the way", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const engines = yield* ScriptedEngines
          const sql = yield* SqlClient.SqlClient
          const clock = yield* MovableClock.MovableClockService
          const why = (id: string) => Effect.map(call("admin", "GET", `${games}/${id}/why`), (it) => it.body)
          const codes = (id: string) =>
            Effect.map(why(id), (it) => (it.blocks as ReadonlyArray<{ code: string }>).map((block) => block.code))
          const waiting = yield* drafted(call)
          assert.deepStrictEqual(yield* codes(waiting.id), ["not_started", "not_enough_players"])
          assert.match((yield* why(waiting.id)).summary, /^No turn is planned; the game is a draft/)
          // Seats of the engine's alone make no game.
          const empty = yield* call("admin", "POST", games, { ...newGame, min_players: 1, computer_players: 2 })
          assert.deepStrictEqual(yield* codes(empty.body.game_id), ["not_started", "not_enough_players"])
          const { id, step, game, owner, guest } = yield* running(call)
          const planned = yield* why(id)
          assert.deepStrictEqual([planned.blocks, planned.next_turn_at], [[], (yield* game).next_turn_at])
          assert.deepInclude(planned, { next_turn_why: "schedule", skipped: 0 })
          assert.strictEqual(planned.decision.text, "the game has started")
          assert.strictEqual(planned.summary, `Turn 1 is due at ${planned.next_turn_at} by the schedule.`)
          assert.deepInclude(planned.last_operation, { op: "start", status: "succeeded" })
          assert.deepInclude(planned, { turn_schedule: "0 18 * * *", time_zone: "UTC", visibility: "private" })
          assert.deepInclude(planned.engine, {
            version,
            version_enabled: true,
            state: "running",
            game_state_in: "host"
          })
          assert.deepInclude(planned.orders, { players: 2, given: 0 })
          assert.deepStrictEqual(
            planned.orders.awaited.map((it: { missed_turns: number }) => it.missed_turns),
            [0, 0]
          )
          assert.notProperty(planned, "last_turn")
          yield* clock.advance("1 day")
          assert.deepStrictEqual(yield* codes(id), ["overdue"])
          yield* work(id)
          yield* sql`UPDATE backend.memberships SET orders_given_turn = 1 WHERE user_id = ${guest.user}`
          const made = yield* why(id)
          assert.deepStrictEqual([made.blocks, made.last_turn.turn], [[], 1])
          assert.isAtLeast(made.last_turn.took_ms, 0)
          assert.strictEqual(made.last_turn.due_at, planned.next_turn_at)
          const operations = yield* call("admin", "GET", `/api/v1/admin/runtimes/${id}/operations`)
          assert.deepInclude(operations.body.operations[0], { op: "turn", turn: 1, due_at: planned.next_turn_at })
          assert.notProperty(operations.body.operations[1], "due_at")
          assert.deepInclude(made.orders, { players: 2, given: 1 })
          assert.deepStrictEqual(
            made.orders.awaited.map((it: { user_id: string }) => it.user_id),
            [owner.user]
          )
          yield* sql`UPDATE backend.runtime_records SET last_decision = ${"turn 2 was moved: no backend was at work for 9 minutes"}
            WHERE game_id = ${id}`
          assert.deepStrictEqual(yield* codes(id), ["moved_by_outage"])
          yield* sql`UPDATE backend.runtime_records SET last_decision = 'x', health = 'unhealthy', health_since = now() + interval '1 year'
            WHERE game_id = ${id}`
          assert.deepStrictEqual(yield* codes(id), ["engine_unreachable"])
          yield* sql`UPDATE backend.runtime_records SET health_since = ${new Date(0)} WHERE game_id = ${id}`
          const worked = yield* why(id)
          assert.deepStrictEqual([worked.blocks, worked.engine.health], [[], "unknown"])
          const shown = yield* call("admin", "GET", `/api/v1/admin/runtimes/${id}`)
          assert.deepInclude(shown.body, { health: "unknown" })
          assert.notProperty(shown.body, "health_since")
          yield* step("pause")
          assert.deepInclude((yield* why(id)).blocks[0], { code: "paused", acts: "owner" })
          yield* call("admin", "POST", `${games}/${id}/force-stop`, {})
          assert.deepStrictEqual(yield* codes(id), ["stopped", "engine_task"])
          yield* work(id)
          assert.deepStrictEqual(yield* codes(id), ["stopped"])
          assert.deepInclude((yield* why(id)).engine, { state: "off" })
          yield* call("admin", "POST", `/api/v1/admin/engine-versions/${version}/disable`, {})
          assert.deepStrictEqual(yield* codes(id), ["stopped", "version_disabled"])
          yield* call("admin", "PATCH", `/api/v1/admin/engine-versions/${version}`, { enabled: true })
          assert.deepStrictEqual(yield* codes(id), ["stopped"])
          assert.notProperty(yield* why(id), "next_turn_at")
          const other = yield* running(call)
          yield* engines.script(other.id, {
            call: ({ path }) => Effect.succeed(path === "/api/v1/admin/turn" ? "out of memory" : undefined)
          })
          yield* clock.advance("1 day")
          yield* work(other.id)
          assert.include(yield* codes(other.id), "generation_failed")
          assert.match((yield* why(other.id)).summary, /ran out of memory.*mend the cause/)
          // What fails afterwards of what is done to the engine is told apart from the turn.
          yield* engines.script(other.id, { start: () => ({ reason: "no such image", permanent: true }) })
          yield* call("admin", "POST", `/api/v1/admin/runtimes/${other.id}/restart`, { reason: "mended" })
          yield* work(other.id)
          const unmended = yield* why(other.id)
          assert.deepStrictEqual(
            unmended.blocks.map((it: { code: string }) => it.code),
            ["generation_failed", "renewal_failed"]
          )
          assert.match(unmended.blocks[0].message, /^the turn could not be made: .*ran out of memory/)
          assert.strictEqual(unmended.blocks[1].message, "after that the engine's restart has failed: no such image")
          // In a row of an earlier release the restart's reason has taken the turn's place.
          yield* sql`UPDATE backend.runtime_records SET failure_reason = 'no such image' WHERE game_id = ${other.id}`
          assert.deepStrictEqual((yield* why(other.id)).blocks, unmended.blocks)
          yield* other.step("cancel")
          assert.deepStrictEqual(yield* codes(other.id), ["cancelled"])
          const asked = yield* running(call)
          const refusing = engines.script(asked.id, {
            call: ({ path }) =>
              Effect.succeed(path === "/api/v1/admin/turn" ? refusal(409, "conflict", "not on this state") : undefined)
          })
          yield* refusing
          assert.notProperty(yield* why(asked.id), "asked_for")
          yield* call("admin", "POST", `/api/v1/admin/runtimes/${asked.id}/force-next-turn`, {})
          assert.isTrue((yield* why(asked.id)).asked_for)
          yield* work(asked.id)
          assert.includeMembers(yield* codes(asked.id), ["retrying", "engine_refused"])
          // It is tried again by itself: nobody must act.
          assert.deepInclude((yield* why(asked.id)).blocks, {
            code: "engine_refused",
            message: "the engine answers and refused it: not on this state"
          })
          yield* engines.script(asked.id, {})
          yield* clock.advance("1 hour")
          yield* work(asked.id)
          const forced = yield* why(asked.id)
          assert.deepStrictEqual([forced.blocks, forced.last_turn.turn], [[], 1])
          assert.notProperty(forced.last_turn, "due_at")
          // A turn that is made at the second attempt was due when it was.
          yield* refusing
          yield* clock.advance("2 days")
          yield* work(asked.id)
          yield* engines.script(asked.id, {})
          yield* clock.advance("1 hour")
          yield* work(asked.id)
          const second = yield* why(asked.id)
          assert.deepInclude(second.last_turn, { turn: 2, due_at: forced.next_turn_at })
          // One that was stopped, and can't be started again, stands for that reason.
          const forcedTo = (action: string) => call("admin", "POST", `${games}/${asked.id}/${action}`, {})
          yield* forcedTo("force-stop")
          yield* work(asked.id)
          assert.match((yield* why(asked.id)).blocks[0].message, /^the engine was stopped: stopped by an administrator/)
          yield* engines.script(asked.id, {
            call: ({ path }) =>
              Effect.succeed(path.endsWith("/status") ? refusal(409, "conflict", "of another ruleset") : undefined)
          })
          yield* forcedTo("force-start")
          yield* work(asked.id)
          assert.deepStrictEqual(yield* codes(asked.id), ["stopped", "engine_refused"])
          const stands = (yield* why(asked.id)).blocks
          assert.strictEqual(stands[0].message, "the game could not be started again: of another ruleset")
          assert.deepInclude(stands[1], {
            message: "the engine answers and refused it: of another ruleset",
            acts: "operator"
          })
          const unfit = yield* ready(call)
          yield* engines.script(unfit.id, {
            call: ({ path }) =>
              Effect.succeed(path.endsWith("/init") ? refusal(400, "invalid_request", "same name") : undefined)
          })
          yield* unfit.step("start")
          yield* work(unfit.id)
          assert.deepStrictEqual(yield* codes(unfit.id), ["start_failed", "engine_refused"])
          assert.deepInclude((yield* why(unfit.id)).blocks[1], {
            message: "the engine answers and refused it: same name",
            acts: "operator"
          })
          // Patching is for games in play; another version is taken by force.
          const registry = "/api/v1/admin/engine-versions"
          yield* call("admin", "POST", registry, { version: "0.3.0", image_ref: "builtin:0.3.0" })
          const patch = { version: "0.3.0", reason: "refused" }
          const patched = yield* call("admin", "POST", `/api/v1/admin/runtimes/${unfit.id}/patch`, patch)
          assert.strictEqual(refusalOf(patched), "conflict/wrong_state")
          yield* engines.script(unfit.id, {})
          const other_version = { engine_version: "0.3.0" }
          yield* call("admin", "POST", `${games}/${unfit.id}/force-start`, other_version)
          yield* work(unfit.id)
          assert.deepInclude(yield* unfit.game, { status: "running", engine_version: "0.3.0" })
          const crowded = yield* ready(call)
          yield* engines.script(crowded.id, { start: () => ({ reason: "64 run", permanent: false, noRoom: true }) })
          yield* crowded.step("start")
          yield* work(crowded.id)
          assert.deepInclude((yield* why(crowded.id)).blocks[0], { code: "no_capacity", acts: "operator" })
          assert.strictEqual(refusalOf(yield* call("admin", "GET", `${games}/${yield* newId}/why`)), "not_found")
        }).pipe(Effect.scoped)
      )

      it.effect("force starts a game with the members there are, and stops a first start", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { id, game, step } = yield* drafted(call, { min_players: 4 })
          const force = (action: string) => call("admin", "POST", `${games}/${id}/${action}`, {})
          assert.strictEqual(refusalOf(yield* force("force-stop")), "conflict/wrong_state")
          assert.strictEqual((yield* force("force-start")).body.status, "starting")
          assert.strictEqual(refusalOf(yield* force("force-start")), "conflict/wrong_state")
          const stopped = yield* force("force-stop")
          assert.deepInclude(stopped.body, { status: "start_failed", runtime_status: "stopped" })
          yield* work(id)
          assert.strictEqual((yield* game).status, "start_failed")
          assert.strictEqual((yield* force("force-start")).body.status, "starting")
          yield* work(id)
          assert.deepInclude(yield* game, { status: "running", member_count: 1 })
          yield* step("cancel")
          for (const action of ["force-start", "force-stop"]) {
            assert.strictEqual(refusalOf(yield* force(action)), "conflict/wrong_state")
          }
          const empty = yield* call("admin", "POST", games, newGame)
          const path = `${games}/${empty.body.game_id}/force-start`
          assert.strictEqual(refusalOf(yield* call("admin", "POST", path)), "conflict/not_enough_players")
        }).pipe(Effect.scoped)
      )

      it.effect("a banned player loses seat and name, and never comes back", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const engines = yield* ScriptedEngines
          const { id, path, owner, guest } = yield* running(call)
          const ban = (user_id: string) =>
            call("admin", "POST", `${games}/${id}/ban-member`, { user_id, reason: "threats" })
          const { user: userId } = guest
          const banned = yield* ban(userId)
          assert.deepStrictEqual([banned.status, banned.body.member_count], [200, 1])
          assert.strictEqual((yield* ban(userId)).status, 200)
          const { audit } = (yield* call("admin", "GET", `${admin}/audit?target_id=${id}`)).body
          const [repeated, first] = audit
          const gone = { user_id: userId, blocked: true, membership_status: "blocked" }
          assert.deepInclude(first.before, { user_id: userId, blocked: false, membership_status: "active" })
          for (const it of [first.after, repeated.before, repeated.after]) assert.deepInclude(it, gone)
          assert.deepStrictEqual([first.before.game.member_count, first.after.game.member_count], [2, 1])
          yield* work(id)
          assert.deepStrictEqual((yield* engines.game(id)).orders, ["banish Lyra"])
          assert.deepStrictEqual(
            (yield* told(guest)).filter((it) => it.startsWith("lobby.membership.")),
            ["lobby.membership.blocked"]
          )
          assert.strictEqual(refusalOf(yield* call(guest, "GET", path)), "not_found")
          const orders =
            yield* sql`SELECT 1 FROM backend.race_names WHERE game_id = ${id} AND owner_user_id = ${userId}`
          assert.strictEqual(orders.length, 0)
          assert.strictEqual(refusalOf(yield* ban(yield* newId)), "not_found")
          const stranger = yield* user
          assert.strictEqual((yield* ban(stranger.user)).status, 200)
          const draft = yield* ready(call)
          yield* call("admin", "POST", `${games}/${draft.id}/ban-member`, { user_id: draft.guest.user, reason: "spam" })
          assert.strictEqual(refusalOf(yield* draft.step("start")), "conflict/not_enough_players")
          yield* call("admin", "POST", `${games}/${id}/cancel`, { reason: "over" })
          assert.strictEqual((yield* ban(owner.user)).status, 200)
          assert.strictEqual(
            refusalOf(yield* call("admin", "POST", `${games}/${id}/ban-member`, { user_id: owner.user })),
            "invalid_request"
          )
        }).pipe(Effect.scoped)
      )
    }
  )
})
