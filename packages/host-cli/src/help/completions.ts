/** Scripts that complete commands and flags in a shell. */
import { Effect } from "effect"
import * as Completions from "effect/cli/Completions"
import { formats } from "../globals.ts"
import type { AnyCommand } from "../tree/commandOf.ts"
import { docOf } from "./docs.ts"
import type { PageFlag } from "./page.ts"

const flagOf = ({ name, aliases, value, help }: PageFlag): Completions.FlagDescriptor => ({
  name,
  aliases: aliases.map((it) => it.replace(/^-+/, "")),
  description: help,
  type:
    value === undefined
      ? { _tag: "Boolean" }
      : name === "output-format"
        ? { _tag: "Choice", values: formats }
        : { _tag: "String" },
  // None of them has a form with `--no-`.
  negation: false
})

/** The parser's own description of a command lacks the flags that every command has. */
const withFlags = (
  command: Completions.CommandDescriptor,
  flags: ReadonlyArray<Completions.FlagDescriptor>
): Completions.CommandDescriptor => ({
  ...command,
  flags: command.subcommands.length === 0 ? [...command.flags, ...flags] : command.flags,
  subcommands: command.subcommands.map((it) => withFlags(it, flags))
})

const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`

/** A line of fish for a flag of every command: one for each command would make the script of a megabyte. */
const fishLine = ({ name, aliases, description, type }: Completions.FlagDescriptor): string =>
  [
    "complete -c galaxy-admin",
    ...aliases.map((it) => `-s ${it}`),
    `-l ${name}`,
    ...(type._tag === "Choice" ? [`-x -a ${quoted(type.values.join(" "))}`] : type._tag === "Boolean" ? [] : ["-x"]),
    `-d ${quoted(description ?? "")}`
  ].join(" ")

const tableStart = "$global:_galaxy_admin_Completions['']"

/** The flags of a command, as they stand in PowerShell's script. */
const powershellFlags = /^ {2}flags = @\(\n([^]*?)\n {2}\)$/m

/**
 * PowerShell's script with the flags of every command written once: a shell reads the script whenever it starts, and with
 * them in every command it would be four times as long.
 */
const powershellScript = (
  bare: Completions.CommandDescriptor,
  flags: ReadonlyArray<Completions.FlagDescriptor>
): string => {
  const alone = { name: "galaxy-admin", description: undefined, arguments: [], subcommands: [], flags }
  const lines = powershellFlags.exec(Completions.generate("galaxy-admin", "powershell", alone))?.[1]
  const script = Completions.generate("galaxy-admin", "powershell", withFlags(bare, flags))
  // Another release of the parser may write its script in another way.
  if (lines === undefined || !script.includes(tableStart)) return script
  return script
    .replaceAll(`${lines}\n  )`, "  ) + $global:_galaxy_admin_Flags")
    .replace(tableStart, () => `$global:_galaxy_admin_Flags = @(\n${lines}\n)\n${tableStart}`)
}

/** The script of a shell. */
export const completionScript = (root: AnyCommand, shell: Completions.Shell): Effect.Effect<string> =>
  Effect.map(docOf(root, []), (page) => {
    const flags = (page?.globals ?? []).map(flagOf)
    const bare = Completions.fromCommand(root)
    const script =
      shell === "fish"
        ? [Completions.generate("galaxy-admin", shell, bare), ...flags.map(fishLine)].join("\n")
        : shell === "powershell"
          ? powershellScript(bare, flags)
          : Completions.generate("galaxy-admin", shell, withFlags(bare, flags))
    // The scripts say how they are installed, by a flag that this program doesn't have.
    return `${script.replaceAll("galaxy-admin --completions ", "galaxy-admin completion ")}\n`
  })
