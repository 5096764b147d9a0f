/** Files that hold credentials: read only where no other user can read them, written whole or not at all. */
import { randomBytes } from "node:crypto"
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { Effect } from "effect"
import { LocalFailure } from "../failures.ts"

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined

const problem = (path: string, cause: unknown): LocalFailure =>
  cause instanceof LocalFailure
    ? cause
    : new LocalFailure({ message: `${path} can't be used (${codeOf(cause) ?? "unknown failure"}).` })

/** Windows has no such modes: there, what is in a user's folder belongs to that user alone. */
const openToOthers = (path: string): boolean => process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0

/** The text of a private file; undefined where there is none. Refused if others could read it, as libpq refuses. */
export const readPrivate = (path: string): Effect.Effect<string | undefined, LocalFailure> =>
  Effect.try({
    try: () => {
      try {
        if (openToOthers(path)) {
          throw new LocalFailure({
            message: `${path} holds credentials and other users of this machine may read it, so it isn't used.`,
            hint: `Make it yours alone: chmod 600 ${path}`
          })
        }
        return readFileSync(path, "utf8")
      } catch (cause) {
        if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined
        throw cause
      }
    },
    catch: (cause) => problem(path, cause)
  })

/** Writes a file that only its owner can read, in a folder like that. Readers see the old one or the new one. */
export const writePrivate = (path: string, text: string): Effect.Effect<void, LocalFailure> =>
  Effect.try({
    try: () => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const draft = `${path}.${randomBytes(6).toString("hex")}`
      try {
        writeFileSync(draft, text, { mode: 0o600, flush: true })
        renameSync(draft, path)
      } finally {
        rmSync(draft, { force: true })
      }
    },
    catch: (cause) => problem(path, cause)
  })
