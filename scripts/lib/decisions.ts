/**
 * Reads the decisions in docs/decisions and makes their index.
 *
 * A decision is `NNNN-words.md`. It opens with `# NNNN Title`, and its first paragraph is `Date: YYYY-MM-DD · Status: words`.
 * A number is used once.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export interface Decision {
  readonly file: string
  readonly number: string
  readonly title: string
  /** The day on which it was written down, as YYYY-MM-DD. */
  readonly date: string
  readonly status: string
}

const statuses = /^(accepted|accepted, replaced in part by .+|replaced by .+|proposed|rejected)$/

/** A decision, or what is wrong with its file. */
export const readDecision = (file: string, text: string): Decision | string => {
  const number = /^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]
  if (number === undefined) return `${file}: the name must be NNNN-words.md`
  const [first = "", second, third = "", fourth] = text.split("\n")
  const title = first.startsWith(`# ${number} `) ? first.slice(number.length + 3) : undefined
  if (title === undefined) return `${file}: the first line must be "# ${number} Title"`
  const [, date, status] = /^Date: (\d{4}-\d{2}-\d{2}) · Status: (.+)$/.exec(third) ?? []
  if (second !== "" || fourth !== "" || date === undefined || status === undefined || !statuses.test(status)) {
    return `${file}: the paragraph under the title must be "Date: YYYY-MM-DD · Status: accepted" (or replaced by …, proposed, rejected)`
  }
  return { file, number, title, date, status }
}

/** All decisions by number, and what is wrong with any of them. */
export const readDecisions = (files: ReadonlyMap<string, string>) => {
  const decisions: Array<Decision> = []
  const problems: Array<string> = []
  for (const [file, text] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const read = readDecision(file, text)
    if (typeof read === "string") problems.push(read)
    else if (decisions.at(-1)?.number === read.number) problems.push(`${file}: ${read.number} is already used`)
    else decisions.push(read)
  }
  return { decisions, problems }
}

/** The decision files of a folder, by name; the index itself is not one. */
export const decisionFiles = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file !== "README.md")
      .map((file) => [file, readFileSync(join(folder, file), "utf8")])
  )

/** The page that lists decisions. */
export const decisionIndex = (decisions: ReadonlyArray<Decision>): string => `# Decisions

Each file records one choice that had a real alternative: what was asked, what was chosen, and why. The first two digits say
what it is about: 00 contract and gateway, 01 engine, 02 lobby, 03 push, 04 turns, 05 signing in, 06 replay protection,
07 administrators, 09 embedding, 14 many machines.

| number | decision | date | status |
| --- | --- | --- | --- |
${decisions.map((it) => `| ${it.number} | [${it.title}](${it.file}) | ${it.date} | ${it.status} |`).join("\n")}
`
