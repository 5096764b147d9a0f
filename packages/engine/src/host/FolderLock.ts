/**
 * One process at a time in a state folder.
 *
 * An owner may be about to end, so a folder in use is waited for before it is refused. `assertHeld` before every write
 * stops an owner whose lock was taken away by hand.
 */
import { Clock, Duration, Effect, FileSystem, Path, type Scope } from "effect"
import type { PlatformError } from "effect/PlatformError"
import { type FolderHold, FolderLocks } from "./FolderLocks.ts"
import { StateBroken, StateInUse, StateLost, StateUnavailable } from "./StateError.ts"

/** Name of the file that tells people who the owner is. */
export const lockName = "lock"

/** Timeout for the present owner to go: a process that was asked to end needs a moment. */
const patience = Duration.seconds(5)
const pollEvery = Duration.millis(100)

const isMissing = (error: PlatformError): boolean => error.reason._tag === "NotFound"

/** The lock on a state folder while this process holds it. */
export interface FolderLock {
  /**
   * Fails with `StateLost` when the folder is no longer ours, and with `StateUnavailable` when that can't be checked.
   */
  readonly assertHeld: Effect.Effect<void, StateLost | StateUnavailable>
}

/**
 * Holds the folder, which must exist, until the scope closes. Fails with `StateInUse` when its owner doesn't go in
 * time.
 */
export const acquire = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const locks = yield* FolderLocks

  const isNote = fs.stat(path.join(folder, lockName)).pipe(
    Effect.map(({ type }) => type === "File"),
    Effect.catchIf(isMissing, () => Effect.succeed(true))
  )
  if (!(yield* StateUnavailable.refail(isNote))) {
    return yield* new StateBroken({ file: lockName, problem: "is not a file" })
  }

  const since = yield* Clock.monotonicTimeNanos
  const attempt: Effect.Effect<FolderHold, StateInUse | StateUnavailable, Scope.Scope> = locks.take(folder).pipe(
    Effect.catchTags({
      FolderNotLockable: (error) => Effect.fail(new StateUnavailable({ cause: error })),
      FolderTaken: ({ holder }) =>
        Effect.gen(function* () {
          const waited = Duration.nanos((yield* Clock.monotonicTimeNanos) - since)
          if (Duration.isGreaterThanOrEqualTo(waited, patience)) return yield* new StateInUse({ folder, holder })
          yield* Effect.sleep(pollEvery)
          return yield* attempt
        })
    })
  )
  const hold = yield* attempt
  const lock: FolderLock = {
    assertHeld: hold.isHeld.pipe(
      Effect.mapError((error) => new StateUnavailable({ cause: error })),
      Effect.flatMap((held) => (held ? Effect.void : Effect.fail(new StateLost({ folder }))))
    )
  }
  return lock
})
