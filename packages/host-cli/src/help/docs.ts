/** The help of every command as data. `effect/cli` gives it only by `--help`, so that is what is asked. */
import { Effect } from "effect"
import * as CliOutput from "effect/cli/CliOutput"
import { Command } from "effect/cli"
import type { HelpDoc } from "effect/cli/HelpDoc"
import type { AnyCommand } from "../tree/commandOf.ts"

/** A command's words and its help. */
export interface CommandDoc {
  readonly path: ReadonlyArray<string>
  readonly doc: HelpDoc
}

/** The help of one command; undefined if there is no such command. */
export const docOf = (root: AnyCommand, path: ReadonlyArray<string>) => {
  let found: HelpDoc | undefined
  const keeping: CliOutput.Presenter = {
    present: (event) =>
      Effect.sync(() => {
        if (event._tag === "Help" && event.commandPath.length === path.length + 1) found = event.helpDoc
      })
  }
  return Command.runWith(root, { version: "" })([...path, "--help"]).pipe(
    Effect.provideService(CliOutput.Presenter, keeping),
    Effect.ignore,
    Effect.map(() => found)
  )
}

/** The help of all commands below the root, in the order of the tree. */
export const allDocs = Effect.fnUntraced(function* (root: AnyCommand) {
  const docs: Array<CommandDoc> = []
  const visit = (path: ReadonlyArray<string>): Effect.Effect<void> =>
    Effect.gen(function* () {
      const doc = yield* docOf(root, path) as Effect.Effect<HelpDoc | undefined>
      if (doc === undefined) return
      docs.push({ path, doc })
      for (const { commands } of doc.subcommands ?? []) for (const { name } of commands) yield* visit([...path, name])
    })
  yield* visit([])
  return docs
})
