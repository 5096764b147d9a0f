/** What the lobby refuses, one class per condition. Messages are for players and name no foreign object. */
import { GameStatus, InviteStatus } from "@galaxy/contract/api/UserLobby"
import { Schema } from "effect"

/** No such game, or none that the caller may see: the two are not told apart. */
export class GameNotFound extends Schema.TaggedError<GameNotFound>()("GameNotFound", {}) {
  override get message(): string {
    return "no such game"
  }
}

/** The caller sees the game but it isn't theirs to run. */
export class NotGameOwner extends Schema.TaggedError<NotGameOwner>()("NotGameOwner", {}) {
  override get message(): string {
    return "only the game's owner may do this"
  }
}

/** The operation doesn't fit the game's state. */
export class GameStateConflict extends Schema.TaggedError<GameStateConflict>()("GameStateConflict", {
  status: GameStatus,
  operation: Schema.String
}) {
  override get message(): string {
    return `${this.operation} is not possible while the game is ${this.status}`
  }
}

export class GameSettingsInvalid extends Schema.TaggedError<GameSettingsInvalid>()("GameSettingsInvalid", {
  problem: Schema.String
}) {
  override get message(): string {
    return this.problem
  }
}

export class TooManyGames extends Schema.TaggedError<TooManyGames>()("TooManyGames", { limit: Schema.Int }) {
  override get message(): string {
    return `you already own ${this.limit} games that have not ended`
  }
}

export class NotEnoughPlayers extends Schema.TaggedError<NotEnoughPlayers>()("NotEnoughPlayers", {
  members: Schema.Int,
  required: Schema.Int
}) {
  override get message(): string {
    return `the game has ${this.members} of at least ${this.required} players`
  }
}

export class GameFull extends Schema.TaggedError<GameFull>()("GameFull", { capacity: Schema.Int }) {
  override get message(): string {
    return `all ${this.capacity} places of the game are taken`
  }
}

/** This user is a member already: the caller who redeems, or the one to be invited. */
export class AlreadyMember extends Schema.TaggedError<AlreadyMember>()("AlreadyMember", {}) {
  override get message(): string {
    return "this player is a member of the game already"
  }
}

export class BlockedFromGame extends Schema.TaggedError<BlockedFromGame>()("BlockedFromGame", {}) {
  override get message(): string {
    return "this player is blocked from the game"
  }
}

/** The caller sees the game but doesn't play in it. */
export class NotGameMember extends Schema.TaggedError<NotGameMember>()("NotGameMember", {}) {
  override get message(): string {
    return "only the game's players may do this"
  }
}

/** This user has no seat in the game that could end. */
export class MembershipNotFound extends Schema.TaggedError<MembershipNotFound>()("MembershipNotFound", {}) {
  override get message(): string {
    return "no such membership"
  }
}

/** Players join a public game by application. */
export class PublicGameTakesNoInvites extends Schema.TaggedError<PublicGameTakesNoInvites>()(
  "PublicGameTakesNoInvites",
  {}
) {
  override get message(): string {
    return "a public game takes no invites"
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
    return "this player has an open invite to the game already"
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

export class CursorInvalid extends Schema.TaggedError<CursorInvalid>()("CursorInvalid", {}) {
  override get message(): string {
    return "cursor is not one that this list has given"
  }
}
