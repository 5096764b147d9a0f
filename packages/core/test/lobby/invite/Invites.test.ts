import { GameId, InviteId, UserId } from "@galaxy/contract/ids/Ids"
import { errors as gameErrors } from "@galaxy/core/lobby/game/http/errors"
import { errors as inviteErrors } from "@galaxy/core/lobby/invite/http/errors"
import { errors as membershipErrors } from "@galaxy/core/lobby/membership/http/errors"
import { errors as raceNameErrors } from "@galaxy/core/race-name/http/errors"
import { toApiWith } from "@galaxy/core/shared/http/errors"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Bans } from "@galaxy/core/lobby/Bans"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import { GamePlayers } from "@galaxy/core/lobby/membership/GamePlayers"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Result } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { join, leave, lobbyOn, notices, openGame, player, players, settings } from "../fixture.ts"

const tag = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

const api = toApiWith({ ...gameErrors, ...inviteErrors, ...membershipErrors, ...raceNameErrors })

const statusOf = (inviteId: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ readonly status: string }>`
      SELECT status FROM backend.invites WHERE invite_id = ${inviteId}`
    return rows[0]?.status
  })

const reservations = (gameId: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const rows = yield* sql<{ readonly name: string }>`
      SELECT name FROM backend.race_names WHERE game_id = ${gameId} AND status = 'reservation' ORDER BY name`
    return rows.map((it) => it.name)
  })

