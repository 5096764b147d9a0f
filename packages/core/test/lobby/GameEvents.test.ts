import { GameId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Applications } from "@galaxy/core/lobby/application/Applications"
import { Bans } from "@galaxy/core/lobby/Bans"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import { RaceNames } from "@galaxy/core/race-name/RaceNames"
import { RuntimeEvents, type RuntimeSnapshot } from "@galaxy/core/runtime/RuntimeEvents"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { join, leave, lobbyOn, notices, openGame, player } from "./fixture.ts"

const tag = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

/** A game of two whose start has been queued. */
const startingGame = Effect.gen(function* () {
  const games = yield* Games
  const [owner, guest] = yield* Effect.all([player, player])
  const { game_id } = yield* openGame(owner)
  yield* join(owner, game_id, owner, "Vega")
  yield* join(owner, game_id, guest, "Lyra")
  yield* games.readyToStart(owner, game_id)
  yield* games.start(owner, game_id)
  return { owner, guest, game_id, get: games.get(owner, game_id) }
})

const at = DateTime.makeUnsafe("2030-01-01T18:00:00Z")

const runningGame = Effect.gen(function* () {
  const events = yield* RuntimeEvents
  const game = yield* startingGame
  yield* events.onRunning({ gameId: game.game_id, currentTurn: 0, nextTurnAt: at, engineVersion: "1.0.0" })
  const snapshot = (change: Partial<RuntimeSnapshot>) =>
    events.onSnapshot({
      gameId: game.game_id,
      currentTurn: 0,
      runtimeStatus: "running",
      nextTurnAt: at,
      players: [],
      advanced: false,
      ...change
    })
  return { ...game, events, snapshot }
})

const turnsTold = (user: Parameters<typeof notices>[0]) =>
  Effect.map(notices(user), (all) => all.filter((it) => it.kind === "game.turn.ready").map((it) => it.payload))

