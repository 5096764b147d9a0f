/** What is wrong with a command line, in our own sentences: one for each error of parsing. */
import type { NonShowHelpErrors } from "effect/cli/CliError"

const meant = (suggestions: ReadonlyArray<string>): string | undefined =>
  suggestions.length === 0 ? undefined : `Did you mean ${suggestions.join(" or ")}?`

const listed = (flags: ReadonlyArray<string>): string =>
  [flags.slice(0, -1).join(", "), ...flags.slice(-1)].filter((it) => it !== "").join(" and ")

/** The sentence, and a suggestion where there is one. `missing` are all required flags that aren't there. */
export const sentenceOf = (
  error: NonShowHelpErrors,
  missing: ReadonlyArray<string> = []
): { readonly message: string; readonly suggestion?: string | undefined } => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return { message: `There is no flag ${error.option} here.`, suggestion: meant(error.suggestions) }
    case "DuplicateOption":
      return { message: `The flag --${error.option} is there twice.` }
    case "MissingOption":
      return missing.length > 1 && missing.includes(error.option)
        ? { message: `The flags ${listed(missing.map((it) => `--${it}`))} are required.` }
        : { message: `The flag --${error.option} is required.` }
    case "MissingArgument":
      return { message: `${error.argument} is missing.` }
    case "UnexpectedArgument":
      return { message: `${error.arguments.map((it) => `"${it}"`).join(", ")} is more than the command takes.` }
    case "InvalidValue": {
      const where = error.kind === "flag" ? `--${error.option}` : error.option
      if (/^\d+ occurrences$/.test(error.value)) return { message: `${where} is given more than once.` }
      if (error.value === "") return { message: `${where} needs a value.` }
      const choices = /one of:? (.*)$/i.exec(error.expected)?.[1]
      const wanted = choices ?? (/integer|number/i.test(error.expected) ? "a whole number" : error.expected)
      return {
        message: `${where} must be ${choices === undefined ? wanted : `one of ${choices}`}, not "${error.value}".`
      }
    }
    case "UnknownSubcommand":
      return { message: `There is no command "${error.subcommand}".`, suggestion: meant(error.suggestions) }
    case "ValidationError":
    case "UserError":
      return { message: error.message }
  }
}
