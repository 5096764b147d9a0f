/** `why`: what a game is doing, or what keeps it from it. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { type AnyCommand, withGlobals } from "../tree/commandOf.ts"

/** The command. */
export const why: AnyCommand = Command.make(
  "why",
  { game: Argument.String("GAME").pipe(Argument.withDescription("the game's id, or name:NAME")) },
  ({ game }) =>
    Effect.flatMap(
      Effect.promise(() => import("../handlers/why.ts")),
      (it) => withGlobals(it.why(game))
    )
).pipe(
  Command.withDescription(
    "Explain when a game makes its next turn, or what keeps it from it, with the commands that help.\nIt exits with 1 where somebody must act."
  ),
  Command.withShortDescription("Explain when a game makes its next turn, or what keeps it from it"),
  Command.withExamples([{ command: "why name:Orion" }])
) as AnyCommand
