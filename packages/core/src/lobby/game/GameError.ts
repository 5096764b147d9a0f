/** What is refused about games, one class per condition. Messages are for players and name no foreign object. */
import { GameStatus } from "@galaxy/contract/api/UserLobby"
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

export type GameError =
  | GameNotFound
  | NotGameOwner
  | GameStateConflict
  | GameSettingsInvalid
  | TooManyGames
  | NotEnoughPlayers
