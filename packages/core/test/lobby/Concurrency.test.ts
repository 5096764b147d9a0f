/** Races on a real PostgreSQL. Each is run many times over, since one run may happen to be in order. */
import { Games } from "@galaxy/core/lobby/game/Games"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import { Applications } from "@galaxy/core/lobby/application/Applications"
import { GamePlayers } from "@galaxy/core/lobby/membership/GamePlayers"
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { RaceNames } from "@galaxy/core/race-name/RaceNames"
import { accept, keyOf, keyVersion, RaceNameInvalid } from "@galaxy/core/race-name/RaceName"
import { newId } from "@galaxy/core/shared/NewId"
import { RuntimeEvents } from "@galaxy/core/runtime/RuntimeEvents"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, type Exit } from "effect"
import { SqlClient } from "effect/sql"
import { join, leave, lobbyOn, notices, openGame, player, players, settings, starts } from "./fixture.ts"

const rounds = Array.from({ length: 10 }, (_, index) => index)

/** Runs all at once; every answer is kept, and nothing but the given refusal may come beside a success. */
const race = <A, E extends { readonly _tag: string }, R>(
  contenders: ReadonlyArray<Effect.Effect<A, E, R>>,
  refusals: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const answers: ReadonlyArray<Exit.Exit<A | string>> = yield* Effect.all(
      contenders.map((it) => Effect.exit(Effect.catch(it, (error) => Effect.succeed(`refused: ${error._tag}`)))),
      { concurrency: "unbounded" }
    )
    const values = answers.map((it) => (it._tag === "Success" ? it.value : `died: ${String(it.cause)}`))
    const refused = values.filter((it) => typeof it === "string")
    for (const it of refused)
      assert.include(
        refusals.map((tag) => `refused: ${tag}`),
        it
      )
    return values.length - refused.length
  })

/** A game with members, and with others who have applied to it while it starts, or are invited. */
const withParts = Effect.fnUntraced(function* (
  members: ReadonlyArray<UserId>,
  others: ReadonlyArray<UserId>,
  parts: "applications" | "invites"
) {
  const sql = yield* SqlClient.SqlClient
  const owner = yield* player
  const { game_id: gameId } = yield* openGame(owner)
  for (const user of members) {
    const id = yield* newId
    yield* sql`
      INSERT INTO backend.memberships
        (membership_id, game_id, user_id, race_name, race_name_canonical, status, joined_at)
      VALUES (${id}, ${gameId}, ${user}, ${id}, ${id}, 'active', now())`
  }
  for (const user of others) {
    const id = yield* newId
    yield* parts === "applications"
      ? sql`
          INSERT INTO backend.applications (application_id, game_id, applicant_user_id, race_name, status)
          VALUES (${id}, ${gameId}, ${user}, 'a', 'pending')`
      : sql`
          INSERT INTO backend.invites (invite_id, game_id, issuer_user_id, invited_user_id, status, expires_at)
          VALUES (${id}, ${gameId}, ${owner}, ${user}, 'pending', now() + interval '1 day')`
  }
  if (parts === "applications") yield* sql`UPDATE backend.games SET status = 'starting' WHERE game_id = ${gameId}`
  return { owner, gameId }
})

const bounds = { openGamesPerOwner: 3, pendingApplicationsPerGame: 3 }

