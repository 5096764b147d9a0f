/** What is refused about seats in games, one class per condition. Messages are for players. */
import { Schema } from "effect"

export class GameFull extends Schema.TaggedError<GameFull>()("GameFull", { capacity: Schema.Int }) {
  override get message(): string {
    return `all ${this.capacity} places of the game are taken`
  }
}

/** This user is a member already: the caller who redeems, or the one to be invited. */
export class AlreadyMember extends Schema.TaggedError<AlreadyMember>()("AlreadyMember", {}) {
  override get message(): string {
    return "this player is already a member of the game"
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
    return "only players of the game may do this"
  }
}

/** This user has no seat in the game that could end. */
export class MembershipNotFound extends Schema.TaggedError<MembershipNotFound>()("MembershipNotFound", {}) {
  override get message(): string {
    return "no such membership"
  }
}

export type MembershipError = GameFull | AlreadyMember | BlockedFromGame | NotGameMember | MembershipNotFound
