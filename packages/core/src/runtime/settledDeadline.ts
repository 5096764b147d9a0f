/** Deadlines that a wrong clock has set. */
import { DateTime } from "effect"
import { deadlineOf, type RuntimeRow } from "./RuntimeRow.ts"
import { explained, isExplained, type TurnDeadline } from "./TurnTimes.ts"

/**
 * The deadline that replaces one set by a wrong clock; absent if the present deadline stands. A deadline that the
 * present clock doesn't explain is computed anew but kept as `was`: if it is the present clock that is behind, the old
 * deadline comes back.
 */
export const settled = (
  row: RuntimeRow,
  now: DateTime.Utc
): { readonly deadline: TurnDeadline; readonly was: DateTime.Utc | null } | undefined => {
  const deadline = deadlineOf(row)
  if (deadline === null) return undefined
  const { next_turn_was: was } = row
  if (was !== null && DateTime.isGreaterThan(was, now)) {
    const before = { ...deadline, at: was }
    if (isExplained(row, before, now)) return { deadline: before, was: null }
  }
  const right = explained(row, deadline, now)
  return right === deadline ? undefined : { deadline: right, was: was ?? deadline.at }
}