onPostgres((database) => {
  layer(lobbyOn(database, bounds), { timeout: "240 seconds" })("the lobby under load", (it) => {
    it.effect("seats one of those who race for the last place", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const games = yield* Games
          const invites = yield* Invites
          const owner = yield* player
          const { game_id } = yield* openGame(owner, { min_players: 1, max_players: 1 })
          const contenders = yield* Effect.forEach(yield* players(4), (guest, index) =>
            Effect.map(invites.issue(owner, game_id, { invited_user_id: guest }), ({ invite_id }) =>
              invites.redeem(guest, game_id, invite_id, { race_name: `Race${index}x` })
            )
          )
          const seated = yield* race(contenders, ["GameFull"])
          assert.strictEqual(seated, 1)
          assert.strictEqual((yield* games.get(owner, game_id)).member_count, 1)
        })
      )
    )

    it.effect("seats one of those who race with one code", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const games = yield* Games
          const invites = yield* Invites
          const owner = yield* player
          const { game_id } = yield* openGame(owner)
          const { invite_id, code = "" } = yield* invites.issue(owner, game_id, {})
          const seated = yield* race(
            (yield* players(4)).map((guest, index) =>
              invites.redeem(guest, game_id, invite_id, { race_name: `Race${index}x`, code })
            ),
            ["InviteNotPending"]
          )
          assert.strictEqual(seated, 1)
          assert.strictEqual((yield* games.get(owner, game_id)).member_count, 1)
        })
      )
    )

    it.effect("seats one of those who race for one race name", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const invites = yield* Invites
          const owner = yield* player
          const { game_id } = yield* openGame(owner)
          const names = ["Terra", "TERRA", "T3rr4", "Теггa"]
          const contenders = yield* Effect.forEach(names, (race_name) =>
            Effect.gen(function* () {
              const guest = yield* player
              const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
              return invites.redeem(guest, game_id, invite_id, { race_name })
            })
          )
          assert.strictEqual(yield* race(contenders, ["RaceNameTaken"]), 1)
          const rows = yield* sql`SELECT 1 FROM backend.race_names WHERE game_id = ${game_id}`
          assert.strictEqual(rows.length, 1)
        })
      )
    )

    it.effect("seats a user once who redeems two invites at once", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const invites = yield* Invites
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner)
          const issued = yield* Effect.all([invites.issue(owner, game_id, {}), invites.issue(owner, game_id, {})])
          const seated = yield* race(
            issued.map(({ invite_id, code = "" }, index) =>
              invites.redeem(guest, game_id, invite_id, { race_name: `Race${index}x`, code })
            ),
            ["AlreadyMember"]
          )
          assert.strictEqual(seated, 1)
        })
      )
    )

    it.effect("settles an invite once that is redeemed, declined and revoked at once", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const games = yield* Games
          const invites = yield* Invites
          const sql = yield* SqlClient.SqlClient
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner)
          const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
          const done = yield* race<unknown, { readonly _tag: string }, never>(
            [
              invites.redeem(guest, game_id, invite_id, { race_name: "Vega" }),
              invites.decline(guest, game_id, invite_id),
              invites.revoke(owner, game_id, invite_id)
            ],
            ["InviteNotPending"]
          )
          assert.strictEqual(done, 1)
          const [invite] = yield* sql<{ status: string }>`
            SELECT status FROM backend.invites WHERE invite_id = ${invite_id}`
          const { member_count } = yield* games.get(owner, game_id)
          assert.strictEqual(member_count, invite?.status === "redeemed" ? 1 : 0)
        })
      )
    )

    it.effect("decides an application once, and seats one of two for the last place", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const applications = yield* Applications
          const owner = yield* player
          const { game_id } = yield* openGame(owner, { min_players: 1, max_players: 1 })
          yield* sql`
            UPDATE backend.games SET visibility = 'public', owner_user_id = NULL WHERE game_id = ${game_id}`
          const submitted = yield* Effect.forEach(yield* players(2), (user, index) =>
            applications.submit(user, game_id, { race_name: `Race${index}x` })
          )
          const approvals = submitted.flatMap(({ application_id }) => {
            const approve = applications.approve("administrator", game_id, application_id)
            return [approve, approve]
          })
          assert.strictEqual(yield* race(approvals, ["ApplicationNotPending", "GameFull"]), 1)
          const rows = yield* sql<{ status: string }>`
            SELECT status FROM backend.applications WHERE game_id = ${game_id} ORDER BY status`
          assert.deepStrictEqual(
            rows.map((it) => it.status),
            ["approved", "pending"]
          )
        })
      )
    )

    it.effect("takes a bounded number of applications to one game", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const applications = yield* Applications
        const owner = yield* player
        const { game_id } = yield* openGame(owner, { min_players: 1, max_players: 1 })
        yield* sql`UPDATE backend.games SET visibility = 'public', owner_user_id = NULL WHERE game_id = ${game_id}`
        const submits = (yield* players(12)).map((user, index) =>
          applications.submit(user, game_id, { race_name: `Race${String.fromCodePoint(97 + index)}x` })
        )
        assert.strictEqual(yield* race(submits, ["TooManyApplicants"]), 10)
      })
    )

    it.effect("a name is registered while a game that earns it again finishes", () =>
      Effect.forEach(rounds, (round) =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const [events, names, user] = [yield* RuntimeEvents, yield* RaceNames, yield* player]
          const { gameId } = yield* withParts([user], [], "applications")
          const name = accept(`Earned${String.fromCodePoint(97 + round)}`)
          if (name instanceof RaceNameInvalid) return yield* name
          yield* sql`UPDATE backend.games SET status = 'running' WHERE game_id = ${gameId}`
          yield* sql`
            UPDATE backend.memberships SET planets = 2, population = 2, max_planets = 2, max_population = 2,
              initial_planets = 1, initial_population = 1 WHERE game_id = ${gameId}`
          yield* sql`
            INSERT INTO backend.race_names
              (race_name_id, name, canonical, key_version, status, owner_user_id, game_id, expires_at)
            SELECT ids.id::uuid, ${name}, ${keyOf(name)}, ${keyVersion}, ids.status, ${user}, ${gameId}, ids.until
            FROM (VALUES (${yield* newId}, 'reservation', NULL),
              (${yield* newId}, 'pending_registration', now() + interval '9 days')) AS ids(id, status, until)`
          const work = [events.onFinished(gameId), names.register(user, name)]
          assert.strictEqual(yield* race<unknown, { readonly _tag: string }, never>(work, []), 2)
          assert.strictEqual((yield* names.mine(user, {})).race_names[0]?.status, "registered")
        })
      )
    )

    it.effect("games with the same people in other parts start and are cancelled at once", () =>
      Effect.forEach(rounds.slice(0, 5), () =>
        Effect.gen(function* () {
          const events = yield* RuntimeEvents
          const games = yield* Games
          const [ones, others] = [yield* players(6), yield* players(6)]
          const started = (gameId: GameId) =>
            events.onRunning({
              gameId,
              currentTurn: 0,
              nextTurnAt: DateTime.makeUnsafe("2030-01-01T18:00:00Z"),
              engineVersion: "1.0.0"
            })
          for (const parts of ["applications", "invites"] as const) {
            const made = yield* Effect.all([withParts(ones, others, parts), withParts(others, ones, parts)])
            const work = made.map(({ owner, gameId }) =>
              parts === "applications" ? started(gameId) : games.cancel(owner, gameId)
            )
            assert.strictEqual(yield* race<unknown, { readonly _tag: string }, never>(work, []), 2)
          }
          const told = (yield* notices(ones[0] ?? (yield* player))).map((it) => it.kind).toSorted()
          assert.deepStrictEqual(told, [
            "game.started",
            "lobby.application.rejected",
            "lobby.game.cancelled",
            "lobby.invite.revoked"
          ])
        })
      )
    )

    it.effect("takes one of the applications that one player makes at once", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const applications = yield* Applications
          const [owner, one] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner)
          yield* sql`
            UPDATE backend.games SET visibility = 'public', owner_user_id = NULL WHERE game_id = ${game_id}`
          const submit = applications.submit(one, game_id, { race_name: "Vega" })
          assert.strictEqual(yield* race([submit, submit, submit], ["ApplicationAlreadyPending"]), 1)
        })
      )
    )

    it.effect("ends a seat once that its player leaves, and the owner ends, at once", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const seats = yield* GamePlayers
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner)
          const { membership_id: id } = yield* join(owner, game_id, guest, "Vega")
          yield* Effect.all(
            [
              seats.remove(guest, game_id, id),
              seats.remove(owner, game_id, id),
              seats.block(owner, game_id, id),
              seats.remove(owner, game_id, id)
            ],
            { concurrency: "unbounded" }
          )
          const kinds = (yield* notices(guest)).map((it) => it.kind).filter((it) => it.includes("membership"))
          assert.strictEqual(kinds.filter((it) => it === "lobby.membership.blocked").length, 1)
          assert.isAtMost(kinds.length, 2)
        })
      )
    )

    it.effect("never makes a game ready with too few, whatever a removal does meanwhile", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const games = yield* Games
          const [owner, guest] = yield* Effect.all([player, player])
          const { game_id } = yield* openGame(owner)
          yield* join(owner, game_id, owner, "Vega")
          yield* join(owner, game_id, guest, "Lyra")
          const [ready] = yield* Effect.all([Effect.exit(games.readyToStart(owner, game_id)), leave(game_id, guest)], {
            concurrency: "unbounded"
          })
          const game = yield* games.get(owner, game_id)
          assert.strictEqual(game.member_count, 1)
          // Ready first, then the removal: the answer still counted both. The other way round it was refused.
          if (ready._tag === "Success") assert.strictEqual(ready.value.member_count, 2)
          else assert.strictEqual(game.status, "enrollment_open")
          yield* sql`UPDATE backend.games SET status = 'cancelled' WHERE game_id = ${game_id}`
        })
      )
    )

    it.effect("queues one start of those that come at once", () =>
      Effect.forEach(rounds, () =>
        Effect.gen(function* () {
          const games = yield* Games
          const owner = yield* player
          const { game_id } = yield* openGame(owner, { min_players: 1 })
          yield* join(owner, game_id, owner, "Vega")
          yield* games.readyToStart(owner, game_id)
          const begun = yield* race(
            rounds.slice(0, 4).map(() => games.start(owner, game_id)),
            ["GameStateConflict"]
          )
          assert.strictEqual(begun, 1)
          assert.strictEqual(yield* starts(game_id), 1)
        })
      )
    )

    it.effect("holds an owner to the bound who creates games at once", () =>
      Effect.gen(function* () {
        const games = yield* Games
        const owner = yield* player
        const made = yield* race(
          rounds.map(() => games.create(owner, settings())),
          ["TooManyGames"]
        )
        assert.strictEqual(made, 3)
      })
    )

    it.effect("issues one invite of those to one user that come at once", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const issued = yield* race(
          rounds.map(() => invites.issue(owner, game_id, { invited_user_id: guest })),
          ["InviteAlreadyPending"]
        )
        assert.strictEqual(issued, 1)
      })
    )
  })
})
