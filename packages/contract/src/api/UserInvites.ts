/** Invites to private games, for players (`…/games/{game_id}/invites`, `…/my/invites`). */
import { Schema } from "effect"
import { GameId, InviteId, UserId } from "../ids/Ids.ts"
import { idempotencyKey, label, Timestamp } from "./Fields.ts"
import { line } from "./Text.ts"

/** Body of `lobby.invites.issue`. */
export const IssueInvite = Schema.Struct({
  /** The only user who may redeem the invite; when absent, it gets a code that one player may redeem. */
  invited_user_id: Schema.optionalKey(UserId),
  /** By default a week from now when absent, and at most a year ahead; a host may set other bounds. */
  expires_at: Schema.optionalKey(Timestamp),
  /**
   * Chosen by the client, new for each invite that it wants. Sent again for the same game, it answers the invite that was
   * made with it, as it is now; for another player it is `conflict`, `exists`.
   */
  idempotency_key: Schema.optionalKey(idempotencyKey)
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
