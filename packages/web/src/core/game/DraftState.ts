/** A draft as pages see it. */
import type { Lines } from "./draftLines.ts"
import type { LineVerdicts } from "./lineVerdicts.ts"
import type { SaveState } from "./saveState.ts"

/** The orders of a turn, what is thought of each, and where the list stands. */
export interface DraftState {
  readonly turn: number
  readonly lines: Lines
  readonly verdicts: LineVerdicts
  readonly save: SaveState
}
