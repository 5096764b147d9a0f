/**
 * How operations on games are refused, one class per condition. Messages are for players and name no foreign object.
 */
import { GameStatus } from "@galaxy/contract/api/UserLobby"
import { Schema } from "effect"

/** The game doesn't exist, or the caller may not see it; the caller can't tell which. */
export class GameNotFound extends Schema.TaggedError<GameNotFound>()("GameNotFound", {}) {
  override get message(): string {
    return "no such game"
  }
}

/** The caller may see the game, but only its owner may do this. */
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

/**
 * The settings of a new game are invalid: name, description, player counts, schedule, time zone or engine version.
 * `problem` is a sentence for the caller.
 */
export class GameSettingsInvalid extends Schema.TaggedError<GameSettingsInvalid>()("GameSettingsInvalid", {
  problem: Schema.String
}) {
  override get message(): string {
    return this.problem
  }
}

/** The caller already owns `limit` games that are neither finished nor cancelled (`LobbyConfig.openGamesPerOwner`). */
export class TooManyGames extends Schema.TaggedError<TooManyGames>()("TooManyGames", { limit: Schema.Int }) {
  override get message(): string {
    return `you already own ${this.limit} games that have not ended`
  }
}

/**
 * The game has fewer active members than its `min_players`. Checked at `ready_to_start` and once more at `start`, since
 * members may leave in between.
 */
export class NotEnoughPlayers extends Schema.TaggedError<NotEnoughPlayers>()("NotEnoughPlayers", {
  members: Schema.Int,
  required: Schema.Int
}) {
  override get message(): string {
    return `the game has ${this.members} of at least ${this.required} players`
  }
}

/** All refusals of this file; `http/errors.ts` has a line for each. */
export type GameError =
  | GameNotFound
  | NotGameOwner
  | GameStateConflict
  | GameSettingsInvalid
  | TooManyGames
  | NotEnoughPlayers
