/** Turns the parser's description of a command into our own. */
import { Option } from "effect"
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import type { HelpPage, PageFlag } from "./page.ts"

/** The parser adds the choices, which our own texts have already. */
const withoutChoices = (text: Option.Option<string>): string =>
  Option.getOrElse(text, () => "").replace(/ \(choices: [^)]*\)$/, "")

const flagOf = ({ name, aliases, type, description, required }: FlagDoc): PageFlag => ({
  name,
  aliases,
  value: type === "boolean" ? undefined : type,
  required,
  help: withoutChoices(description)
})

/** The page of a command with these words. */
export const pageOf = (path: ReadonlyArray<string>, doc: HelpDoc): HelpPage => ({
  path,
  description: doc.description,
  usage: doc.usage,
  arguments: (doc.args ?? []).map(({ name, required, variadic, description }) => ({
    name,
    required,
    several: variadic,
    help: withoutChoices(description)
  })),
  flags: doc.flags.map(flagOf),
  groups: (doc.subcommands ?? []).map(({ group, commands }) => ({
    title: group ?? "Commands",
    commands: commands.map((it) => ({ name: it.name, help: it.shortDescription ?? it.description }))
  })),
  examples: (doc.examples ?? []).map(({ command }) => command),
  globals: (doc.globalFlags ?? []).map(flagOf)
})
