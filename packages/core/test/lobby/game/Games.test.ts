import { GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Bans } from "@galaxy/core/lobby/Bans"
import { GamePlayers } from "@galaxy/core/lobby/membership/GamePlayers"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import { Memberships } from "@galaxy/core/lobby/membership/Memberships"
import { RuntimeEvents } from "@galaxy/core/runtime/RuntimeEvents"
import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { SqlClient } from "effect/sql"
import { join, leave, lobbyOn, mappings, openGame, player, settings, starts } from "../fixture.ts"

const tag = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

/** A game of two that is ready to start. */
const readyGame = (owner: UserId, guest: UserId) =>
  Effect.gen(function* () {
    const games = yield* Games
    const game = yield* openGame(owner)
    yield* join(owner, game.game_id, owner, "Vega")
    yield* join(owner, game.game_id, guest, "Lyra")
    return yield* games.readyToStart(owner, game.game_id)
  })

eachDatabase((name, database) => {
  layer(lobbyOn(database, { openGamesPerOwner: 5, gamesInPlayPerOwner: 2 }), { timeout: "240 seconds" })(
    `games on ${name}`,
    (it) => {
      it.effect("a new game is a private draft of its owner", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const owner = yield* player
          yield* TestClock.adjust("1 hour")
          const game = yield* games.create(
            owner,
            settings({ game_name: "  Orion Arm ", description: "Be kind.\nПривет" })
          )
          assert.strictEqual(game.status, "draft")
          assert.strictEqual(game.visibility, "private")
          assert.strictEqual(game.owner_user_id, owner)
          assert.strictEqual(game.game_name, "Orion Arm")
          assert.strictEqual(game.description, "Be kind.\nПривет")
          assert.strictEqual(game.member_count, 0)
          assert.strictEqual(game.current_turn, 0)
          assert.strictEqual(game.runtime_status, "none")
          assert.deepStrictEqual(game.created_at, yield* DateTime.now)
          assert.isFalse("engine_version" in game || "started_at" in game || "next_turn_at" in game)
          assert.deepStrictEqual(yield* games.get(owner, game.game_id), game)
        })
      )

      it.effect("UTC is the zone of a game that names none", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const { time_zone: _, ...rest } = settings()
          const game = yield* games.create(yield* player, rest)
          assert.strictEqual(game.time_zone, "UTC")
        })
      )

      const bad = {
        "a blank name": { game_name: "   " },
        "a name with a line break": { game_name: "Orion\nArm" },
        "a name with NUL": { game_name: "Orion\u0000" },
        "a name that turns the reading direction": { game_name: "Orion\u202EArm" },
        "a name that shows nothing": { game_name: "\u3164" },
        "a name with half a surrogate pair": { game_name: "Orion\uD800" },
        "a name with a lost character": { game_name: "Orion\uFFFD" },
        "a description with a control character": { description: "bell\u0007" },
        "a description that shows nothing": { description: "\u2800\n" },
        "more players needed than there are places": { min_players: 5, max_players: 4 },
        "a schedule of six fields": { turn_schedule: "0 0 18 * * *" },
        "an unknown zone": { time_zone: "Mars/Olympus" },
        "an engine version that nobody registered": { engine_version: "9.9.9" },
        "an engine version that is no version": { engine_version: "1\u0000" },
        "no place left by computer players": { max_players: 3, computer_players: 3 },
        "a limit of missed turns without an action": { missed_turns_limit: 3 },
        "an action without a limit of missed turns": { absence_action: "computer" as const },
        "an enrolment that has ended": { enrollment_ends_at: DateTime.makeUnsafe(0) }
      }
      for (const [what, change] of Object.entries(bad)) {
        it.effect(`a game with ${what} is refused`, () =>
          Effect.gen(function* () {
            const games = yield* Games
            assert.strictEqual(yield* tag(games.create(yield* player, settings(change))), "GameSettingsInvalid")
          })
        )
      }

      it.effect("an update changes what it names, and clears what it empties", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const owner = yield* player
          const ends = DateTime.addDuration(yield* DateTime.now, "3 days")
          const game = yield* games.create(
            owner,
            settings({
              computer_players: 1,
              early_turns: true,
              missed_turns_reminder: 1,
              missed_turns_limit: 3,
              absence_action: "removal",
              enrollment_ends_at: ends
            })
          )
          assert.deepStrictEqual(
            [game.computer_players, game.early_turns, game.missed_turns_limit, game.absence_action],
            [1, true, 3, "removal"]
          )
          assert.deepStrictEqual(game.enrollment_ends_at, ends)
          assert.deepStrictEqual(yield* games.update(owner, game.game_id, {}), game)
          assert.deepStrictEqual(yield* games.update(owner, game.game_id, { game_name: game.game_name }), game)
          const changed = yield* games.update(owner, game.game_id, {
            game_name: " Perseus ",
            turn_schedule: "0  6 * * *",
            missed_turns_reminder: 0,
            missed_turns_limit: 0,
            absence_action: "none",
            enrollment_ends_at: ""
          })
          const { missed_turns_reminder: _1, missed_turns_limit: _2, absence_action: _3, ...rest } = game
          const { enrollment_ends_at: _4, ...kept } = rest
          assert.deepStrictEqual(changed, {
            ...kept,
            game_name: "Perseus",
            turn_schedule: "0 6 * * *",
            updated_at: yield* DateTime.now
          })
          assert.deepStrictEqual(yield* games.get(owner, game.game_id), changed)
        })
      )

      it.effect("an update that makes no sense changes nothing", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const [owner, guest, stranger] = yield* Effect.all([player, player, player])
          const game = yield* openGame(owner, { computer_players: 1 })
          yield* join(owner, game.game_id, owner, "Vega")
          yield* join(owner, game.game_id, guest, "Lyra")
          const update = (change: Parameters<typeof games.update>[2]) => tag(games.update(owner, game.game_id, change))
          assert.strictEqual(yield* update({ max_players: 2 }), "TooFewPlaces")
          assert.strictEqual(yield* update({ computer_players: 3 }), "TooFewPlaces")
          assert.strictEqual(yield* update({ min_players: 5 }), "GameSettingsInvalid")
          assert.strictEqual(yield* update({ game_name: "\u3164" }), "GameSettingsInvalid")
          assert.strictEqual(yield* update({ turn_schedule: "0 0 30 2 *" }), "GameSettingsInvalid")
          assert.strictEqual(yield* update({ engine_version: "9.9.9" }), "GameSettingsInvalid")
          assert.strictEqual(yield* update({ missed_turns_limit: 3 }), "GameSettingsInvalid")
          assert.strictEqual(yield* tag(games.update(guest, game.game_id, {})), "NotGameOwner")
          assert.strictEqual(yield* tag(games.update(stranger, game.game_id, {})), "GameNotFound")
          assert.strictEqual((yield* games.get(owner, game.game_id)).max_players, 4)
        })
      )

      it.effect("in play only what the engine was not given can change, and after the end nothing", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const games = yield* Games
          const owner = yield* player
          const { game_id } = yield* games.create(owner, settings())
          const inState = (status: string) =>
            sql`UPDATE backend.games SET status = ${status} WHERE game_id = ${game_id}`
          for (const status of ["starting", "running", "paused"]) {
            yield* inState(status)
            const fits = { game_name: status, early_turns: status !== "running", missed_turns_reminder: 2 }
            assert.strictEqual((yield* games.update(owner, game_id, fits)).game_name, status)
            for (const change of [{ max_players: 9 }, { turn_schedule: "0 7 * * *" }, { computer_players: 1 }]) {
              assert.strictEqual(yield* tag(games.update(owner, game_id, change)), "GameStateConflict")
            }
          }
          for (const status of ["finished", "cancelled"]) {
            yield* inState(status)
            assert.strictEqual(yield* tag(games.update(owner, game_id, { game_name: "X" })), "GameStateConflict")
          }
        })
      )

      it.effect("computer players count as players and take places, but don't play alone", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const invites = yield* Invites
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner, { min_players: 2, max_players: 2, computer_players: 1 })
          const none = yield* Effect.flip(games.readyToStart(owner, game_id))
          assert.strictEqual(none._tag, "NotEnoughPlayers")
          yield* games.update(owner, game_id, { max_players: 3, computer_players: 2 })
          const alone = yield* Effect.flip(games.readyToStart(owner, game_id))
          assert.strictEqual(alone.message, "nobody has joined the game yet")
          yield* join(owner, game_id, owner, "Vega")
          const invite = yield* invites.issue(owner, game_id, { invited_user_id: guest })
          const full = yield* tag(invites.redeem(guest, game_id, invite.invite_id, { race_name: "Lyra" }))
          assert.strictEqual(full, "GameFull")
          assert.strictEqual((yield* games.readyToStart(owner, game_id)).status, "ready_to_start")
        })
      )

      it.effect("a game may name an engine version that is enabled, and no other", () =>
        Effect.gen(function* () {
          const versions = yield* EngineVersions
          const games = yield* Games
          yield* versions.register("1.2.3", "engine:1.2.3")
          yield* versions.register("1.2.2", "engine:1.2.2")
          yield* versions.disable("1.2.2")
          const owner = yield* player
          const game = yield* games.create(owner, settings({ engine_version: "1.2.3" }))
          assert.strictEqual(game.engine_version, "1.2.3")
          assert.strictEqual(
            yield* tag(games.create(owner, settings({ engine_version: "1.2.2" }))),
            "GameSettingsInvalid"
          )
        })
      )

      it.effect("a private game is missing for strangers, and seen by members and the invited", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const invites = yield* Invites
          const [owner, member, invited, stranger] = yield* Effect.all([player, player, player, player])
          const { game_id } = yield* openGame(owner)
          yield* join(owner, game_id, member, "Vega")
          yield* invites.issue(owner, game_id, { invited_user_id: invited })
          for (const who of [owner, member, invited]) {
            assert.strictEqual((yield* games.get(who, game_id)).game_id, game_id)
            assert.strictEqual((yield* (yield* GamePlayers).list(who, game_id)).length, 1)
          }
          assert.strictEqual(yield* tag(games.get(stranger, game_id)), "GameNotFound")
          assert.strictEqual(yield* tag((yield* GamePlayers).list(stranger, game_id)), "GameNotFound")
          assert.strictEqual(yield* tag(games.get(owner, GameId.make(yield* newId))), "GameNotFound")
          yield* TestClock.adjust("8 days")
          assert.strictEqual(yield* tag(games.get(invited, game_id)), "GameNotFound")
        })
      )

      it.effect("an invite that can't be accepted any more shows no game", () =>
        Effect.gen(function* () {
          const [games, invites, bans, sql] = [yield* Games, yield* Invites, yield* Bans, yield* SqlClient.SqlClient]
          const [owner, invited, banned] = yield* Effect.all([player, player, player])
          const ends = DateTime.addDuration(yield* DateTime.now, "1 hour")
          const { game_id } = yield* openGame(owner, { enrollment_ends_at: ends })
          for (const guest of [invited, banned]) yield* invites.issue(owner, game_id, { invited_user_id: guest })
          yield* games.get(banned, game_id)
          yield* bans.ban(game_id, banned)
          assert.strictEqual(yield* tag(games.get(banned, game_id)), "GameNotFound")
          assert.strictEqual(yield* tag((yield* GamePlayers).list(banned, game_id)), "GameNotFound")
          for (const status of ["running", "finished"]) {
            yield* sql`UPDATE backend.games SET status = ${status} WHERE game_id = ${game_id}`
            assert.strictEqual(yield* tag(games.get(invited, game_id)), "GameNotFound", status)
          }
          yield* sql`UPDATE backend.games SET status = 'enrollment_open' WHERE game_id = ${game_id}`
          yield* games.get(invited, game_id)
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(yield* tag(games.get(invited, game_id)), "GameNotFound")
        })
      )

      it.effect("a removed member sees the game no longer", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const [owner, member] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner)
          yield* join(owner, game_id, member, "Vega")
          yield* leave(game_id, member)
          assert.strictEqual(yield* tag(games.get(member, game_id)), "GameNotFound")
          assert.deepStrictEqual(yield* (yield* GamePlayers).list(owner, game_id), [])
        })
      )

      it.effect("only the owner takes steps: a member is forbidden to, a stranger finds nothing", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const [owner, member, stranger] = yield* Effect.all([player, player, player])
          const { game_id } = yield* openGame(owner)
          yield* join(owner, game_id, member, "Vega")
          for (const step of [games.openEnrollment, games.readyToStart, games.start, games.retryStart]) {
            assert.strictEqual(yield* tag(step(member, game_id)), "NotGameOwner")
            assert.strictEqual(yield* tag(step(stranger, game_id)), "GameNotFound")
          }
          assert.strictEqual((yield* games.get(owner, game_id)).status, "enrollment_open")
        })
      )

      it.effect("nobody moves a public game on the user surface, though all see it", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const games = yield* Games
          const owner = yield* player
          const { game_id } = yield* games.create(owner, settings())
          yield* sql`UPDATE backend.games SET visibility = 'public', owner_user_id = NULL WHERE game_id = ${game_id}`
          const game = yield* games.get(yield* player, game_id)
          assert.isFalse("owner_user_id" in game)
          assert.strictEqual(yield* tag(games.openEnrollment(owner, game_id)), "NotGameOwner")
        })
      )

      it.effect("a step from the wrong state is a conflict that names the state", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const owner = yield* player
          const { game_id } = yield* games.create(owner, settings())
          const error = yield* Effect.flip(games.start(owner, game_id))
          assert.strictEqual(error._tag, "GameStateConflict")
          assert.strictEqual(error.message, "the game can't be started while it is a draft")
        })
      )

      it.effect("a game gets ready with enough players, not with fewer", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner)
          yield* join(owner, game_id, owner, "Vega")
          const error = yield* Effect.flip(games.readyToStart(owner, game_id))
          assert.strictEqual(error.message, "the game has 1 player and needs at least 2")
          yield* join(owner, game_id, guest, "Lyra")
          assert.strictEqual((yield* games.readyToStart(owner, game_id)).status, "ready_to_start")
        })
      )

      it.effect("a start is queued with every active member under their race name", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const [owner, guest, gone] = yield* Effect.all([player, player, player])
          const { game_id } = yield* openGame(owner)
          yield* join(owner, game_id, guest, "Lyra")
          yield* join(owner, game_id, gone, "Nova")
          yield* join(owner, game_id, owner, "Vega")
          yield* leave(game_id, gone)
          yield* games.readyToStart(owner, game_id)
          const game = yield* games.start(owner, game_id)
          assert.strictEqual(game.status, "starting")
          assert.strictEqual(game.runtime_status, "starting")
          assert.strictEqual(yield* starts(game_id), 1)
          assert.deepStrictEqual(
            (yield* mappings(game_id)).map((it) => [it.user_id, it.race_name]),
            [
              [guest, "Lyra"],
              [owner, "Vega"]
            ]
          )
        })
      )

      it.effect("a start that cannot be queued leaves the game as it was", () =>
        Effect.gen(function* () {
          const versions = yield* EngineVersions
          const games = yield* Games
          const [owner, guest] = yield* Effect.all([player, player])
          yield* versions.register("2.0.0", "engine:2.0.0")
          const { game_id } = yield* openGame(owner, { engine_version: "2.0.0" })
          yield* join(owner, game_id, owner, "Vega")
          yield* join(owner, game_id, guest, "Lyra")
          yield* games.readyToStart(owner, game_id)
          yield* versions.disable("2.0.0")
          assert.strictEqual(yield* tag(games.start(owner, game_id)), "NoEngineVersion")
          assert.strictEqual((yield* games.get(owner, game_id)).status, "ready_to_start")
          assert.strictEqual(yield* starts(game_id), 0)
        })
      )

      it.effect("a game whose player has left does not start with too few", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* readyGame(owner, guest)
          yield* leave(game_id, guest)
          assert.strictEqual(yield* tag(games.start(owner, game_id)), "NotEnoughPlayers")
          assert.strictEqual(yield* starts(game_id), 0)
          assert.strictEqual((yield* games.get(owner, game_id)).status, "ready_to_start")
        })
      )

      it.effect("a failed start keeps its reason, and is tried again with the same players", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const hooks = yield* RuntimeEvents
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* readyGame(owner, guest)
          yield* games.start(owner, game_id)
          const sql = yield* SqlClient.SqlClient
          yield* sql`INSERT INTO backend.computer_seats (game_id, seat, race_name, engine_player_uuid)
            VALUES (${game_id}, 1, 'Deneb', gen_random_uuid())`
          const first = yield* mappings(game_id)
          // The runtime gives up in one transaction: its own row, and the hook.
          yield* sql`UPDATE backend.runtime_records SET status = 'start_failed' WHERE game_id = ${game_id}`
          yield* hooks.onStartFailed({ gameId: game_id, reason: "the engine did not get healthy" })
          const failed = yield* games.get(owner, game_id)
          assert.strictEqual(failed.status, "start_failed")
          assert.strictEqual(failed.failure_reason, "the engine did not get healthy")
          assert.strictEqual((yield* games.retryStart(owner, game_id)).status, "ready_to_start")
          assert.deepStrictEqual(yield* sql`SELECT 1 FROM backend.computer_seats WHERE game_id = ${game_id}`, [])
          const again = yield* games.start(owner, game_id)
          assert.strictEqual(again.status, "starting")
          assert.isFalse("failure_reason" in again)
          assert.strictEqual(first.length, 2)
          assert.deepStrictEqual(yield* mappings(game_id), first)
        })
      )

      it.effect("my games are those that I own or play in, newest first, page by page", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const [me, other] = yield* Effect.all([player, player])
          const own: Array<string> = []
          for (let index = 0; index < 4; index++) {
            own.push((yield* games.create(me, settings())).game_id)
            if (index % 2 === 1) yield* TestClock.adjust("1 second")
          }
          const joined = yield* openGame(other)
          yield* join(other, joined.game_id, me, "Vega")
          const left = yield* openGame(other)
          yield* games.create(other, settings())
          yield* join(other, left.game_id, me, "Vega")
          yield* leave(left.game_id, me)

          const seen: Array<string> = []
          let cursor: string | undefined
          let pages = 0
          do {
            const page = yield* games.mine(me, { limit: 2, ...(cursor === undefined ? {} : { cursor }) })
            assert.isAtMost(page.games.length, 2)
            seen.push(...page.games.map((it) => it.game_id))
            cursor = page.next_cursor
            pages++
          } while (cursor !== undefined)
          assert.strictEqual(pages, 3)
          assert.deepStrictEqual(seen.toSorted(), [...own, joined.game_id].toSorted())
          assert.strictEqual(seen[0], joined.game_id)
          const all = yield* games.mine(me, {})
          assert.deepStrictEqual(
            all.games.map((it) => it.game_id),
            seen
          )
          assert.isUndefined(all.next_cursor)
        })
      )

      it.effect("a cursor that no list gave is refused", () =>
        Effect.gen(function* () {
          const games = yield* Games
          const me = yield* player
          for (const cursor of ["x", "%%%", "MTpub3QtYS11dWlk", "OTk5OTk5OTk5OTk5OTk5OTk5OTk6eA"]) {
            assert.strictEqual(yield* tag(games.mine(me, { cursor })), "CursorInvalid")
          }
        })
      )

      it.effect("an owner has a bounded number of games that have not ended", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const games = yield* Games
          const owner = yield* player
          for (let index = 0; index < 5; index++) yield* games.create(owner, settings())
          assert.strictEqual(yield* tag(games.create(owner, settings())), "TooManyGames")
          yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE owner_user_id = ${owner}`
          assert.strictEqual((yield* games.create(owner, settings())).status, "draft")
        })
      )

      it.effect("an owner has a bounded number of games in play", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const games = yield* Games
          const owner = yield* player
          const ready = Effect.gen(function* () {
            const { game_id } = yield* openGame(owner, { min_players: 1 })
            yield* join(owner, game_id, owner, `Vega ${game_id.slice(-4)}`)
            yield* games.readyToStart(owner, game_id)
            return game_id
          })
          const [first, second, third] = yield* Effect.all([ready, ready, ready])
          yield* games.start(owner, first)
          yield* games.start(owner, second)
          const refused = yield* Effect.flip(games.start(owner, third))
          assert.strictEqual(refused._tag, "TooManyGamesInPlay")
          assert.strictEqual((yield* games.get(owner, third)).status, "ready_to_start")
          yield* sql`UPDATE backend.games SET status = 'finished' WHERE game_id = ${first}`
          assert.strictEqual((yield* games.start(owner, third)).status, "starting")
        })
      )

      it.effect("an in-game call is authorised for active members only", () =>
        Effect.gen(function* () {
          const memberships = yield* Memberships
          const invites = yield* Invites
          const [owner, guest, invited, stranger] = yield* Effect.all([player, player, player, player])
          const { game_id } = yield* openGame(owner)
          const seat = yield* join(owner, game_id, guest, "Star Fox")
          yield* invites.issue(owner, game_id, { invited_user_id: invited })
          const member = yield* memberships.activeMember(game_id, guest)
          assert.strictEqual(member.raceName, "Star_Fox")
          assert.strictEqual(member.gameStatus, "enrollment_open")
          assert.deepEqual([member.enginePlayerId], [seat.membership_id])
          assert.strictEqual(yield* tag(memberships.activeMember(game_id, owner)), "NotGameMember")
          assert.strictEqual(yield* tag(memberships.activeMember(game_id, invited)), "NotGameMember")
          assert.strictEqual(yield* tag(memberships.activeMember(game_id, stranger)), "GameNotFound")
          yield* leave(game_id, guest)
          assert.strictEqual(yield* tag(memberships.activeMember(game_id, guest)), "GameNotFound")
        })
      )
    }
  )
})
