/**
 * Help without the parser. Loading the parser and the tree takes several times as long as starting Node, so the bundle
 * has all pages in a file, and a command line that can only mean a help is answered from there.
 */
import type { HelpPage } from "./page.ts"

/** What the file holds: the pages by their words, without what all have in common. */
export interface QuickPages {
  readonly globals: HelpPage["globals"]
  readonly pages: Readonly<Record<string, Omit<HelpPage, "globals">>>
}

/** The pages as the file holds them. */
export const quickPages = (pages: ReadonlyArray<HelpPage>): QuickPages => ({
  globals: pages[0]?.globals ?? [],
  pages: Object.fromEntries(pages.map((it) => [it.path.join(" "), { ...it, globals: undefined }]))
})

/**
 * The page that a command line asks for: words of a command and `--help`, or the words of a noun alone. Undefined for
 * all else, which is the parser's to understand.
 */
export const quickPage = (args: ReadonlyArray<string>, { globals, pages }: QuickPages): HelpPage | undefined => {
  const words = args.filter((it) => it !== "--help" && it !== "-h")
  const name = words.join(" ")
  // A word with a space in it would name the page of two words, and an empty one that of none.
  if (!words.every((it) => /^[^ ]+$/.test(it)) || !Object.hasOwn(pages, name)) return undefined
  const page = pages[name]
  const asked = words.length < args.length || (page?.groups.length ?? 0) > 0
  return page !== undefined && asked ? { ...page, globals } : undefined
}
