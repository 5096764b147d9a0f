/**
 * How operations on invites are refused, one class per condition. Messages are for players and name no foreign object.
 */
import { InviteStatus } from "@galaxy/contract/api/UserLobby"
import { Schema } from "effect"

/** Invites are for private games; players join a public one by application. */
export class PublicGameTakesNoInvites extends Schema.TaggedError<PublicGameTakesNoInvites>()(
  "PublicGameTakesNoInvites",
  {}
) {
  override get message(): string {
    return "a public game doesn't take invites"
  }
}

/** Nobody with this id can be invited. Unknown, deleted and blocked accounts can't be told apart. */
export class InvitedUserNotFound extends Schema.TaggedError<InvitedUserNotFound>()("InvitedUserNotFound", {}) {
  override get message(): string {
    return "no such player"
  }
}

/**
 * There is no such invite, the code is wrong, or the invite doesn't concern the caller; the caller can't tell which.
 */
export class InviteNotFound extends Schema.TaggedError<InviteNotFound>()("InviteNotFound", {}) {
  override get message(): string {
    return "no such invite"
  }
}

/** The caller may see the invite, but only `actor`, the other side, may do this. */
export class NotYourInvite extends Schema.TaggedError<NotYourInvite>()("NotYourInvite", {
  actor: Schema.Literals(["issuer", "recipient"])
}) {
  override get message(): string {
    return `only the invite's ${this.actor} may do this`
  }
}

/** The invite has been redeemed, declined or revoked, or has expired; `status` says which. */
export class InviteNotPending extends Schema.TaggedError<InviteNotPending>()("InviteNotPending", {
  status: InviteStatus
}) {
  override get message(): string {
    return `the invite is ${this.status}`
  }
}

/** This user already has a pending invite to the game. One at a time: it has to be settled before another is issued. */
export class InviteAlreadyPending extends Schema.TaggedError<InviteAlreadyPending>()("InviteAlreadyPending", {}) {
  override get message(): string {
    return "this player already has an open invite to the game"
  }
}

/** The key of this request was used for an invite of somebody else to the same game. */
export class InviteKeyTaken extends Schema.TaggedError<InviteKeyTaken>()("InviteKeyTaken", {}) {
  override get message(): string {
    return "this idempotency key was used for another invite"
  }
}

/** The game already has `limit` pending invites (`LobbyConfig.pendingInvitesPerGame`). */
export class TooManyInvites extends Schema.TaggedError<TooManyInvites>()("TooManyInvites", { limit: Schema.Int }) {
  override get message(): string {
    return `the game already has ${this.limit} open invites`
  }
}

/**
 * The player has been sent `limit` invites to this game within 24 hours (`LobbyConfig.invitesPerPlayerPerDay`), however
 * they ended.
 */
export class InvitedTooOften extends Schema.TaggedError<InvitedTooOften>()("InvitedTooOften", { limit: Schema.Int }) {
  override get message(): string {
    return `a player may be sent at most ${this.limit} invites to a game within 24 hours`
  }
}

/**
 * The expiry asked for has passed, or is further ahead than `LobbyConfig.inviteLifetimeMaxMs`. `problem` continues a
 * sentence that begins with the field's name.
 */
export class InviteExpiryInvalid extends Schema.TaggedError<InviteExpiryInvalid>()("InviteExpiryInvalid", {
  problem: Schema.String
}) {
  override get message(): string {
    return `expires_at ${this.problem}`
  }
}

/** All refusals of this file; `http/errors.ts` has a line for each. */
export type InviteError =
  | PublicGameTakesNoInvites
  | InvitedUserNotFound
  | InviteNotFound
  | NotYourInvite
  | InviteNotPending
  | InviteAlreadyPending
  | InviteKeyTaken
  | TooManyInvites
  | InvitedTooOften
  | InviteExpiryInvalid
