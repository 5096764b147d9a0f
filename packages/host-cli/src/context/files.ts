/** Files that hold credentials: read only where no other user can read them, written whole or not at all. */
import { randomBytes } from "node:crypto"
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync
} from "node:fs"
import { dirname } from "node:path"
import { Effect } from "effect"
import { LocalFailure } from "../failures.ts"

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined

const problem = (path: string, cause: unknown): LocalFailure =>
  cause instanceof LocalFailure
    ? cause
    : new LocalFailure({ message: `${path} can't be used (${codeOf(cause) ?? "unknown failure"}).` })

const longest = 1024 * 1024

/** What keeps a file from being trusted. Windows has no such modes: there, what is in a user's folder is theirs alone. */
const distrusted = (path: string, { mode, uid, size }: Stats, isFile: boolean, named: boolean) => {
  if (!isFile && !named) return new LocalFailure({ message: `${path} isn't a file.` })
  if (size > longest) return new LocalFailure({ message: `${path} is too long to be what it should be.` })
  if (process.platform === "win32") return undefined
  if ((mode & 0o077) !== 0) {
    return new LocalFailure({
      message: `${path} holds credentials and other users of this machine may read or change it, so it isn't used.`,
      hint: `Make it yours alone: chmod 600 ${path}`
    })
  }
  const me = process.getuid?.()
  if (me === undefined || uid === me || (me === 0 && named)) return undefined
  return new LocalFailure({
    message: `${path} belongs to another user, who would choose the server, so it isn't used.`,
    hint: "Run this as its owner, or name the server: --server URL"
  })
}

/**
 * The text of a private file; undefined where there is none. Refused if others could read or change it, as libpq
 * refuses, and if it is another user's. Of one that the operator has named, the superuser may use another user's, and it
 * may be a pipe. What is checked is what is read: a
 * link that leads elsewhere meanwhile changes nothing.
 */
export const readPrivate = (path: string, named = false): Effect.Effect<string | undefined, LocalFailure> =>
  Effect.try({
    try: () => {
      let file: number
      try {
        // A pipe in its place would keep the command waiting.
        file = openSync(path, constants.O_RDONLY | (named ? 0 : (constants.O_NONBLOCK ?? 0)))
      } catch (cause) {
        if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return undefined
        throw cause
      }
      try {
        const facts = fstatSync(file)
        const problem = distrusted(path, facts, facts.isFile(), named)
        if (problem !== undefined) throw problem
        return readFileSync(file, "utf8")
      } finally {
        closeSync(file)
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
