/** What the runtime has last decided about a game, in words for operators. */
import { DateTime } from "effect"
import type { RuntimeChange } from "./RuntimeRow.ts"

/** The columns that keep a decision. */
export const decided = (decision: string, now: DateTime.Utc): RuntimeChange => ({
  last_decision: decision.slice(0, 500),
  last_decision_at: DateTime.toDate(now)
})