eachDatabase((name, database) => {
  const lobby = lobbyOn(database, { pendingInvitesPerGame: 4 })
  layer(lobby, { timeout: "240 seconds" })(`invites on ${name}`, (it) => {
    it.effect("a request that is repeated with its key makes one invite", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest, other] = yield* Effect.all([player, player, player])
        const { game_id } = yield* openGame(owner)
        const ask = (idempotency_key: string, invited_user_id?: UserId) =>
          invites.issue(owner, game_id, {
            idempotency_key,
            ...(invited_user_id === undefined ? {} : { invited_user_id })
          })
        const code = yield* ask("a-code")
        assert.deepStrictEqual(yield* ask("a-code"), code)
        const bound = yield* ask("for-guest", guest)
        yield* invites.decline(guest, game_id, bound.invite_id)
        // As it is now, and nobody is told once more.
        assert.strictEqual((yield* ask("for-guest", guest)).status, "declined")
        assert.lengthOf(
          (yield* notices(guest)).filter((it) => it.kind === "lobby.invite.received"),
          1
        )
        assert.strictEqual(yield* tag(ask("for-guest", other)), "InviteKeyTaken")
        assert.strictEqual(yield* tag(ask("a-code", guest)), "InviteKeyTaken")
        assert.notStrictEqual((yield* ask("another-code")).invite_id, code.invite_id)
        // A key belongs to its game, and a repeat is answered at the bound too.
        yield* ask("third")
        yield* ask("fourth")
        assert.strictEqual(yield* tag(ask("fifth")), "TooManyInvites")
        assert.deepStrictEqual(yield* ask("a-code"), code)
        const elsewhere = yield* openGame(owner)
        const again = yield* invites.issue(owner, elsewhere.game_id, { idempotency_key: "a-code" })
        assert.notStrictEqual(again.invite_id, code.invite_id)
      })
    )

    it.effect("of requests at once with one key, all get the same invite", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const owner = yield* player
        const { game_id } = yield* openGame(owner)
        const made = yield* Effect.all(
          Array.from({ length: 8 }, () => invites.issue(owner, game_id, { idempotency_key: "once" })),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(made.map((it) => it.invite_id)).size, 1)
      })
    )

    it.effect("an invite to a user is valid for a week and tells the user", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const invite = yield* invites.issue(owner, game_id, { invited_user_id: guest })
        assert.strictEqual(invite.status, "pending")
        assert.strictEqual(invite.invited_user_id, guest)
        assert.isFalse("code" in invite)
        const week = DateTime.addDuration(yield* DateTime.now, "7 days")
        assert.deepStrictEqual(invite.expires_at, week)
        assert.deepStrictEqual(yield* notices(guest), [
          {
            kind: "lobby.invite.received",
            idempotencyKey: `invite-received:${invite.invite_id}`,
            payload: {
              game_id,
              invite_id: invite.invite_id,
              game_name: "Orion Arm",
              issuer_user_id: owner,
              expires_at: DateTime.formatIso(week)
            }
          }
        ])
      })
    )

    it.effect("an invite by code tells nobody, and its code is the issuer's alone", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const invite = yield* invites.issue(owner, game_id, {})
        assert.match(invite.code ?? "", /^[0-9a-f]{32}$/)
        const told = yield* sql`SELECT 1 FROM backend.notifications WHERE payload->>'invite_id' = ${invite.invite_id}`
        assert.strictEqual(told.length, 0)
        const mine = yield* invites.mine(owner, {})
        assert.strictEqual(mine.invites[0]?.code, invite.code)
        yield* invites.redeem(guest, game_id, invite.invite_id, { race_name: "Vega", code: invite.code ?? "" })
        assert.deepStrictEqual((yield* invites.mine(guest, {})).invites, [])
      })
    )

    it.effect("an invite is redeemed into a membership under the race name", () =>
      Effect.gen(function* () {
        const games = yield* Games
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const seat = yield* join(owner, game_id, guest, " Star Fox ")
        assert.strictEqual(seat.race_name, "Star_Fox")
        assert.strictEqual(seat.status, "active")
        assert.deepStrictEqual(yield* (yield* GamePlayers).list(guest, game_id), [seat])
        assert.strictEqual((yield* games.get(guest, game_id)).member_count, 1)
        assert.deepStrictEqual(yield* reservations(game_id), ["Star_Fox"])
      })
    )

    it.effect("the owner joins like everybody: by an invite to themselves, or by a code of their own", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const owner = yield* player
        const first = yield* openGame(owner)
        assert.strictEqual((yield* join(owner, first.game_id, owner, "Vega")).user_id, owner)
        const second = yield* openGame(owner)
        const { invite_id, code = "" } = yield* invites.issue(owner, second.game_id, {})
        const seat = yield* invites.redeem(owner, second.game_id, invite_id, { race_name: "Vega", code })
        assert.strictEqual(seat.user_id, owner)
      })
    )

    it.effect("only the bound user redeems; for others the invite does not exist", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest, stranger] = yield* Effect.all([player, player, player])
        const { game_id } = yield* openGame(owner)
        const other = yield* openGame(owner)
        const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
        const redeem = (who: UserId, game: GameId, invite: InviteId) =>
          invites.redeem(who, game, invite, { race_name: "Vega" })
        assert.strictEqual(yield* tag(redeem(stranger, game_id, invite_id)), "InviteNotFound")
        assert.strictEqual(yield* tag(redeem(owner, game_id, invite_id)), "InviteNotFound")
        assert.strictEqual(yield* tag(redeem(guest, other.game_id, invite_id)), "InviteNotFound")
        assert.strictEqual(yield* tag(redeem(guest, game_id, InviteId.make(yield* newId))), "InviteNotFound")
        assert.strictEqual(yield* tag(redeem(guest, GameId.make(yield* newId), invite_id)), "InviteNotFound")
        assert.strictEqual((yield* redeem(guest, game_id, invite_id)).user_id, guest)
      })
    )

    it.effect("an invite by code takes its code and no other, also from the issuer", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const { invite_id, code = "" } = yield* invites.issue(owner, game_id, {})
        const redeem = (who: UserId, given: { readonly code?: string }) =>
          invites.redeem(who, game_id, invite_id, { race_name: "Vega", ...given })
        assert.strictEqual(yield* tag(redeem(guest, {})), "InviteNotFound")
        assert.strictEqual(yield* tag(redeem(guest, { code: "0".repeat(32) })), "InviteNotFound")
        assert.strictEqual(yield* tag(redeem(owner, {})), "InviteNotFound")
        assert.strictEqual((yield* redeem(guest, { code })).user_id, guest)
      })
    )

    it.effect("an invite seats one player", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, one, two] = yield* Effect.all([player, player, player])
        const { game_id } = yield* openGame(owner)
        const { invite_id, code = "" } = yield* invites.issue(owner, game_id, {})
        yield* invites.redeem(one, game_id, invite_id, { race_name: "Vega", code })
        const again = invites.redeem(two, game_id, invite_id, { race_name: "Lyra", code })
        const error = yield* Effect.flip(again)
        assert.strictEqual(error._tag, "InviteNotPending")
        assert.strictEqual(error.message, "the invite is redeemed")
      })
    )

    it.effect("invites are issued by the owner only, to private games that have not started", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const games = yield* Games
        const invites = yield* Invites
        const [owner, member, stranger] = yield* Effect.all([player, player, player])
        const { game_id } = yield* games.create(owner, settings())
        const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: member })
        yield* games.openEnrollment(owner, game_id)
        yield* invites.redeem(member, game_id, invite_id, { race_name: "Vega" })
        assert.strictEqual(yield* tag(invites.issue(member, game_id, {})), "NotGameOwner")
        assert.strictEqual(yield* tag(invites.issue(stranger, game_id, {})), "GameNotFound")
        for (const status of ["starting", "start_failed", "running", "paused", "finished", "cancelled"]) {
          yield* sql`UPDATE backend.games SET status = ${status} WHERE game_id = ${game_id}`
          assert.strictEqual(yield* tag(invites.issue(owner, game_id, {})), "GameStateConflict")
        }
        yield* sql`UPDATE backend.games SET status = 'ready_to_start' WHERE game_id = ${game_id}`
        assert.strictEqual((yield* invites.issue(owner, game_id, {})).status, "pending")
        yield* sql`UPDATE backend.games SET visibility = 'public' WHERE game_id = ${game_id}`
        assert.strictEqual(yield* tag(invites.issue(owner, game_id, {})), "PublicGameTakesNoInvites")
      })
    )

    it.effect("unknown, deleted and blocked accounts alike can't be invited", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const invites = yield* Invites
        const [owner, deleted, blocked] = yield* Effect.all([player, player, player])
        yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${deleted}`
        yield* sql`UPDATE backend.accounts SET permanent_block = true WHERE user_id = ${blocked}`
        const { game_id } = yield* openGame(owner)
        const answers = yield* Effect.forEach([UserId.make(yield* newId), deleted, blocked], (who) =>
          Effect.flip(invites.issue(owner, game_id, { invited_user_id: who }))
        )
        assert.deepStrictEqual(
          answers.map((it) => [it._tag, it.message]),
          Array.from({ length: 3 }, () => ["InvitedUserNotFound", "no such player"])
        )
      })
    )

    it.effect("nobody is invited twice, nor when they are a member already", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const issue = invites.issue(owner, game_id, { invited_user_id: guest })
        yield* issue
        assert.strictEqual(yield* tag(issue), "InviteAlreadyPending")
        yield* TestClock.adjust("7 days")
        const { invite_id } = yield* issue
        yield* invites.redeem(guest, game_id, invite_id, { race_name: "Vega" })
        assert.strictEqual(yield* tag(issue), "AlreadyMember")
      })
    )

    it.effect("an expiry lies ahead, within the bound", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const owner = yield* player
        const { game_id } = yield* openGame(owner)
        const now = yield* DateTime.now
        const until = (expires_at: DateTime.Utc) => invites.issue(owner, game_id, { expires_at })
        assert.strictEqual(yield* tag(until(now)), "InviteExpiryInvalid")
        const most = DateTime.addDuration(now, "365 days")
        assert.deepStrictEqual((yield* until(most)).expires_at, most)
        assert.strictEqual(yield* tag(until(DateTime.addDuration(most, 1))), "InviteExpiryInvalid")
        const tomorrow = DateTime.addDuration(now, "1 day")
        assert.deepStrictEqual((yield* until(tomorrow)).expires_at, tomorrow)
      })
    )

    it.effect("an invite past its time is a conflict, and marked so", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const first = yield* invites.issue(owner, game_id, { invited_user_id: guest })
        yield* TestClock.adjust("7 days")
        assert.strictEqual((yield* invites.mine(guest, {})).invites[0]?.status, "expired")
        assert.strictEqual(yield* statusOf(first.invite_id), "pending")
        const redeem = invites.redeem(guest, game_id, first.invite_id, { race_name: "Vega" })
        const error = yield* Effect.flip(redeem)
        assert.strictEqual(error.message, "the invite is expired")
        assert.strictEqual(yield* statusOf(first.invite_id), "expired")
        assert.deepStrictEqual(yield* reservations(game_id), [])
        assert.strictEqual(yield* tag(redeem), "InviteNotPending")
      })
    )

    it.effect("an invite is redeemed in every state in which it may be issued, and in no other", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const games = yield* Games
        const invites = yield* Invites
        const owner = yield* player
        const { game_id } = yield* games.create(owner, settings())
        const ofGuest = Effect.gen(function* () {
          const guest = yield* player
          const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
          return invites.redeem(guest, game_id, invite_id, { race_name: `X${guest.slice(-6)}x` })
        })
        const late = yield* ofGuest
        for (const status of ["draft", "enrollment_open", "ready_to_start"]) {
          yield* sql`UPDATE backend.games SET status = ${status} WHERE game_id = ${game_id}`
          assert.strictEqual((yield* yield* ofGuest).status, "active")
        }
        for (const status of ["starting", "start_failed", "running", "paused", "finished", "cancelled"]) {
          yield* sql`UPDATE backend.games SET status = ${status} WHERE game_id = ${game_id}`
          assert.deepInclude(yield* Effect.flip(api(late)), { _tag: "conflict", reason: "enrollment_over" })
        }
      })
    )

    it.effect("an invite can't be redeemed from the end of enrolment on", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest, other] = yield* Effect.all([player, player, player])
        const ends = DateTime.addDuration(yield* DateTime.now, "1 hour")
        const { game_id } = yield* openGame(owner, { enrollment_ends_at: ends })
        const issue = (to: UserId) => invites.issue(owner, game_id, { invited_user_id: to })
        const [first, second] = yield* Effect.all([issue(guest), issue(other)])
        yield* TestClock.adjust("59 minutes")
        yield* invites.redeem(guest, game_id, first.invite_id, { race_name: "Vega" })
        yield* TestClock.adjust("1 minute")
        const late = invites.redeem(other, game_id, second.invite_id, { race_name: "Lyra" })
        assert.deepInclude(yield* Effect.flip(api(late)), { _tag: "conflict", reason: "enrollment_over" })
        const useless = invites.issue(owner, game_id, {})
        assert.deepInclude(yield* Effect.flip(api(useless)), { _tag: "conflict", reason: "enrollment_over" })
      })
    )

    it.effect("a full game takes nobody more, until a place is free again", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, one, two] = yield* Effect.all([player, player, player])
        const { game_id } = yield* openGame(owner, { min_players: 1, max_players: 1 })
        yield* join(owner, game_id, one, "Vega")
        const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: two })
        const redeem = invites.redeem(two, game_id, invite_id, { race_name: "Vega" })
        assert.strictEqual(yield* tag(redeem), "GameFull")
        assert.strictEqual(yield* statusOf(invite_id), "pending")
        yield* leave(game_id, one)
        assert.strictEqual((yield* redeem).race_name, "Vega")
      })
    )

    it.effect("a removed player may come back, a blocked one may not", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const first = yield* join(owner, game_id, guest, "Vega")
        yield* leave(game_id, guest)
        assert.deepStrictEqual(yield* reservations(game_id), [])
        const back = yield* join(owner, game_id, guest, "Lyra")
        assert.strictEqual(back.membership_id, first.membership_id)
        assert.strictEqual(back.race_name, "Lyra")
        const { invite_id, code = "" } = yield* invites.issue(owner, game_id, {})
        yield* (yield* Bans).ban(game_id, guest)
        assert.strictEqual(
          yield* tag(invites.redeem(guest, game_id, invite_id, { race_name: "Vega", code })),
          "BlockedFromGame"
        )
        const refused = yield* Effect.flip(api(invites.issue(owner, game_id, { invited_user_id: guest })))
        assert.deepInclude(refused, { _tag: "conflict", reason: "blocked" })
      })
    )

    it.effect("who was never a member can be blocked too", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
        yield* (yield* Bans).ban(game_id, guest)
        assert.strictEqual(
          yield* tag(invites.redeem(guest, game_id, invite_id, { race_name: "Vega" })),
          "BlockedFromGame"
        )
      })
    )

    it.effect("a refused race name leaves invite and game as they were", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const games = yield* Games
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        yield* join(owner, game_id, owner, "Terra")
        const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
        const redeem = (race_name: string) => invites.redeem(guest, game_id, invite_id, { race_name })
        assert.strictEqual(yield* tag(redeem("T3rr4")), "RaceNameTaken")
        assert.strictEqual(yield* tag(redeem("ТЕRRА")), "RaceNameTaken")
        assert.strictEqual(yield* tag(redeem("!")), "RaceNameInvalid")
        assert.strictEqual(yield* statusOf(invite_id), "pending")
        assert.strictEqual((yield* games.get(owner, game_id)).member_count, 1)
        assert.strictEqual((yield* redeem("Vega")).race_name, "Vega")
      })
    )

    it.effect("a member can't take a second place", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        yield* join(owner, game_id, guest, "Vega")
        const { invite_id, code = "" } = yield* invites.issue(owner, game_id, {})
        const redeem = invites.redeem(guest, game_id, invite_id, { race_name: "Lyra", code })
        assert.strictEqual(yield* tag(redeem), "AlreadyMember")
        assert.strictEqual(yield* statusOf(invite_id), "pending")
      })
    )

    it.effect("the recipient declines; the issuer may not, and for others there is nothing", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest, stranger] = yield* Effect.all([player, player, player])
        const { game_id } = yield* openGame(owner)
        const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
        assert.strictEqual(yield* tag(invites.decline(owner, game_id, invite_id)), "NotYourInvite")
        assert.strictEqual(yield* tag(invites.decline(stranger, game_id, invite_id)), "InviteNotFound")
        assert.strictEqual((yield* invites.decline(guest, game_id, invite_id)).status, "declined")
        const error = yield* Effect.flip(invites.redeem(guest, game_id, invite_id, { race_name: "Vega" }))
        assert.strictEqual(error.message, "the invite is declined")
        assert.strictEqual((yield* invites.issue(owner, game_id, { invited_user_id: guest })).status, "pending")
      })
    )

    it.effect("the issuer revokes and the invited user is told; the recipient may not", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest, stranger] = yield* Effect.all([player, player, player])
        const { game_id } = yield* openGame(owner)
        const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: guest })
        assert.strictEqual(yield* tag(invites.revoke(guest, game_id, invite_id)), "NotYourInvite")
        assert.strictEqual(yield* tag(invites.revoke(stranger, game_id, invite_id)), "InviteNotFound")
        assert.strictEqual((yield* invites.revoke(owner, game_id, invite_id)).status, "revoked")
        const told = (yield* notices(guest)).filter((it) => it.kind === "lobby.invite.revoked")
        assert.deepStrictEqual(told, [
          {
            kind: "lobby.invite.revoked",
            idempotencyKey: `invite-revoked:${invite_id}`,
            payload: { game_id, invite_id, game_name: "Orion Arm" }
          }
        ])
        assert.strictEqual(yield* tag(invites.revoke(owner, game_id, invite_id)), "InviteNotPending")
        const redeem = invites.redeem(guest, game_id, invite_id, { race_name: "Vega" })
        assert.strictEqual((yield* Effect.flip(redeem)).message, "the invite is revoked")
      })
    )

    it.effect("a code is revoked by its issuer and declined by nobody", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest] = yield* Effect.all([player, player])
        const { game_id } = yield* openGame(owner)
        const { invite_id, code = "" } = yield* invites.issue(owner, game_id, {})
        assert.strictEqual(yield* tag(invites.decline(owner, game_id, invite_id)), "NotYourInvite")
        assert.strictEqual(yield* tag(invites.decline(guest, game_id, invite_id)), "InviteNotFound")
        assert.strictEqual((yield* invites.revoke(owner, game_id, invite_id)).code, code)
        const redeem = invites.redeem(guest, game_id, invite_id, { race_name: "Vega", code })
        assert.strictEqual(yield* tag(redeem), "InviteNotPending")
      })
    )

    it.effect("a game has a bounded number of open invites", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const owner = yield* player
        const { game_id } = yield* openGame(owner)
        for (let index = 0; index < 4; index++) yield* invites.issue(owner, game_id, {})
        assert.strictEqual(yield* tag(invites.issue(owner, game_id, {})), "TooManyInvites")
        yield* TestClock.adjust("7 days")
        assert.strictEqual((yield* invites.issue(owner, game_id, {})).status, "pending")
      })
    )

    it.effect("a player is sent a bounded number of invites to a game in a day, however they end", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [owner, guest, other] = yield* Effect.all([player, player, player])
        const { game_id } = yield* openGame(owner)
        const once = Effect.flatMap(invites.issue(owner, game_id, { invited_user_id: guest }), ({ invite_id }) =>
          invites.revoke(owner, game_id, invite_id)
        )
        // One after the other on the game's row, so the last of those who try at once sees all the others.
        const many = yield* Effect.forEach(Array.from({ length: 8 }), () => Effect.result(once), { concurrency: 4 })
        const refused = many.filter(Result.isFailure).map((it) => it.failure._tag)
        assert.isTrue(refused.every((it) => it === "InvitedTooOften" || it === "InviteAlreadyPending"))
        yield* Effect.ignore(Effect.repeat(once, { times: 5 }))
        const error = yield* Effect.flip(api(once))
        assert.deepInclude(error, { _tag: "conflict", reason: "limit_reached" })
        assert.strictEqual(error.message, "a player may be sent at most 5 invites to a game within 24 hours")
        assert.lengthOf(
          (yield* notices(guest)).filter((it) => it.kind === "lobby.invite.received"),
          5
        )
        yield* invites.issue(owner, game_id, { invited_user_id: other })
        const another = yield* openGame(owner)
        yield* invites.issue(owner, another.game_id, { invited_user_id: guest })
        yield* TestClock.adjust("1 day")
        yield* once
      })
    )

    it.effect("my invites are those to me and those I issued, page by page", () =>
      Effect.gen(function* () {
        const invites = yield* Invites
        const [me, other, third] = yield* players(3).pipe(Effect.map((it) => it as [UserId, UserId, UserId]))
        const mine = yield* openGame(me)
        const theirs = yield* openGame(other)
        const issued = yield* invites.issue(me, mine.game_id, {})
        yield* TestClock.adjust("1 second")
        const received = yield* invites.issue(other, theirs.game_id, { invited_user_id: me })
        yield* TestClock.adjust("1 second")
        const own = yield* invites.issue(me, mine.game_id, { invited_user_id: me })
        yield* invites.issue(other, theirs.game_id, { invited_user_id: third })
        yield* invites.issue(other, theirs.game_id, {})
        assert.strictEqual((yield* Effect.flip(invites.mine(me, { cursor: "%%%" })))._tag, "CursorInvalid")
        const first = yield* invites.mine(me, { limit: 2 })
        assert.deepStrictEqual(
          first.invites.map((it) => it.invite_id),
          [own.invite_id, received.invite_id]
        )
        const cursor = first.next_cursor ?? ""
        const second = yield* invites.mine(me, { limit: 2, cursor })
        assert.deepStrictEqual(
          second.invites.map((it) => it.invite_id),
          [issued.invite_id]
        )
        assert.isUndefined(second.next_cursor)
      })
    )
  })
})
