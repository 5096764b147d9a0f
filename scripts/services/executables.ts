/** Finds programs of this machine. */
import { accessSync, constants, readdirSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The first of the programs that PATH has, as a full path. */
export const findProgram = (...names: ReadonlyArray<string>): string | undefined => {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "")
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

/** The folder of PostgreSQL's server programs: the newest of Debian's, or where PATH has `initdb`. */
export const findPostgres = (): string | undefined => {
  const debian = "/usr/lib/postgresql"
  const versions = ((): ReadonlyArray<string> => {
    try {
      return readdirSync(debian)
    } catch {
      return []
    }
  })()
  const newest = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(debian, version, "bin"))
    .find((folder) => isExecutable(join(folder, "initdb")) && isExecutable(join(folder, "postgres")))
  if (newest !== undefined) return newest
  const initdb = findProgram("initdb")
  return initdb !== undefined && isExecutable(join(dirname(initdb), "postgres")) ? dirname(initdb) : undefined
}
