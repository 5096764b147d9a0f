/**
 * One process at a time in a state folder.
 *
 * An owner who is about to end is waited for, then refused. `assertHeld` before every write stops an owner whose lock
 * was taken away by hand.
 */
import { Clock, Duration, Effect, FileSystem, Path, type Scope } from "effect"
import type { PlatformError } from "effect/PlatformError"
import { type FolderHold, FolderLocks } from "./FolderLocks.ts"
import { StateBroken, StateInUse, StateLost, StateUnavailable } from "./StateError.ts"

/** Where the owner is noted for people to read. */
export const lockName = "lock"

/** How long an owner is waited for; a process that was told to end needs a moment. */
const patience = Duration.seconds(5)
const pollEvery = Duration.millis(100)

const isMissing = (error: PlatformError): boolean => error.reason._tag === "NotFound"

export interface FolderLock {
  /** Fails when the folder is ours no more. */
  readonly assertHeld: Effect.Effect<void, StateLost | StateUnavailable>
}

/** Holds the folder until the scope closes. The folder must exist. */
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
