/**
 * What the parser has to say. Help that was asked for is data and goes to standard output; what is wrong goes to standard
 * error, with the way to the help and without the help itself.
 */
import type * as CliOutput from "effect/cli/CliOutput"
import { Usage } from "../failures.ts"
import type { Format } from "../globals.ts"
import { helpText } from "../help/formatter.ts"
import { pageOf } from "../help/pageOf.ts"
import type { HostShape } from "../host/Host.ts"
import { rendered } from "../output/errors.ts"
import { sentenceOf } from "./sentences.ts"

/** Presents to the host's streams. `args` is the command line, of which the parser names only the first thing missing. */
export const presenter = (host: HostShape, format: Format, args: ReadonlyArray<string>): CliOutput.Presenter => ({
  present: (event) => {
    const isGiven = (flag: string) => args.some((it) => it === `--${flag}` || it.startsWith(`--${flag}=`))
    switch (event._tag) {
      case "Help":
        return host.stdout.write(
          helpText(pageOf(event.commandPath.slice(1), event.helpDoc), host.stdout.isTerminal ? host.stdout.columns : 80)
        )
      case "Version":
        return host.stdout.write(`${event.version}\n`)
      case "InvalidInvocation": {
        const missing = event.helpDoc.flags.filter((it) => it.required && !isGiven(it.name)).map((it) => it.name)
        const told = event.errors.map((error) => sentenceOf(error, missing))
        const help = [
          ...told.flatMap(({ suggestion }) => (suggestion === undefined ? [] : [suggestion])),
          `Usage: ${event.helpDoc.usage}`,
          `Try: ${event.commandPath.join(" ")} --help`
        ]
        const message = told.map((it) => it.message).join(" ")
        return host.stderr.write(rendered(new Usage({ message, hint: help.join("\n") }), format))
      }
    }
  }
})
