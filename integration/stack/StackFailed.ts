/** The platform, or what it stands on, didn't do what a scenario needs of it. */
import { Data } from "effect"

/** Something couldn't be started, reached or stopped. */
export class StackFailed extends Data.TaggedError("StackFailed")<{ readonly message: string }> {}

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

/** Names what failed. */
export const failed =
  (what: string) =>
  (cause: unknown): StackFailed =>
    new StackFailed({ message: `${what}: ${messageOf(cause)}` })
