/** Phase 14: stored capital becomes industry where there are people for it. */
import { stockToIndustry as convert } from "../state/landing.ts"
import type { Phase } from "../turn/Phase.ts"

/** Converts the stored capital of every owned planet, up to industry for all of its people. */
export const stockToIndustry: Phase = {
  name: "stock to industry",
  run: ({ draft }) => {
    for (const planet of draft.planets) convert(draft, planet)
  }
}
