/** The help of every command as data. `effect/cli` gives it only by `--help`, so that is what is asked. */
import { Effect } from "effect"
import * as CliOutput from "effect/cli/CliOutput"
import { Command } from "effect/cli"
import { builtIns } from "../tree/builtIns.ts"
import type { AnyCommand } from "../tree/commandOf.ts"
import type { HelpPage } from "./page.ts"
import { pageOf } from "./pageOf.ts"

/** The help of one command; undefined if there is no such command. */
export const docOf = (root: AnyCommand, path: ReadonlyArray<string>): Effect.Effect<HelpPage | undefined> => {
  let found: HelpPage | undefined
  const keeping: CliOutput.Presenter = {
    present: (event) =>
      Effect.sync(() => {
        if (event._tag === "Help" && event.commandPath.length === path.length + 1) found = pageOf(path, event.helpDoc)
      })
  }
  const asked = Command.runWith(root, { version: "" })([...path, "--help"]).pipe(
    Effect.provideService(CliOutput.Presenter, keeping),
    Effect.provide(builtIns),
    Effect.ignore,
    Effect.map(() => found)
  )
  // What handlers need is in the type, and no handler runs for a help.
  return asked as Effect.Effect<HelpPage | undefined>
}

/** The help of all commands below the root, in the order of the tree. */
export const allDocs = Effect.fnUntraced(function* (root: AnyCommand) {
  const pages: Array<HelpPage> = []
  const visit = (path: ReadonlyArray<string>): Effect.Effect<void> =>
    Effect.gen(function* () {
      const page = yield* docOf(root, path)
      if (page === undefined) return
      pages.push(page)
      for (const { commands } of page.groups) for (const { name } of commands) yield* visit([...path, name])
    })
  yield* visit([])
  return pages
})
