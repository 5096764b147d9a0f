/** Port to locks on folders: one owner each on this machine, for as long as the owner lives. */
import { Context, Data, type Effect, type Scope } from "effect"

/** Somebody else owns the folder. */
export class FolderTaken extends Data.TaggedError("FolderTaken")<{
  /** Who it is, where that is known. */
  readonly holder: string
}> {}

/** The folder can't be locked; the message says why. */
export class FolderNotLockable extends Data.TaggedError("FolderNotLockable")<{ readonly message: string }> {}

/** A folder that this process owns until the scope of `take` closes. */
export interface FolderHold {
  /** Whether others still find the lock; false after somebody removed or replaced it. */
  readonly isHeld: Effect.Effect<boolean, FolderNotLockable>
}

/** Port: makes this process the one owner of a folder. */
export class FolderLocks extends Context.Service<
  FolderLocks,
  {
    /** Takes the folder, which must exist, until the scope closes. Never waits: a folder with an owner is refused. */
    take(folder: string): Effect.Effect<FolderHold, FolderTaken | FolderNotLockable, Scope.Scope>
  }
>()("@galaxy/engine/host/FolderLocks") {}
