/** Invites to private games, for players (`…/games/{game_id}/invites`, `…/my/invites`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId, InviteId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { label, paging, Timestamp } from "./Fields.ts"
import { line } from "./Text.ts"
import { Membership } from "./UserMemberships.ts"

/** Body of `lobby.invites.issue`. */
export const IssueInvite = Schema.Struct({
  /** The only user who may redeem the invite; when absent, it gets a code that one player may redeem. */
  invited_user_id: Schema.optionalKey(UserId),
  /** By default a week from now when absent, and at most a year ahead; a host may set other bounds. */
  expires_at: Schema.optionalKey(Timestamp)
})

/** Only a `pending` invite can be redeemed, declined or revoked; the other statuses are final. */
export const InviteStatus = Schema.Literals(["pending", "redeemed", "declined", "revoked", "expired"])

/** One invite to a private game, which seats one player. It is shown as `expired` from `expires_at` on. */
export const Invite = Schema.Struct({
  invite_id: InviteId,
  game_id: GameId,
  issuer_user_id: UserId,
  invited_user_id: Schema.optionalKey(UserId),
  /** Present only in code-based invites, and only when the reader is the issuer. */
  code: Schema.optionalKey(Schema.String),
  status: InviteStatus,
  expires_at: Timestamp,
  created_at: Timestamp,
  game_name: Schema.String,
  /** What the issuer is called: their display name, or their user name where they have none. */
  issuer_name: Schema.String,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  /** Seats that are taken, and all seats. */
  members: Schema.Int,
  max_players: Schema.Int
})

/** Body of `lobby.invites.look`: the code of a join link. */
export const LookAtInvite = Schema.Struct({ code: label(64) })

/** Answer of `lobby.invites.look`: what a code is an invite to, and the ids that redeeming it needs. */
export const InviteLook = Schema.Struct({
  game_id: GameId,
  invite_id: InviteId,
  game_name: Schema.String,
  issuer_name: Schema.String,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  members: Schema.Int,
  max_players: Schema.Int,
  expires_at: Timestamp
})

/**
 * Answer of `lobby.my.invites`: invites that the caller received or issued, in any status, newest first. Without
 * `next_cursor` it is the last page.
 */
export const InviteList = Schema.Struct({
  invites: Schema.Array(Invite),
  next_cursor: Schema.optionalKey(Schema.String)
})

/** Body of `lobby.invites.redeem`. A missing or wrong code is `not_found`, like an invite that doesn't exist. */
export const RedeemInvite = Schema.Struct({
  /** The name to play under; `conflict`, `name_taken` if another player holds it or one that looks like it. */
  race_name: line(64),
  /** Needed for a code-based invite only. */
  code: Schema.optionalKey(label(64))
})

const game = { game_id: GameId }

/**
 * Invites of one game: the owner issues them, the issuer may revoke them, the invited user or a holder of the code
 * redeems them, and the invited user may decline. An invite is `not_found` for anyone who is not involved in it.
 */
export class LobbyInvitesGroup extends HttpApiGroup.make("lobbyInvites")
  .add(
    HttpApiEndpoint.post("issue", "/", { params: game, payload: IssueInvite, success: Invite, error: wireErrors }),
    HttpApiEndpoint.post("redeem", "/:invite_id/redeem", {
      params: { ...game, invite_id: InviteId },
      payload: RedeemInvite,
      success: Membership,
      error: wireErrors
    }),
    HttpApiEndpoint.post("decline", "/:invite_id/decline", {
      params: { ...game, invite_id: InviteId },
      success: Invite,
      error: wireErrors
    }),
    HttpApiEndpoint.post("revoke", "/:invite_id/revoke", {
      params: { ...game, invite_id: InviteId },
      success: Invite,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/lobby/games/:game_id/invites") {}

/** The caller's own invites, in pages of 50 by default and at most 200. */
export class LobbyMyInvitesGroup extends HttpApiGroup.make("lobbyMyInvites")
  .add(HttpApiEndpoint.get("invites", "/invites", { query: paging, success: InviteList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/my") {}

/**
 * Looks up an invite by its code alone. Unknown, used, revoked and expired codes are `not_found` alike. It is
 * `rate_limited`.
 */
export class LobbyInviteLookGroup extends HttpApiGroup.make("lobbyInviteLook")
  .add(HttpApiEndpoint.post("look", "/look", { payload: LookAtInvite, success: InviteLook, error: wireErrors }))
  .prefix("/api/v1/user/lobby/invites") {}