eachDatabase((name, database) => {
  layer(lobbyOn(database), { timeout: "240 seconds" })(`what the runtime tells the lobby on ${name}`, (it) => {
    it.effect("a started game runs", () =>
      Effect.gen(function* () {
        const events = yield* RuntimeEvents
        const { game_id, get, owner, guest } = yield* startingGame
        const report = { gameId: game_id, currentTurn: 0, nextTurnAt: at, engineVersion: "1.0.0" }
        yield* events.onRunning(report)
        const game = yield* get
        assert.strictEqual(game.status, "running")
        assert.strictEqual(game.runtime_status, "running")
        assert.strictEqual(game.engine_version, "1.0.0")
        assert.deepStrictEqual(game.next_turn_at, at)
        assert.deepStrictEqual(game.started_at, yield* DateTime.now)
        yield* events.onRunning(report)
        assert.deepStrictEqual(yield* get, game)
        const named = { game_id, game_name: "Orion Arm" }
        for (const who of [owner, guest]) {
          const told = (yield* notices(who)).filter((it) => it.kind.startsWith("game."))
          assert.deepStrictEqual(
            told.map((it) => [it.kind, it.payload]),
            [["game.started", named]]
          )
        }
      })
    )

    it.effect("a game that goes on after a stop has not started again", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { owner, game_id, get, events } = yield* runningGame
        const started = (yield* get).started_at
        yield* events.onStopped({ gameId: game_id, reason: "the engine was lost" })
        const stopped = yield* get
        assert.deepStrictEqual([stopped.status, stopped.runtime_status], ["paused", "stopped"])
        yield* sql`UPDATE backend.games SET status = 'starting' WHERE game_id = ${game_id}`
        yield* events.onRunning({ gameId: game_id, currentTurn: 0, nextTurnAt: at, engineVersion: "1.0.0" })
        assert.deepStrictEqual((yield* get).started_at, started)
        const told = (yield* notices(owner)).map((it) => it.kind)
        assert.deepStrictEqual(told.slice(-2), ["game.started", "lobby.game.paused"])
      })
    )

    it.effect("a late report of an engine's health doesn't hide that the game was stopped", () =>
      Effect.gen(function* () {
        const { game_id, get, events } = yield* runningGame
        const health = (runtimeStatus: string) => events.onHealth({ gameId: game_id, runtimeStatus })
        yield* health("engine_unreachable")
        assert.strictEqual((yield* get).runtime_status, "engine_unreachable")
        yield* events.onStopped({ gameId: game_id, reason: "by force" })
        const stopped = yield* get
        for (const late of ["running", "engine_unreachable"]) {
          yield* health(late)
          assert.deepStrictEqual(yield* get, stopped)
        }
      })
    )

    it.effect("a report that the game's state has no place for is a conflict", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const events = yield* RuntimeEvents
        const { game_id, get } = yield* startingGame
        const running = events.onRunning({ gameId: game_id, currentTurn: 0, engineVersion: "1.0.0" })
        assert.strictEqual(yield* tag(events.onFinished(game_id)), "GameGone")
        yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE game_id = ${game_id}`
        const before = yield* get
        assert.strictEqual(yield* tag(running), "GameGone")
        assert.strictEqual(yield* tag(events.onStartFailed({ gameId: game_id, reason: "no" })), "GameGone")
        assert.strictEqual(yield* tag(events.onFinished(game_id)), "GameGone")
        assert.deepStrictEqual(yield* get, before)
        assert.strictEqual(yield* tag(events.onFinished(GameId.make(yield* newId))), "GameGone")
      })
    )

    it.effect("the reason of a failed start is kept within bounds", () =>
      Effect.gen(function* () {
        const events = yield* RuntimeEvents
        const { game_id, get } = yield* startingGame
        const reason = `engine\u0000 ${"x".repeat(10_000)}`
        yield* events.onStartFailed({ gameId: game_id, reason })
        const game = yield* get
        assert.strictEqual(game.status, "start_failed")
        assert.match(game.failure_reason ?? "", /^engine x{493}$/)
        yield* events.onStartFailed({ gameId: game_id, reason: "again" })
        assert.deepStrictEqual(yield* get, game)
      })
    )

    it.effect("a new turn is shown, and told to every active member once", () =>
      Effect.gen(function* () {
        const { owner, guest, game_id, get, snapshot } = yield* runningGame
        yield* snapshot({})
        assert.deepStrictEqual(yield* turnsTold(owner), [])
        const next = DateTime.addDuration(at, "1 day")
        const first = snapshot({ currentTurn: 1, advanced: true, nextTurnAt: next })
        yield* first
        const game = yield* get
        assert.strictEqual(game.current_turn, 1)
        assert.deepStrictEqual(game.next_turn_at, next)
        assert.deepStrictEqual(yield* turnsTold(owner), [{ game_id, turn: 1 }])
        assert.deepStrictEqual(yield* turnsTold(guest), [{ game_id, turn: 1 }])
        const told = (yield* notices(owner)).find((it) => it.kind === "game.turn.ready")
        assert.strictEqual(told?.idempotencyKey, `turn-ready:${game_id}:1`)
        yield* first
        assert.strictEqual((yield* turnsTold(owner)).length, 1)
        yield* leave(game_id, guest)
        yield* snapshot({ currentTurn: 2, advanced: true })
        assert.strictEqual((yield* turnsTold(owner)).length, 2)
        assert.strictEqual((yield* turnsTold(guest)).length, 1)
      })
    )

    it.effect("a snapshot in a transaction that fails tells nobody anything", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { owner, get, snapshot } = yield* runningGame
        yield* Effect.ignore(
          sql.withTransaction(Effect.andThen(snapshot({ currentTurn: 1, advanced: true }), Effect.fail("later")))
        )
        assert.strictEqual((yield* get).current_turn, 0)
        assert.deepStrictEqual(yield* turnsTold(owner), [])
      })
    )

    it.effect("a late snapshot of an earlier turn changes nothing", () =>
      Effect.gen(function* () {
        const { get, snapshot } = yield* runningGame
        yield* snapshot({ currentTurn: 3, advanced: true })
        const before = yield* get
        yield* snapshot({ currentTurn: 2, advanced: true, runtimeStatus: "stopped" })
        assert.deepStrictEqual(yield* get, before)
      })
    )

    it.effect("players' highest values only rise, and their first ones stay", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { owner, guest, game_id, snapshot } = yield* runningGame
        const standing = (planets: number, population: number, eliminated = false) => [
          { userId: owner, planets, population, eliminated },
          { userId: guest, planets: 1, population: 10.5, eliminated: false, initialPlanets: 2, maxPopulation: 99.5 }
        ]
        yield* snapshot({ players: standing(1, 100) })
        yield* snapshot({ currentTurn: 1, advanced: true, players: standing(5, 80.25) })
        yield* snapshot({ currentTurn: 2, advanced: true, players: standing(0, 0, true) })
        const rows = yield* sql`
          SELECT user_id, planets, population, max_planets, max_population, initial_planets, initial_population, eliminated
          FROM backend.memberships WHERE game_id = ${game_id} ORDER BY race_name DESC`
        assert.deepStrictEqual(rows, [
          {
            user_id: owner,
            planets: 0,
            population: 0,
            max_planets: 5,
            max_population: 100,
            initial_planets: 1,
            initial_population: 100,
            eliminated: true
          },
          {
            user_id: guest,
            planets: 1,
            population: 10.5,
            max_planets: 1,
            max_population: 99.5,
            initial_planets: 2,
            initial_population: 10.5,
            eliminated: false
          }
        ])
      })
    )

    it.effect("a finish earns those who have grown their race names, and frees the others'", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const names = yield* RaceNames
        const { owner, guest, game_id, events, snapshot } = yield* runningGame
        const stand = (planets: number, population: number, guestPopulation: number) => [
          { userId: owner, planets, population, eliminated: false },
          { userId: guest, planets, population: guestPopulation, eliminated: false }
        ]
        yield* snapshot({ players: stand(1, 100, 100) })
        yield* snapshot({ currentTurn: 1, advanced: true, players: stand(3, 150, 100) })
        // What was lost again counts.
        yield* snapshot({ currentTurn: 2, advanced: true, players: stand(1, 50, 100) })
        yield* events.onFinished(game_id)
        const held = (user: typeof owner) =>
          Effect.map(names.mine(user, {}), ({ race_names }) => race_names.map((it) => `${it.name} ${it.status}`))
        assert.deepStrictEqual(yield* held(owner), ["Vega pending_registration"])
        assert.deepStrictEqual(yield* held(guest), [])
        const kinds = (user: typeof owner) => Effect.map(notices(user), (all) => all.map((it) => it.kind))
        assert.deepStrictEqual((yield* kinds(owner)).slice(-2), ["game.finished", "lobby.race_name.pending"])
        assert.strictEqual((yield* kinds(guest)).at(-1), "game.finished")
        yield* events.onFinished(game_id)
        assert.deepStrictEqual(yield* held(owner), ["Vega pending_registration"])
        // Other tests have players of this name.
        yield* sql`DELETE FROM backend.race_names WHERE owner_user_id = ${owner}`
      })
    )

    it.effect("a seat that the engine has taken over earns its player nothing", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const names = yield* RaceNames
        const { owner, guest, game_id, events, snapshot } = yield* runningGame
        const stand = (planets: number) => [
          { userId: owner, planets, population: 100 * planets, eliminated: false },
          { userId: guest, planets, population: 100 * planets, eliminated: false }
        ]
        yield* snapshot({ players: stand(1) })
        yield* sql`UPDATE backend.memberships SET taken_over_at = now() WHERE game_id = ${game_id} AND user_id = ${guest}`
        yield* snapshot({ currentTurn: 1, advanced: true, players: stand(3) })
        yield* events.onFinished(game_id)
        assert.strictEqual((yield* names.mine(owner, {})).race_names[0]?.status, "pending_registration")
        assert.deepStrictEqual((yield* names.mine(guest, {})).race_names, [])
        // Other tests have players of this name.
        yield* sql`DELETE FROM backend.race_names WHERE owner_user_id = ${owner}`
      })
    )

    it.effect("applications that nobody has decided are rejected when the game starts", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [events, applications, names] = [yield* RuntimeEvents, yield* Applications, yield* RaceNames]
        const { game_id } = yield* startingGame
        const applicant = yield* player
        const set = (visibility: string, status: string) =>
          sql`UPDATE backend.games SET visibility = ${visibility}, status = ${status} WHERE game_id = ${game_id}`
        yield* set("public", "enrollment_open")
        yield* applications.submit(applicant, game_id, { race_name: "Mira" })
        yield* set("private", "starting")
        yield* events.onRunning({ gameId: game_id, currentTurn: 0, nextTurnAt: at, engineVersion: "1.0.0" })
        assert.strictEqual((yield* applications.mine(applicant, {})).applications[0]?.status, "rejected")
        assert.deepStrictEqual((yield* names.mine(applicant, {})).race_names, [])
        assert.deepStrictEqual(
          (yield* notices(applicant)).map((it) => it.kind),
          ["lobby.application.rejected"]
        )
      })
    )

    it.effect("an application of somebody who is banned is rejected, and their name is free", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [bans, applications, names] = [yield* Bans, yield* Applications, yield* RaceNames]
        const { game_id } = yield* startingGame
        const applicant = yield* player
        yield* sql`
          UPDATE backend.games SET visibility = 'public', status = 'enrollment_open' WHERE game_id = ${game_id}`
        yield* applications.submit(applicant, game_id, { race_name: "Mira" })
        yield* bans.ban(game_id, applicant)
        assert.strictEqual((yield* applications.mine(applicant, {})).applications[0]?.status, "rejected")
        assert.deepStrictEqual((yield* names.mine(applicant, {})).race_names, [])
        assert.deepStrictEqual(
          (yield* notices(applicant)).map((it) => it.kind),
          ["lobby.application.rejected"]
        )
      })
    )

    it.effect("invites that nobody has accepted expire when the game starts", () =>
      Effect.gen(function* () {
        const [events, invites] = [yield* RuntimeEvents, yield* Invites]
        const { game_id, owner } = yield* startingGame
        const guest = yield* player
        const sql = yield* SqlClient.SqlClient
        yield* sql`UPDATE backend.games SET status = 'ready_to_start' WHERE game_id = ${game_id}`
        yield* invites.issue(owner, game_id, { invited_user_id: guest })
        yield* sql`UPDATE backend.games SET status = 'starting' WHERE game_id = ${game_id}`
        yield* events.onRunning({ gameId: game_id, currentTurn: 0, nextTurnAt: at, engineVersion: "1.0.0" })
        assert.strictEqual((yield* invites.mine(guest, {})).invites[0]?.status, "expired")
        assert.deepStrictEqual(
          (yield* notices(guest)).map((it) => it.kind),
          ["lobby.invite.received"]
        )
      })
    )

    it.effect("a finished game stays as it is", () =>
      Effect.gen(function* () {
        const { game_id, get, events, owner, guest, snapshot } = yield* runningGame
        yield* snapshot({ currentTurn: 1, advanced: true })
        yield* events.onFinished(game_id)
        const game = yield* get
        assert.strictEqual(game.status, "finished")
        assert.strictEqual(game.runtime_status, "finished")
        assert.isFalse("next_turn_at" in game)
        assert.deepStrictEqual(game.finished_at, yield* DateTime.now)
        yield* events.onFinished(game_id)
        yield* snapshot({ currentTurn: 2, advanced: true })
        assert.deepStrictEqual(yield* get, game)
        for (const who of [owner, guest]) {
          const told = (yield* notices(who)).filter((it) => it.kind === "game.finished")
          assert.deepStrictEqual(
            told.map((it) => it.payload),
            [{ game_id, game_name: "Orion Arm", turn: 1 }]
          )
        }
      })
    )
  })
})
