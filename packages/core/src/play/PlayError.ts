/** How in-game calls are refused, beside what lobby, runtime and engine refuse. */
import { Schema } from "effect"

/** The game ended so long ago that its state isn't kept any more. */
export class ReportsGone extends Schema.TaggedError<ReportsGone>()("ReportsGone", {}) {
  override get message(): string {
    return "the reports of this game are no longer kept"
  }
}
