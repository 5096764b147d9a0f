/** Where the orders stand, in a word: for the pages of a game on which there is no list of them. */
import type { DraftState } from "./DraftState.ts"

/** `unsaved` and `changed` need the player; `closed` is a turn that takes none at the moment. */
export type SaveMark = "saved" | "saving" | "unsaved" | "changed" | "closed"

/** Undefined where there is nothing to tell: nothing is known yet or was written, or the bar tells of it otherwise. */
export const saveMarkOf = ({ lines, save }: Pick<DraftState, "lines" | "save">): SaveMark | undefined => {
  switch (save._tag) {
    case "loading":
      return undefined
    case "saved":
      return save.at === undefined && lines.lines.length === 0 ? undefined : "saved"
    case "unsaved":
      return save.error === undefined ? "saving" : "unsaved"
    case "closed":
      return save.why === "finished" || save.why === "passed" ? undefined : "closed"
    default:
      return save._tag
  }
}
