/** Where a list of orders stands, as a sentence. */
import type { SaveState } from "../game/saveState.ts"
import { failureText } from "./failures.ts"
import { clock } from "./times.ts"
import type { Words } from "./Words.ts"

/** One sentence; of a save that failed also why. Times are written as in `locale`, a BCP 47 tag. */
export const saveText = (words: Words, locale: string, save: SaveState): string => {
  const { saves } = words.orders
  switch (save._tag) {
    case "saved":
      return save.at === undefined ? saves.saved : saves.savedAt(clock(locale, save.at))
    case "unsaved":
      return save.error === undefined ? saves.waiting : `${saves.unsaved} ${failureText(words, save.error, true)}`
    case "closed":
      return saves.closed[save.why]
    default:
      return saves[save._tag]
  }
}
