/** Phases 2, 6 and 10: identical groups become one. */
import { mergeGroups } from "../state/groups.ts"
import type { Phase } from "../turn/Phase.ts"

export const merging = (when: string): Phase => ({
  name: `merging ${when}`,
  run: ({ draft }) => {
    for (const race of draft.races) mergeGroups(draft, race)
  }
})
