/** One thing that is compared between two trees. */
import { canonicalJson, type StateJson } from "@galaxy/engine/state/canonical"

/** One thing to measure: `once`. Neither `prepare` nor `text`, the result as text for comparison, is timed. */
export interface Work {
  readonly name: string
  readonly prepare?: () => Promise<void>
  readonly once: () => unknown
  /** Set for work that another process does: it is timed by the clock, not by processor time. */
  readonly elsewhere?: true
  readonly text: (result: unknown) => string
}

/** A result as text without the sentences of refusals, which may be reworded. */
export const withoutMessages = (result: unknown): string =>
  JSON.stringify(result, (key, value: unknown) => (key === "message" ? undefined : value))

/** The same with sorted keys, as state files have them. */
export const canonical = (result: unknown): string => canonicalJson(JSON.parse(withoutMessages(result)) as StateJson)
