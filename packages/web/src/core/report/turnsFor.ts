/** How long a flight takes, by the engine's rule. */
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"

/** Whole turns that a way takes; at least 1, and undefined for ships that don't move. */
export const turnsFor = (
  { arrivalTolerance }: Pick<Ruleset, "arrivalTolerance">,
  distance: number,
  speed: number
): number | undefined => (speed > 0 ? Math.max(1, Math.ceil((distance - arrivalTolerance) / speed)) : undefined)
