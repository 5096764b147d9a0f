/**
 * Invites to private games: bound to a user, or to whoever knows the code.
 *
 * One invite seats one player. Every step locks the game and then the invite, so that of two who redeem at once the
 * second waits and sees what the first has done. An invite past its expiry is marked as expired by the step that finds
 * it.
 */
import type { InviteList, IssueInvite, RedeemInvite } from "@galaxy/contract/api/UserInvites"
import { type GameId, InviteId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { Notifications } from "../../notification/Notifications.ts"
import type { RaceNameInvalid, RaceNameTaken } from "../../race-name/RaceName.ts"
import { RaceNames } from "../../race-name/RaceNames.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"
import type { Limits } from "../../standing/Limits.ts"
import { Standing } from "../../standing/Standing.ts"
import { conflict, owned } from "../game/GameAccess.ts"
import { inviting } from "../game/GameState.ts"
import { type Game, GameStore } from "../game/GameStore.ts"
import * as InviteCode from "./InviteCode.ts"
import { InviteStore, type StoredInvite } from "./InviteStore.ts"
import { holder, side } from "./inviteSides.ts"
import { shown } from "./InviteView.ts"
import { LobbyConfig } from "../game/LobbyConfig.ts"
import { beforeItsEnd, notIn, withRoom } from "../membership/admission.ts"
import {
  type AlreadyMember,
  type BlockedFromGame,
  EnrollmentOver,
  type GameFull
} from "../membership/MembershipError.ts"
import type { GameNotFound, GameStateConflict, NotGameOwner, TooManyMemberships } from "../game/GameError.ts"
import {
  InviteAlreadyPending,
  InviteKeyTaken,
  InvitedTooOften,
  InvitedUserNotFound,
  InviteExpiryInvalid,
  InviteNotFound,
  InviteNotPending,
  type NotYourInvite,
  PublicGameTakesNoInvites,
  TooManyInvites
} from "./InviteError.ts"
import { seatLimit } from "../membership/SeatLimit.ts"
import { type Membership, MembershipStore } from "../membership/MembershipStore.ts"
import { type CursorInvalid, pageOf, type PageRequest } from "../../shared/Page.ts"

type SettleError = InviteNotFound | NotYourInvite | InviteNotPending | StorageError

/**
 * The lobby's operations on invites (`lobby.invites.*` and `lobby.my.invites`). Each runs in one transaction, which
 * includes its notification. An invite that doesn't concern the caller is `InviteNotFound`.
 */
export class Invites extends Context.Service<
  Invites,
  {
    /**
     * Issues an invite to a game of the caller's; they may invite themselves. With an `invited_user_id` it is bound to
     * that user, who is notified; without one it gets a code, which only this answer and the issuer's own list contain.
     * Once the end of enrollment that the owner has set is past, it fails with `EnrollmentOver`: nobody could use it. A
     * request that is repeated with its key gets the invite that was made, as it is now.
     */
    issue(
      caller: UserId,
      gameId: GameId,
      request: typeof IssueInvite.Type
    ): Effect.Effect<
      StoredInvite,
      | GameNotFound
      | NotGameOwner
      | PublicGameTakesNoInvites
      | GameStateConflict
      | EnrollmentOver
      | InviteExpiryInvalid
      | TooManyInvites
      | InvitedTooOften
      | InvitedUserNotFound
      | AlreadyMember
      | BlockedFromGame
      | InviteAlreadyPending
      | InviteKeyTaken
      | StorageError
    >
    /**
     * Seats the caller under a race name, in every state in which invites may be issued, until the end of enrollment
     * that the owner has set; afterwards it fails with `EnrollmentOver`. The invite, the seat and the name change together or not at all. A wrong code
     * is `InviteNotFound`.
     */
    redeem(
      caller: UserId,
      gameId: GameId,
      inviteId: InviteId,
      request: typeof RedeemInvite.Type
    ): Effect.Effect<
      Membership,
      | InviteNotFound
      | InviteNotPending
      | EnrollmentOver
      | BlockedFromGame
      | AlreadyMember
      | GameFull
      | TooManyMemberships
      | RaceNameInvalid
      | RaceNameTaken
      | StorageError
    >
    /** Turns an invite down; only the user it is bound to can. An invite by code can't be declined. */
    decline(caller: UserId, gameId: GameId, inviteId: InviteId): Effect.Effect<StoredInvite, SettleError>
    /** Takes back a pending invite; only its issuer can. A user it is bound to is notified. */
    revoke(caller: UserId, gameId: GameId, inviteId: InviteId): Effect.Effect<StoredInvite, SettleError>
    /**
     * Invites addressed to the caller or issued by them, in every state, newest first. Fails with `CursorInvalid` for a
     * cursor that isn't from this list.
     */
    mine(caller: UserId, page: PageRequest): Effect.Effect<typeof InviteList.Type, CursorInvalid | StorageError>
  }
>()("@galaxy/core/lobby/invite/Invites") {}

/** `Invites` over the lobby's stores. */
export const layer: Layer.Layer<
  Invites,
  never,
  | SqlClient.SqlClient
  | GameStore
  | MembershipStore
  | InviteStore
  | LobbyConfig
  | RaceNames
  | Notifications
  | Standing
  | Limits
> = Layer.effect(
  Invites,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const games = yield* GameStore
    const members = yield* MembershipStore
    const invites = yield* InviteStore
    const config = yield* LobbyConfig
    const raceNames = yield* RaceNames
    const notifications = yield* Notifications
    const standing = yield* Standing
    const mayBeSeated = yield* seatLimit

    const expiry = Effect.fnUntraced(function* (wanted: DateTime.Utc | undefined) {
      const now = yield* DateTime.now
      if (wanted === undefined) return DateTime.addDuration(now, config.inviteLifetimeMs)
      if (!DateTime.isGreaterThan(wanted, now)) return yield* new InviteExpiryInvalid({ problem: "has passed" })
      if (DateTime.isGreaterThan(wanted, DateTime.addDuration(now, config.inviteLifetimeMaxMs))) {
        const days = Math.floor(config.inviteLifetimeMaxMs / 86_400_000)
        return yield* new InviteExpiryInvalid({ problem: `is more than ${days} days ahead` })
      }
      return wanted
    })

    const mayBeInvited = Effect.fnUntraced(function* (game: Game, userId: UserId) {
      const gameId = game.game_id
      if ((yield* standing.of(userId)) !== "active") return yield* new InvitedUserNotFound()
      yield* notIn(members, game, userId)
      if (yield* invites.pendingFor(gameId, userId)) return yield* new InviteAlreadyPending()
      const limit = config.invitesPerPlayerPerDay
      if ((yield* invites.countOfDay(gameId, userId)) >= limit) return yield* new InvitedTooOften({ limit })
    })

    const issue = Effect.fn("Invites.issue")(function* (
      caller: UserId,
      gameId: GameId,
      request: typeof IssueInvite.Type
    ) {
      const kind = yield* games.find(gameId)
      // Everybody sees a public game, and nobody owns it.
      if (Option.isSome(kind) && kind.value.visibility === "public") return yield* new PublicGameTakesNoInvites()
      const game = yield* owned(games, gameId, caller)
      const invited = request.invited_user_id
      const key = request.idempotency_key
      const before = key === undefined ? Option.none() : yield* invites.issuedBy(gameId, key)
      if (Option.isSome(before)) {
        return before.value.invited_user_id === invited ? before.value : yield* new InviteKeyTaken()
      }
      if (!inviting.includes(game.status)) return yield* conflict(game, "issue_invite")
      yield* beforeItsEnd(game)
      const expiresAt = yield* expiry(request.expires_at)
      yield* invites.expire(gameId)
      const limit = config.pendingInvitesPerGame
      if ((yield* invites.countPending(gameId)) >= limit) return yield* new TooManyInvites({ limit })
      if (invited !== undefined) yield* mayBeInvited(game, invited)
      const invite = yield* invites.insert({
        invite_id: InviteId.make(yield* newId),
        game_id: gameId,
        issuer_user_id: caller,
        invited_user_id: invited ?? null,
        code: invited === undefined ? yield* InviteCode.mint : null,
        expires_at: DateTime.toDate(expiresAt),
        issue_key: key ?? null
      })
      if (invited !== undefined) {
        yield* notifications.submit({
          kind: "lobby.invite.received",
          idempotencyKey: `invite-received:${invite.invite_id}`,
          recipients: [invited],
          payload: {
            game_id: gameId,
            invite_id: invite.invite_id,
            game_name: game.game_name,
            issuer_user_id: caller,
            expires_at: DateTime.formatIso(invite.expires_at)
          }
        })
      }
      return invite
    })

    const lockBoth = Effect.fnUntraced(function* (gameId: GameId, inviteId: InviteId) {
      const game = yield* games.lock(gameId)
      const invite = Option.isNone(game) ? Option.none() : yield* invites.lock(gameId, inviteId)
      if (Option.isNone(game) || Option.isNone(invite)) return yield* new InviteNotFound()
      return { game: game.value, invite: invite.value }
    })

    /**
     * Runs a step on a pending invite. That an invite has expired must be committed, so in this case the step fails
     * only after its transaction.
     */
    const onPending = <A, E, R, E2, R2>(
      gameId: GameId,
      inviteId: InviteId,
      authorise: (invite: StoredInvite) => Effect.Effect<void, E, R>,
      act: (invite: StoredInvite, game: Game) => Effect.Effect<A, E2, R2>
    ) =>
      sql
        .withTransaction(
          Effect.gen(function* () {
            const { game, invite } = yield* lockBoth(gameId, inviteId)
            yield* authorise(invite)
            if (invite.status !== "pending") return yield* new InviteNotPending({ status: invite.status })
            if (!DateTime.isLessThan(yield* DateTime.now, invite.expires_at)) {
              yield* invites.settle(inviteId, "expired")
              return new InviteNotPending({ status: "expired" })
            }
            return { done: yield* act(invite, game) }
          })
        )
        .pipe(
          Effect.flatMap((it) => (it instanceof InviteNotPending ? Effect.fail(it) : Effect.succeed(it.done))),
          StorageError.refail
        )

    const take = (caller: UserId, raceName: string) =>
      Effect.fnUntraced(function* (invite: StoredInvite, game: Game) {
        if (!inviting.includes(game.status)) return yield* new EnrollmentOver()
        yield* beforeItsEnd(game)
        yield* notIn(members, game, caller)
        yield* withRoom(game)
        yield* mayBeSeated(caller)
        const name = yield* raceNames.reserve({ gameId: game.game_id, userId: caller, name: raceName })
        yield* invites.settle(invite.invite_id, "redeemed")
        return yield* members.seat(game.game_id, caller, name)
      })

    const tellRevoked = (invite: StoredInvite) =>
      invite.invited_user_id === undefined
        ? Effect.void
        : notifications.submit({
            kind: "lobby.invite.revoked",
            idempotencyKey: `invite-revoked:${invite.invite_id}`,
            recipients: [invite.invited_user_id],
            payload: { game_id: invite.game_id, invite_id: invite.invite_id, game_name: invite.game_name }
          })

    return Invites.of({
      issue: (caller, gameId, request) => StorageError.refail(sql.withTransaction(issue(caller, gameId, request))),
      redeem: Effect.fn("Invites.redeem")((caller, gameId, inviteId, request) =>
        onPending(gameId, inviteId, holder(caller, request.code), take(caller, request.race_name))
      ),
      decline: Effect.fn("Invites.decline")((caller, gameId, inviteId) =>
        onPending(gameId, inviteId, side(caller, "recipient"), (invite) =>
          Effect.gen(function* () {
            return shown(yield* invites.settle(invite.invite_id, "declined"), caller, yield* DateTime.now)
          })
        )
      ),
      revoke: Effect.fn("Invites.revoke")((caller, gameId, inviteId) =>
        onPending(gameId, inviteId, side(caller, "issuer"), (invite) =>
          Effect.gen(function* () {
            const revoked = yield* invites.settle(invite.invite_id, "revoked")
            yield* tellRevoked(revoked)
            return shown(revoked, caller, yield* DateTime.now)
          })
        )
      ),
      mine: Effect.fn("Invites.mine")(function* (caller, page) {
        const now = yield* DateTime.now
        const { rows, next } = yield* pageOf(
          page,
          (after, limit) => invites.listOf(caller, after, limit),
          (it) => it.invite_id
        )
        return { invites: rows.map((it) => shown(it, caller, now)), ...next }
      })
    })
  })
)
