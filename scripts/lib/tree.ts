/** Where things are in this repository, and the environment its own tools run in. */
import { readdirSync } from "node:fs"
import { delimiter, dirname, join, relative, resolve, sep } from "node:path"

export const root = resolve(import.meta.dirname, "../..")

/** The environment of a child process: Node 24 and the repository's tools first, sources instead of `dist/`. */
export const toolEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [dirname(process.execPath), join(root, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter)
})

/** Every file below `folder` as paths relative to it with forward slashes, sorted; empty when there is no such folder. */
export const filesBelow = (folder: string): ReadonlyArray<string> => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .toSorted()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return []
    throw error
  }
}
