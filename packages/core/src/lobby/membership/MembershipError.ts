/** How operations on seats in games are refused, one class per condition. Messages are for players. */
import { Schema } from "effect"

/** All `capacity` seats are taken. `capacity` is the game's `max_players`. */
export class GameFull extends Schema.TaggedError<GameFull>()("GameFull", { capacity: Schema.Int }) {
  override get message(): string {
    return `all ${this.capacity} places of the game are taken`
  }
}

/** This user already has a seat: the caller who redeems an invite, or the user to be invited. */
export class AlreadyMember extends Schema.TaggedError<AlreadyMember>()("AlreadyMember", {}) {
  override get message(): string {
    return "this player is already a member of the game"
  }
}

/** This user was blocked from the game and can neither be invited nor join again. */
export class BlockedFromGame extends Schema.TaggedError<BlockedFromGame>()("BlockedFromGame", {}) {
  override get message(): string {
    return "this player is blocked from the game"
  }
}

/** The owner has closed enrollment, or the game has been cancelled: nobody can join any more. */
export class EnrollmentOver extends Schema.TaggedError<EnrollmentOver>()("EnrollmentOver", {}) {
  override get message(): string {
    return "enrollment for the game is over"
  }
}

/** The caller may see the game but doesn't play in it. */
export class NotGameMember extends Schema.TaggedError<NotGameMember>()("NotGameMember", {}) {
  override get message(): string {
    return "only players of the game may do this"
  }
}

/** This user has no active membership that could be ended. */
export class MembershipNotFound extends Schema.TaggedError<MembershipNotFound>()("MembershipNotFound", {}) {
  override get message(): string {
    return "no such membership"
  }
}

/** The owner of a game can leave it, but not block themselves from it. */
export class OwnerNotBlockable extends Schema.TaggedError<OwnerNotBlockable>()("OwnerNotBlockable", {}) {
  override get message(): string {
    return "you can't block yourself from your own game"
  }
}

/** All refusals of this file; `http/errors.ts` has a line for each. */
export type MembershipError =
  | GameFull
  | AlreadyMember
  | BlockedFromGame
  | EnrollmentOver
  | NotGameMember
  | MembershipNotFound
  | OwnerNotBlockable
