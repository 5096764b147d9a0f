/** The room on the disks that this process writes to, and whether a folder that may not exist yet can be written. */
import { access, constants, stat, statfs } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { type DiskSpace, Disks } from "@galaxy/core/shared/Disks"
import { Effect, Layer } from "effect"
import { fileProblem } from "./problems.ts"

/** The path itself, or the nearest folder above it that exists. */
const nearest = async (path: string): Promise<string> => {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      await stat(at)
      return at
    } catch (cause) {
      const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT"
      if (!missing || dirname(at) === at) throw cause
    }
  }
}

/** What keeps this process from writing in the folder, as a sentence with `advice`; undefined if nothing does. */
export const folderTrouble = (folder: string, advice: string): Effect.Effect<string | undefined> =>
  Effect.promise(async () => {
    try {
      await access(await nearest(folder), constants.R_OK | constants.W_OK | constants.X_OK)
      return undefined
    } catch (cause) {
      return fileProblem(folder, cause, advice)
    }
  })

const spaceOf = async (name: string, folder: string): Promise<ReadonlyArray<DiskSpace>> => {
  try {
    const { bavail, blocks, bsize } = await statfs(await nearest(folder))
    return [{ name, free_bytes: bavail * bsize, total_bytes: blocks * bsize }]
  } catch {
    // What can't be looked at is reported by whoever needs it.
    return []
  }
}

/** `Disks` of these folders, by what is kept in them. */
export const layer = (folders: Readonly<Record<string, string>>): Layer.Layer<never> =>
  Layer.succeed(
    Disks,
    Effect.promise(() => Promise.all(Object.entries(folders).map(([name, path]) => spaceOf(name, path)))).pipe(
      Effect.map((all) => all.flat())
    )
  )
