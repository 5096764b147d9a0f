/** A noun of the tree with its verbs. */
import { Command } from "effect/cli"
import type { AnyCommand } from "../tree/commandOf.ts"

/** The noun's command; `summary` is shown beside its name. */
export const group = (name: string, summary: string, verbs: ReadonlyArray<AnyCommand>): AnyCommand =>
  Command.make(name).pipe(
    Command.withDescription(`${summary}.`),
    Command.withShortDescription(summary),
    // oxlint-disable-next-line typescript/no-explicit-any -- commands of all inputs are kept side by side
    Command.withSubcommands(verbs as any)
  ) as AnyCommand
