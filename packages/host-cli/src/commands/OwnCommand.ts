/** What a file of commands gives to the tree. */
import type { AnyCommand } from "../tree/commandOf.ts"

/**
 * A command of the tree's first level, or verbs for a noun that the operations have too. One with the name of an
 * operation's command takes its place.
 */
export interface OwnCommand {
  readonly name: string
  readonly command?: AnyCommand
  readonly verbs?: ReadonlyArray<AnyCommand>
}
