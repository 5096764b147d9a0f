/**
 * Where Node keeps compiled code between the processes of a test run.
 *
 * Tests start hundreds of them from the same sources. With this folder each takes about half its time to start.
 */
import { readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { root } from "./tree.ts"

/** For `NODE_COMPILE_CACHE`. */
export const compileCache = join(root, ".cache/compiled")

/** What a run leaves there is about 50 MB; sources in temporary folders leave more with every run. */
const mostBytes = 400_000_000

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0
    )

/** Empties the folder when it has grown too large. Processes that use it then compile for themselves. */
export const trimCompileCache = (folder = compileCache, most = mostBytes): void => {
  try {
    if (bytesBelow(folder) > most) rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    // Without the folder, or when another run is emptying it, there is nothing to do.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
}
