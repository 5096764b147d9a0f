/**
 * Commands that are more than one operation of the admin surface. Each file here holds flags and texts only; what a
 * command does is imported when it runs.
 */
import type { AnyCommand } from "../tree/commandOf.ts"

/** A command of the tree's first level, or verbs for a noun that the operations have too. */
export interface OwnCommand {
  readonly name: string
  readonly command?: AnyCommand
  readonly verbs?: ReadonlyArray<AnyCommand>
}

/** All of them, in the order of the help. One with the name of an operation's command takes its place. */
export const own: ReadonlyArray<OwnCommand> = []
