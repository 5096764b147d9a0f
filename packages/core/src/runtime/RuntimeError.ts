/** How operations on running games are refused, one class per condition. */
import { Schema } from "effect"

/** The game has no runtime: nobody has started it yet. */
export class RuntimeNotFound extends Schema.TaggedError<RuntimeNotFound>()("RuntimeNotFound", {}) {}

/** The game's state doesn't allow this. `status` is the runtime's or the lobby's, whichever stands in the way. */
export class GameNotRunning extends Schema.TaggedError<GameNotRunning>()("GameNotRunning", {
  status: Schema.String
}) {
  override get message(): string {
    return `the game is ${this.status}`
  }
}

/** The turn is being generated: orders for it come too late. */
export class TurnWindowClosed extends Schema.TaggedError<TurnWindowClosed>()("TurnWindowClosed", {}) {}

/** Orders are for a turn that isn't the open one: it has been made already, or comes later. */
export class TurnNotOpen extends Schema.TaggedError<TurnNotOpen>()("TurnNotOpen", {
  turn: Schema.Int,
  open: Schema.Int
}) {
  override get message(): string {
    return `turn ${this.turn} doesn't take orders; turn ${this.open} does`
  }
}

/**
 * The turn is newer than the game's newest committed one. The engine may have made it already, but nobody sees it
 * before the commit.
 */
export class TurnNotMade extends Schema.TaggedError<TurnNotMade>()("TurnNotMade", {
  turn: Schema.Int,
  current: Schema.Int
}) {
  override get message(): string {
    return `turn ${this.turn} has not been made yet; the newest turn is ${this.current}`
  }
}

/**
 * The newest turn that the caller knows of isn't the game's newest: the turn they ask for may have been made already.
 */
export class TurnPassed extends Schema.TaggedError<TurnPassed>()("TurnPassed", {
  expected: Schema.Int,
  current: Schema.Int
}) {
  override get message(): string {
    return `the newest turn is ${this.current}, not ${this.expected}`
  }
}

/** A game goes on with its engine's version or a newer one. */
export class EngineVersionOlder extends Schema.TaggedError<EngineVersionOlder>()("EngineVersionOlder", {
  version: Schema.String,
  present: Schema.String
}) {
  override get message(): string {
    return `version ${this.version} is older than ${this.present}, which the game was played on`
  }
}

/** A patch changes nothing but the version's last number, to a higher one. */
export class NotAPatch extends Schema.TaggedError<NotAPatch>()("NotAPatch", {
  version: Schema.String,
  present: Schema.String
}) {
  override get message(): string {
    return `${this.version} is no patch of ${this.present}: only a higher last number is`
  }
}

/** The game's engine is making a turn, and must not be ended. */
export class TurnBeingMade extends Schema.TaggedError<TurnBeingMade>()("TurnBeingMade", {}) {}

/** All refusals of this file; `http/errors.ts` has a line for each. */
export type RuntimeError =
  | RuntimeNotFound
  | GameNotRunning
  | TurnWindowClosed
  | TurnNotOpen
  | TurnNotMade
  | TurnPassed
  | EngineVersionOlder
  | NotAPatch
  | TurnBeingMade
