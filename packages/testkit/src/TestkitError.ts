/** What goes wrong in a test itself. Each message says what was waited for or asked, and what would help. */
import { Data } from "effect"

/** Something that was expected didn't come in time, in real time. */
export class NotInTime extends Data.TaggedError("NotInTime")<{ readonly message: string }> {}

/** This platform can't do what was asked, as it was started or in its present state. */
export class NotPossible extends Data.TaggedError("NotPossible")<{ readonly message: string }> {}

/** The admin API refused a call. */
export class AdminCallFailed extends Data.TaggedError("AdminCallFailed")<{
  readonly status: number
  /** The error's code, such as `conflict`; empty where the answer has none. */
  readonly code: string
  readonly message: string
}> {}
