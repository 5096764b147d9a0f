/** The operators' page about backups, as far as drills run it: its blocks by the names that comments give them. */
import { readFileSync } from "node:fs"

const text = readFileSync(new URL("../../../../../docs/operating/backup.md", import.meta.url), "utf8")

const blocks = new Map(
  [...text.matchAll(/^<!-- drill: ([^>]+) -->\n```(?:sh)?\n([^]*?)^```$/gm)].map(([, name = "", block = ""]) => [
    name,
    block
  ])
)

/** What the page says under this name. */
export const block = (name: string): string => {
  const found = blocks.get(name)
  if (found === undefined) throw new Error(`docs/operating/backup.md has no block "${name}"`)
  return found
}
