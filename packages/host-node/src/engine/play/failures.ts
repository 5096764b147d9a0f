/** How a command of `play` ends other than well. Nothing was changed then, unless the text says so. */
import { Data } from "effect"

/** The command line can't be understood; exit code 2. */
export class WrongUsage extends Data.TaggedError("WrongUsage")<{
  readonly problem: string
  readonly command?: string
}> {
  override get message(): string {
    return `${this.problem}\nplay ${this.command === undefined ? "" : `${this.command} `}--help shows how it is used`
  }
}

/** What was asked for can't be done; exit code 1. One line for each thing that is wrong. */
export class CannotPlay extends Data.TaggedError("CannotPlay")<{ readonly problems: ReadonlyArray<string> }> {
  override get message(): string {
    return this.problems.join("\n")
  }
}

export const cannot = (...problems: ReadonlyArray<string>): CannotPlay => new CannotPlay({ problems })
