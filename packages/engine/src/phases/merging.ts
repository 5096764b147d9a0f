/** Phases 2, 6 and 10: identical groups become one. */
import { mergeGroups } from "../state/merging.ts"
import type { Phase } from "../turn/Phase.ts"

/** Merges the identical groups of each race. `when` is a part of the phase's name that tells the three apart. */
export const merging = (when: string): Phase => ({
  name: `merging ${when}`,
  run: ({ draft }) => {
    for (const race of draft.races) mergeGroups(draft, race)
  }
})
