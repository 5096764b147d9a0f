/** The figure that somebody asks about, if any. One dialog for all pages of a game shows where it comes from. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Intents } from "../../../core/map/intents.ts"
import type { Asked } from "../../../core/report/why/explain.ts"

/** A question, and the report that it is about: the viewed turn's where left out. */
export interface Question extends Asked {
  readonly report?: Report
  /** What the draft makes of planets, where the report doesn't have it yet. */
  readonly intents?: Intents
}

let question = $state.raw<Question>()

export const asked = (): Question | undefined => question

export const ask = (next: Question): void => {
  question = next
}

export const answered = (): void => {
  question = undefined
}
