/** Errors of the engine's operations; `apiErrors.ts` maps them to codes of the REST surface. */
import type { OrderVerdict } from "@galaxy/contract/engine/Order"
import { Data } from "effect"

/** No galaxy has been created yet. */
export class NoGame extends Data.TaggedError("NoGame") {
  override get message(): string {
    return "there is no galaxy yet"
  }
}

/** This engine serves another game. */
export class OtherGame extends Data.TaggedError("OtherGame")<{ readonly gameId: string }> {
  override get message(): string {
    return `this engine serves game ${this.gameId}`
  }
}

/** The game is over; no further turn or order is accepted. */
export class GameFinished extends Data.TaggedError("GameFinished") {
  override get message(): string {
    return "the game is over"
  }
}

/** The turn asked for is neither made already nor the next one. */
export class TurnNotNext extends Data.TaggedError("TurnNotNext")<{ readonly turn: number; readonly next: number }> {
  override get message(): string {
    return `turn ${this.turn} can't be made: the next one is ${this.next}`
  }
}

/** A write for a turn that is not the open one. */
export class TurnNotOpen extends Data.TaggedError("TurnNotOpen")<{ readonly turn: number; readonly open: number }> {
  override get message(): string {
    return this.turn < this.open
      ? `turn ${this.turn} is closed; the open one is ${this.open}`
      : `turn ${this.turn} is not open yet; the open one is ${this.open}`
  }
}

/** The turn hasn't been made yet, so it has no report and no orders. */
export class TurnUnknown extends Data.TaggedError("TurnUnknown")<{ readonly turn: number }> {
  override get message(): string {
    return `turn ${this.turn} has not been made`
  }
}

/** The game has no race of this name. */
export class RaceUnknown extends Data.TaggedError("RaceUnknown")<{ readonly race: string }> {
  override get message(): string {
    return `there is no race ${this.race}`
  }
}

/** The race has left the game and gives no more orders. */
export class RaceGone extends Data.TaggedError("RaceGone")<{ readonly race: string }> {
  override get message(): string {
    return `${this.race} has left the game`
  }
}

/** The engine itself plays the race, so nobody else can give it orders. */
export class RaceOfComputer extends Data.TaggedError("RaceOfComputer")<{ readonly race: string }> {
  override get message(): string {
    return `${this.race} is played by the computer`
  }
}

/** The race's list was written by somebody else since it was read. */
export class OrdersChanged extends Data.TaggedError("OrdersChanged")<{
  readonly expected: number
  readonly revision: number
}> {
  override get message(): string {
    return `the orders have revision ${this.revision} by now, not ${this.expected}`
  }
}

/** The list has more orders than a race may give for one turn. */
export class TooManyOrders extends Data.TaggedError("TooManyOrders")<{ readonly most: number }> {
  override get message(): string {
    return `a race may give at most ${this.most} orders a turn`
  }
}

const shown = 5

/** The engine has a game already, so none can be taken in. */
export class GameExists extends Data.TaggedError("GameExists")<{ readonly gameId: string }> {
  override get message(): string {
    return `there is a galaxy already, of game ${this.gameId}`
  }
}

/** What was put can't be the state of a game, or nothing was put. */
export class StateRefused extends Data.TaggedError("StateRefused")<{ readonly problem: string }> {
  override get message(): string {
    return this.problem
  }
}

/** There is no state file of that path. */
export class StateFileUnknown extends Data.TaggedError("StateFileUnknown")<{ readonly path: string }> {
  override get message(): string {
    return "there is no such state file"
  }
}

/** A batch contained a refused command, so none of it was kept. */
export class CommandsRefused extends Data.TaggedError("CommandsRefused")<{
  readonly refused: ReadonlyArray<OrderVerdict>
}> {
  override get message(): string {
    const reasons = this.refused
      .slice(0, shown)
      .map((it) => `command ${it.position}: ${it.code ?? ""} (${it.message ?? ""})`)
    const more = this.refused.length - reasons.length
    return `no command was kept; ${reasons.join("; ")}${more > 0 ? `; and ${more} more` : ""}`
  }
}
