/** Order J without arguments: all identical groups of a race become one. */
import type { Draft, DraftRace } from "../state/Draft.ts"
import { mergeGroups } from "../state/merging.ts"
import { done, type OrderResult } from "./Refusal.ts"

/** Races in which the last merging found nothing to merge, and no order has changed a group since. */
const merged = new WeakSet<DraftRace>()

/** Must be called after every order that may have changed one of the race's groups. */
export const groupsChanged = (race: DraftRace): void => {
  merged.delete(race)
}

/** Merges all identical groups of the race. Repeated, it costs nothing: a list may say it a thousand times. */
export const mergeAll = (draft: Draft, race: DraftRace): OrderResult => {
  if (merged.has(race)) return done
  const before = race.groups.size
  mergeGroups(draft, race)
  // The mean load of merged groups may be that of another group, so only a merging without effect is the last one.
  if (race.groups.size === before) merged.add(race)
  return done
}
