/** Kernel locks on state folders. The note beside a lock is what earlier engines use as their lock. */
import { lockName } from "@galaxy/engine/host/FolderLock"
import { FolderLocks, FolderNotLockable, FolderTaken } from "@galaxy/engine/host/FolderLocks"
import { Effect, Layer } from "effect"
import * as FolderLock from "../files/FolderLock.ts"
import { identityOf } from "../files/processIdentity.ts"

const refusal = (folder: string, error: unknown): FolderTaken | FolderNotLockable =>
  error instanceof FolderLock.FolderInUse
    ? new FolderTaken({ holder: error.holder === undefined ? "another process" : `process ${error.holder}` })
    : notLockable(folder, error)

const notLockable = (folder: string, error: unknown): FolderNotLockable =>
  new FolderNotLockable({ message: FolderLock.problemOf(folder, error, "move the game's folder") })

/** Taking a folder fails with `FolderTaken`, which names the holder where it is known, or with `FolderNotLockable`. */
export const layer = Layer.succeed(FolderLocks, {
  take: (folder) =>
    Effect.acquireRelease(
      Effect.try({
        try: () => FolderLock.take(folder, { name: lockName, text: `${identityOf(process.pid)}\n` }),
        catch: (error) => refusal(folder, error)
      }),
      (hold) => Effect.sync(() => hold.release())
    ).pipe(
      Effect.map((hold) => ({
        isHeld: Effect.try({ try: () => hold.isHeld(), catch: (error) => notLockable(folder, error) })
      }))
    )
})
