/** What a status of an engine says of the game's ruleset, as it is kept with the runtime. */
import type { EngineStatus } from "@galaxy/contract/engine/Admin"
import type { RuntimeChange } from "./RuntimeRow.ts"

/** Most characters that are kept. Engines aren't trusted, and the built-in one needs 2,000. */
const maxKept = 32_768

/** Sets the ruleset where the engine tells one of a decent size. */
export const rulesetChange = ({ ruleset }: EngineStatus): RuntimeChange => {
  if (ruleset === undefined) return {}
  const text = JSON.stringify(ruleset)
  return text.length > maxKept ? {} : { ruleset: text }
}
