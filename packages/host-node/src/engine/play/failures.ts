/** Failures of the commands of `play`. Nothing was changed unless the message says so. */
import { Data } from "effect"
import type { PlatformError } from "effect/PlatformError"

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

/** A failure with one line per problem. */
export const cannot = (...problems: ReadonlyArray<string>): CannotPlay => new CannotPlay({ problems })

/** A file system error in plain words. */
export const fileProblem = (error: PlatformError): string => {
  switch (error.reason._tag) {
    case "NotFound":
      return "there is no such file or folder"
    case "PermissionDenied":
      return "permission is denied"
    case "AlreadyExists":
      return "it already exists"
    default:
      return error.message
  }
}
