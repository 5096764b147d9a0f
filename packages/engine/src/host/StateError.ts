/** How the state folder fails: broken for good, or out of reach for now. */
import { Data, Effect } from "effect"
import { isPlatformError, type PlatformError } from "effect/PlatformError"
import type { FolderNotLockable } from "./FolderLocks.ts"

/** A file is missing or not what this engine wrote. Nothing is repaired or guessed: somebody has to look. */
export class StateBroken extends Data.TaggedError("StateBroken")<{ readonly file: string; readonly problem: string }> {
  override get message(): string {
    return `state file ${this.file} ${this.problem}`
  }
}

/** The file system refused, or the folder can't be locked; the same call may succeed later. */
export class StateUnavailable extends Data.TaggedError("StateUnavailable")<{
  readonly cause: PlatformError | FolderNotLockable
}> {
  override get message(): string {
    return `the state folder can't be used: ${this.cause.message}`
  }

  /** Turns errors of the file system into this one; other errors stay the same. */
  static refail = <A, E, R>(
    effect: Effect.Effect<A, E | PlatformError, R>
  ): Effect.Effect<A, Exclude<E, PlatformError> | StateUnavailable, R> =>
    Effect.mapError(effect, (error) =>
      isPlatformError(error) ? new StateUnavailable({ cause: error }) : (error as Exclude<E, PlatformError>)
    )
}

/** Another process owns the folder and didn't leave it in time. */
export class StateInUse extends Data.TaggedError("StateInUse")<{ readonly folder: string; readonly holder: string }> {
  override get message(): string {
    return `state folder ${this.folder} is in use by ${this.holder}`
  }
}

/** The folder was ours and somebody took it away: nothing may be written any more. */
export class StateLost extends Data.TaggedError("StateLost")<{ readonly folder: string }> {
  override get message(): string {
    return `state folder ${this.folder} was taken over by another process`
  }
}
