/** A draft as pages see it. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Lines } from "./draftLines.ts"
import type { LineVerdicts } from "./lineVerdicts.ts"
import type { SaveState } from "./saveState.ts"

/** The orders of a turn, what is thought of each, and where the list stands. */
export interface DraftState {
  readonly turn: number
  readonly lines: Lines
  readonly verdicts: LineVerdicts
  readonly save: SaveState
  /** What the server had when it was last heard: what is in `lines` beyond it hasn't been saved. */
  readonly base: ReadonlyArray<Order>
}
