/** How operations on held race names are refused, one class per condition. Messages are for players. */
import { Schema } from "effect"

/** The caller has no such name that is pending registration: there never was one, or its time is over. */
export class NoPendingRaceName extends Schema.TaggedError<NoPendingRaceName>()("NoPendingRaceName", {}) {
  override get message(): string {
    return "you have no such race name that could be registered"
  }
}

/** The caller has already registered `limit` names, as many as their plan allows. */
export class TooManyRaceNames extends Schema.TaggedError<TooManyRaceNames>()("TooManyRaceNames", {
  limit: Schema.Int
}) {
  override get message(): string {
    return `you have registered ${this.limit === 1 ? "1 race name" : `${this.limit} race names`}, as many as your plan allows`
  }
}

/** All refusals of this file; `http/errors.ts` has a line for each. */
export type RaceNameError = NoPendingRaceName | TooManyRaceNames
