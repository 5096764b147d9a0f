/**
 * How operations on games are refused, one class per condition. Messages are for players and name no foreign object.
 */
import { GameStatus } from "@galaxy/contract/api/UserLobby"
import { Schema, Struct } from "effect"
import type { GameAction } from "./GameState.ts"

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

/** What a game's state may rule out, in words. */
const ruledOut = {
  update: "can't be changed in this way",
  open_enrollment: "can't be opened for enrollment",
  ready_to_start: "can't be made ready to start",
  start: "can't be started",
  retry_start: "can't be made ready for another start",
  pause: "can't be paused",
  resume: "can't be resumed",
  cancel: "can't be cancelled",
  force_start: "can't be started by force",
  force_stop: "can't be stopped by force",
  ban_member: "can't have a player banned",
  report_running: "can't begin to run",
  report_start_failed: "can't fail to start",
  finish: "can't finish",
  issue_invite: "takes no invites",
  redeem_invite: "can't be joined",
  submit_application: "takes no applications",
  approve_application: "can't have an application approved",
  end_membership: "keeps its members"
} as const satisfies Readonly<Record<GameAction, string>>

/** When: each state in words. */
const inState: Readonly<Record<typeof GameStatus.Type, string>> = {
  draft: "while it is a draft",
  enrollment_open: "while its enrollment is open",
  ready_to_start: "while it is ready to start",
  starting: "while it is being started",
  start_failed: "after its start has failed",
  running: "while it is running",
  paused: "while it is paused",
  finished: "after it has finished",
  cancelled: "after it has been cancelled"
}

/** The operation doesn't fit the game's state. */
export class GameStateConflict extends Schema.TaggedError<GameStateConflict>()("GameStateConflict", {
  status: GameStatus,
  operation: Schema.Literals(Struct.keys(ruledOut)),
  /** Whether its runtime is stopped. */
  stopped: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    const when =
      this.stopped === true && this.status === "paused" ? "while its engine is stopped" : inState[this.status]
    return `the game ${ruledOut[this.operation]} ${when}`
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

/** The caller already owns `limit` games that are neither finished nor cancelled: all that they may (`Limits`). */
export class TooManyGames extends Schema.TaggedError<TooManyGames>()("TooManyGames", { limit: Schema.Int }) {
  override get message(): string {
    return `you already own ${this.limit} games that have not ended`
  }
}

/** The caller has made another game with this `idempotency_key`. */
export class CreationKeyTaken extends Schema.TaggedError<CreationKeyTaken>()("CreationKeyTaken", {}) {
  override get message(): string {
    return "this idempotency_key was used for a game with other settings; choose a new one for each game"
  }
}

/** The caller already owns `limit` games that are being played: all that they may (`Limits`). */
export class TooManyGamesInPlay extends Schema.TaggedError<TooManyGamesInPlay>()("TooManyGamesInPlay", {
  limit: Schema.Int
}) {
  override get message(): string {
    return `you already own ${this.limit} games that are being played; one of them has to end first`
  }
}

/** The user already has a seat in `limit` games that have not ended: in all that they may (`Limits`). */
export class TooManyMemberships extends Schema.TaggedError<TooManyMemberships>()("TooManyMemberships", {
  limit: Schema.Int
}) {
  override get message(): string {
    return `this player already has a seat in ${this.limit} games that have not ended; one of them has to end first`
  }
}

/**
 * The game has fewer players than its `min_players`, computer players included, or no member at all. Checked at
 * `ready_to_start` and once more at `start`, since members may leave in between.
 */
export class NotEnoughPlayers extends Schema.TaggedError<NotEnoughPlayers>()("NotEnoughPlayers", {
  members: Schema.Int,
  players: Schema.Int,
  required: Schema.Int
}) {
  override get message(): string {
    if (this.members === 0) return "nobody has joined the game yet"
    const players = this.players === 1 ? "1 player" : `${this.players} players`
    return `the game has ${players} and needs at least ${this.required}`
  }
}

/** An update would leave fewer places than there are players. */
export class TooFewPlaces extends Schema.TaggedError<TooFewPlaces>()("TooFewPlaces", {
  taken: Schema.Int,
  places: Schema.Int
}) {
  override get message(): string {
    return `${this.taken} places of the game are taken, so it needs more than ${this.places}`
  }
}

/** All refusals of this file; `http/errors.ts` has a line for each. */
export type GameError =
  | GameNotFound
  | NotGameOwner
  | GameStateConflict
  | GameSettingsInvalid
  | CreationKeyTaken
  | TooManyGames
  | TooManyGamesInPlay
  | TooManyMemberships
  | NotEnoughPlayers
  | TooFewPlaces
