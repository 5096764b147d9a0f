/** What is refused about invites, one class per condition. Messages are for players and name no foreign object. */
import { InviteStatus } from "@galaxy/contract/api/UserLobby"
import { Schema } from "effect"

/** Players join a public game by application. */
export class PublicGameTakesNoInvites extends Schema.TaggedError<PublicGameTakesNoInvites>()(
  "PublicGameTakesNoInvites",
  {}
) {
  override get message(): string {
    return "a public game doesn't take invites"
  }
}

/** Nobody of this id can be invited: unknown, deleted and blocked accounts are not told apart. */
export class InvitedUserNotFound extends Schema.TaggedError<InvitedUserNotFound>()("InvitedUserNotFound", {}) {
  override get message(): string {
    return "no such player"
  }
}

/** No such invite, a wrong code, or an invite that is nothing of the caller's: not told apart. */
export class InviteNotFound extends Schema.TaggedError<InviteNotFound>()("InviteNotFound", {}) {
  override get message(): string {
    return "no such invite"
  }
}

/** The caller sees the invite, but another has to act on it. */
export class NotYourInvite extends Schema.TaggedError<NotYourInvite>()("NotYourInvite", {
  actor: Schema.Literals(["issuer", "recipient"])
}) {
  override get message(): string {
    return `only the invite's ${this.actor} may do this`
  }
}

/** The invite has been used, declined, revoked or has expired. */
export class InviteNotPending extends Schema.TaggedError<InviteNotPending>()("InviteNotPending", {
  status: InviteStatus
}) {
  override get message(): string {
    return `the invite is ${this.status}`
  }
}

export class InviteAlreadyPending extends Schema.TaggedError<InviteAlreadyPending>()("InviteAlreadyPending", {}) {
  override get message(): string {
    return "this player already has an open invite to the game"
  }
}

export class TooManyInvites extends Schema.TaggedError<TooManyInvites>()("TooManyInvites", { limit: Schema.Int }) {
  override get message(): string {
    return `the game already has ${this.limit} open invites`
  }
}

export class InviteExpiryInvalid extends Schema.TaggedError<InviteExpiryInvalid>()("InviteExpiryInvalid", {
  problem: Schema.String
}) {
  override get message(): string {
    return `expires_at ${this.problem}`
  }
}

export type InviteError =
  | PublicGameTakesNoInvites
  | InvitedUserNotFound
  | InviteNotFound
  | NotYourInvite
  | InviteNotPending
  | InviteAlreadyPending
  | TooManyInvites
  | InviteExpiryInvalid
