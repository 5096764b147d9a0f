/** A list that a page had shown further comes back as long as it was, also after the page was loaded anew. */
import { snapshot } from "$app/navigation"
import type { Pages } from "../../core/lobby/Pages.ts"

/** Call it where a page is made; the names tell its lists apart. */
export const keepLengths = (lists: Readonly<Record<string, Pick<Pages<unknown>, "length" | "grow">>>): void =>
  snapshot({
    id: "lists",
    capture: () => Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.length()])),
    restore: (lengths: Readonly<Record<string, number>>) => {
      for (const [name, list] of Object.entries(lists)) list.grow(lengths[name] ?? 1)
    }
  })
