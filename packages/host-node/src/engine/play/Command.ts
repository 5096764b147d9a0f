/** The commands of `play`, as they come out of a command line that was understood. */
import type { RulesetName } from "@galaxy/contract/engine/Admin"

/** The file with a race's orders. */
export interface OrderFile {
  readonly race: string
  readonly file: string
}

/** `play new`. Race names are checked and distinct; `reports` is a folder, or undefined for none. */
export interface NewCommand {
  readonly command: "new"
  readonly state: string
  readonly races: ReadonlyArray<string>
  /** Random when left out. */
  readonly seed: string | undefined
  readonly ruleset: RulesetName
  readonly reports: string | undefined
}

/** Orders for a turn. Races are as typed, not yet looked up in the galaxy; each is there at most once. */
export interface GivenOrders {
  readonly state: string
  readonly orders: ReadonlyArray<OrderFile>
  /** Whether a line that can't be read is left out, instead of stopping everything. */
  readonly keepGoing: boolean
}

/** `play check`. */
export interface CheckOrders extends GivenOrders {
  readonly command: "check"
}

/** `play turn`. No race is both in `orders` and in `bots`. */
export interface PlayTurn extends GivenOrders {
  readonly command: "turn"
  /** Races whose orders the computer gives. */
  readonly bots: ReadonlyArray<string>
  readonly reports: string | undefined
}

/** `play report`, for the turn that was made last: as text, or as JSON. */
export interface ShowReport {
  readonly command: "report"
  readonly state: string
  readonly race: string
  readonly json: boolean
}

/** `play map`: all of it, or the part around a planet. The planet is as typed. */
export interface ShowMap {
  readonly command: "map"
  readonly state: string
  readonly race: string
  readonly at: string | undefined
  readonly radius: number | undefined
}

/** A command line that was understood; `help` carries the text to print. */
export type Command =
  | NewCommand
  | CheckOrders
  | PlayTurn
  | ShowReport
  | ShowMap
  | { readonly command: "help"; readonly text: string }
