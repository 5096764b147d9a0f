/**
 * One owner of a folder, by a lock of the kernel.
 *
 * The lock is an open write transaction of SQLite on an empty file in the folder. The kernel gives it to one process at
 * a time, across pid namespaces and containers, and frees it when its holder ends, however that happens. Nobody removes
 * the file; a note beside it only tells people, and versions that know no other lock, who the owner is.
 *
 * The owner's process must never open and close the lock file by other means: POSIX frees a process's locks on a file
 * with the first close of it.
 */
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { Data } from "effect"
import { fileProblem } from "./problems.ts"
import { isAnotherAlive } from "./processIdentity.ts"

/** Somebody else owns the folder; `holder` is the text of the note, if there is one. */
export class FolderInUse extends Data.TaggedError("FolderInUse")<{
  readonly folder: string
  readonly holder: string | undefined
}> {
  override get message(): string {
    return `${this.folder} is in use by ${this.holder === undefined ? "another process" : `process ${this.holder}`}`
  }
}

/** The folder can't be locked; the message says why and what to do. */
export class FolderLockImpossible extends Data.TaggedError("FolderLockImpossible")<{
  /** What the file system said, where it said something. */
  readonly cause: unknown
  readonly message: string
}> {}

/** Why a folder can't be used, as a sentence; `elsewhere` says how to choose another one. */
export const problemOf = (folder: string, error: unknown, elsewhere: string): string => {
  if (!(error instanceof FolderLockImpossible)) return fileProblem(folder, error, elsewhere)
  return error.cause === undefined ? error.message : fileProblem(folder, error.cause, elsewhere)
}

/** The note about the owner beside the lock. Earlier versions used this file as their only lock. */
export interface Note {
  readonly name: string
  readonly text: string
}

/** A folder that this process owns, until `release` or the end of the process. */
export interface Hold {
  /** Whether the lock file is still the one that others find; false once somebody has removed or replaced it. */
  isHeld(): boolean
  release(): void
}

/** The name of the lock file, which stays in its folder after a release. */
export const lockFile = ".lock"

/** The first releases of Node 24 warn that SQLite is experimental, which our users needn't see. */
const sqlite = (() => {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...more: Array<never>) => {
    if (!String(warning).includes("SQLite is an experimental feature")) emitWarning(warning, ...more)
  }
  try {
    return process.getBuiltinModule("node:sqlite")
  } finally {
    process.emitWarning = emitWarning
  }
})()

/** Primary codes of SQLite. */
const codes = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, notDatabase: 26 }

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined

const idOf = (file: string): string | undefined => {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}

/** Why this process can't write to the folder, as the system reports it. */
const writeProblem = (folder: string): unknown => {
  const probe = join(folder, `.probe.${process.pid}`)
  try {
    writeFileSync(probe, "", { flag: "wx", mode: 0o600 })
    return undefined
  } catch (cause) {
    return cause
  } finally {
    try {
      rmSync(probe, { force: true })
    } catch {
      // It wasn't made, or stays as an empty hidden file.
    }
  }
}

const notLockable = (folder: string, error: unknown): FolderLockImpossible => {
  const file = join(folder, lockFile)
  const code = codeOf(error)
  if (code === codes.notDatabase || code === codes.corrupt) {
    const message = `${file} must be empty and isn't; remove it while no Galaxy uses the folder`
    return new FolderLockImpossible({ cause: undefined, message })
  }
  if (code === codes.cantOpen || code === codes.readOnly || code === codes.full) {
    const cause = writeProblem(folder)
    if (cause !== undefined) return new FolderLockImpossible({ cause, message: `${file} can't be written` })
    const message = `${file} must be a file that this user may write; change it or remove it`
    return new FolderLockImpossible({ cause: undefined, message })
  }
  const said = error instanceof Error ? error.message : String(error)
  const message = `the file system of ${folder} can't lock files (${said}); use a folder on a local disk`
  return new FolderLockImpossible({ cause: undefined, message })
}

const noteIn = (folder: string, note: Note): string | undefined => {
  try {
    return readFileSync(join(folder, note.name), "utf8").trim() || undefined
  } catch {
    return undefined
  }
}

/** Written atomically, so that nobody reads half of it. On a full disk the lock does without a note. */
const writeNote = (folder: string, note: Note): void => {
  const hidden = join(folder, `.${note.name}.new`)
  try {
    writeFileSync(hidden, note.text, { mode: 0o600 })
    renameSync(hidden, join(folder, note.name))
  } catch {
    rmSync(hidden, { force: true })
  }
}

const removeNote = (folder: string, note: Note): void => {
  if (noteIn(folder, note) !== note.text.trim()) return
  try {
    rmSync(join(folder, note.name), { force: true })
  } catch {
    // On a disk that takes no more writes it stays, and the next owner sees that it is out of date.
  }
}

const ownersAlone = (file: string): void => {
  try {
    chmodSync(file, 0o600)
  } catch {
    // Another process has just made it.
  }
}

/** Opens the file and takes the lock on exactly the file that others find under its name. */
const lock = (folder: string): { readonly db: DatabaseSync; readonly id: string } => {
  const file = join(folder, lockFile)
  for (let attempt = 0; ; attempt++) {
    const before = idOf(file)
    const db = new sqlite.DatabaseSync(file, { timeout: 0 })
    try {
      if (before !== undefined) {
        // Nothing is ever written, so there is nothing to keep a journal of.
        db.exec("PRAGMA journal_mode = MEMORY")
        // An immediate transaction excludes all others, and of several started at once only one succeeds.
        db.exec("BEGIN IMMEDIATE")
        if (idOf(file) === before) return { db, id: before }
      } else ownersAlone(file)
    } catch (error) {
      db.close()
      throw error
    }
    // Made just now, or replaced while it was opened.
    db.close()
    if (attempt === 10) throw new Error("its lock file keeps being replaced by another process")
  }
}

/**
 * Takes the folder, which must exist, or throws `FolderInUse` or `FolderLockImpossible` at once.
 *
 * An earlier version that still uses the folder is recognized by its note.
 */
export const take = (folder: string, note: Note): Hold => {
  let locked: ReturnType<typeof lock>
  try {
    locked = lock(folder)
  } catch (error) {
    const code = codeOf(error)
    if (code !== codes.busy && code !== codes.locked) throw notLockable(folder, error)
    throw new FolderInUse({ folder, holder: noteIn(folder, note) })
  }
  const { db, id } = locked
  const noted = noteIn(folder, note)
  if (noted !== undefined && isAnotherAlive(noted)) {
    db.close()
    throw new FolderInUse({ folder, holder: noted })
  }
  writeNote(folder, note)
  return {
    isHeld: () => idOf(join(folder, lockFile)) === id,
    release: () => {
      if (!db.isOpen) return
      removeNote(folder, note)
      db.close()
    }
  }
}
