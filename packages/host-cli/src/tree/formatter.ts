/** Help as text: the command's own flags first, those of every command on a few lines, wrapped to the terminal. */
import { Option } from "effect"
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import { displayWidth } from "effect/cli/CliOutput"

const widest = 100

/** Words on lines of at most `width`, each line after the first with an indent. */
export const wrapped = (text: string, width: number, indent = ""): string => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && displayWidth(`${line} ${word}`) > width) {
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

const flagName = ({ name, aliases, type }: FlagDoc): string => {
  const value = type === "boolean" ? "" : ` ${/^[A-Z<]/.test(type) || type.includes("|") ? type : type.toUpperCase()}`
  return [...aliases, `--${name}${value}`].join(", ")
}

/** The parser adds the choices, which our own texts have already. */
export const withoutChoices = (text: Option.Option<string>): string =>
  Option.getOrElse(text, () => "").replace(/ \(choices: [^)]*\)$/, "")

const flagRow = (flag: FlagDoc): readonly [string, string] => [
  flagName(flag),
  withoutChoices(flag.description) + (flag.required ? " (required)" : "")
]

/** The whole help of a command, for a terminal so many columns wide. */
export const helpText = (doc: HelpDoc, columns: number): string => {
  const width = Math.max(40, Math.min(widest, columns))
  const part = (title: string, text: string) => (text === "" ? [] : [`${title}\n${text}`])
  const groups = doc.subcommands ?? []
  const globals = doc.globalFlags ?? []
  return [
    ...doc.description.split("\n").map((it) => wrapped(it, width)),
    `Usage\n  ${doc.usage}`,
    ...part(
      "Arguments",
      rows(
        (doc.args ?? []).map((it) => [it.name, withoutChoices(it.description)]),
        width
      )
    ),
    ...part("Flags", rows(doc.flags.map(flagRow), width)),
    ...groups.flatMap(({ group, commands }) =>
      part(
        group ?? "Commands",
        rows(
          commands.map((it) => [it.name, it.shortDescription ?? it.description]),
          width
        )
      )
    ),
    ...part("Examples", (doc.examples ?? []).map(({ command }) => `  galaxy-admin ${command}`).join("\n")),
    ...(groups.length > 0 && (doc.commandPath?.length ?? 1) === 1
      ? part("Flags of every command", rows(globals.map(flagRow), width))
      : part("Flags of every command", `  ${wrapped(globals.map((it) => `--${it.name}`).join(" "), width - 2, "  ")}`))
  ]
    .join("\n\n")
    .concat("\n")
}
