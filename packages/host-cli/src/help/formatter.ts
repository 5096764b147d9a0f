/** Help as text: the command's own flags first, those of every command on a few lines, wrapped to the terminal. */
import type { HelpPage, PageFlag } from "./page.ts"

const widest = 100

/**
 * Words on lines of at most `width` characters, each line after the first with an indent. Every character counts as one
 * column: our own texts have no others, which a test sees to.
 */
const wrapped = (text: string, width: number, indent = ""): string => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line].join(`\n${indent}`)
}

const rows = (pairs: ReadonlyArray<readonly [string, string]>, width: number): string => {
  const left = Math.min(30, Math.max(0, ...pairs.map(([name]) => name.length)))
  return pairs
    .map(([name, help]) => {
      const start = `  ${name.padEnd(left)}  `
      const indent = " ".repeat(left + 4)
      const own = name.length > left ? `  ${name}\n${indent}` : start
      return (own + wrapped(help, Math.max(20, width - left - 4), indent)).trimEnd()
    })
    .join("\n")
}

/** A flag as it is written, with its short form first. */
export const flagName = ({ name, aliases, value }: PageFlag): string =>
  [...aliases, `--${name}${value === undefined ? "" : ` ${value}`}`].join(", ")

const flagRow = (flag: PageFlag): readonly [string, string] => [
  flagName(flag),
  flag.help + (flag.required ? " (required)" : "")
]

/** The whole help of a command, for a terminal so many columns wide. */
export const helpText = (page: HelpPage, columns: number): string => {
  const width = Math.max(40, Math.min(widest, columns))
  const part = (title: string, text: string) => (text === "" ? [] : [`${title}\n${text}`])
  return [
    ...page.description.split("\n").map((it) => wrapped(it, width)),
    `Usage\n  ${page.usage}`,
    ...part(
      "Arguments",
      rows(
        page.arguments.map((it) => [it.name, it.help]),
        width
      )
    ),
    ...part("Flags", rows(page.flags.map(flagRow), width)),
    ...page.groups.flatMap(({ title, commands }) =>
      part(
        title,
        rows(
          commands.map((it) => [it.name, it.help]),
          width
        )
      )
    ),
    ...part("Examples", page.examples.map((it) => `  galaxy-admin ${it}`).join("\n")),
    ...(page.path.length === 0
      ? part("Flags of every command", rows(page.globals.map(flagRow), width))
      : part(
          "Flags of every command",
          `  ${wrapped(page.globals.map((it) => `--${it.name}`).join(" "), width - 2, "  ")}`
        ))
  ]
    .join("\n\n")
    .concat("\n")
}
