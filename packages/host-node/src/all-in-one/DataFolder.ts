/**
 * The folder that the one-process shape lives in: database, games, mails, keys.
 *
 * It has one owner: two processes on one database would destroy it, so the second is refused. Keys are made at the
 * first start and kept. No other user of the machine can read it, even where it was made by hand or by an earlier
 * version. Every problem is reported in one sentence that says what to do.
 */
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect, Option, Result, Schema } from "effect"
import * as FolderLock from "../files/FolderLock.ts"
import { isOpenToOthers, keepPrivate } from "../files/privacy.ts"
import { fileProblem } from "../files/problems.ts"
import { startOf } from "../files/processIdentity.ts"

/**
 * The data folder is in use, damaged, not writable or not private. The message is one sentence that says what to do.
 */
export class DataFolderUnusable extends Schema.TaggedError<DataFolderUnusable>()("DataFolderUnusable", {
  message: Schema.String
}) {}

/** 32 bytes in standard base64. */
const Secret = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9+/]{43}=$/))

const Keys = Schema.Struct({
  /** Keys login codes and seals mails. */
  backend_secret: Secret,
  /** Seed of the gateway's Ed25519 key: players pin the public half. */
  gateway_signing_seed: Secret,
  admin_user: Schema.NonEmptyString,
  admin_password: Schema.NonEmptyString,
  /** Opens the page of caught mails; folders of earlier versions don't have it. */
  mail_page_key: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{43}$/)))
})
/** The secrets of a platform, made at its first start and kept in `keys.json`. */
export type Keys = Required<typeof Keys.Type>

/** An open data folder: the absolute paths of its parts, and its keys. */
export interface DataFolder {
  readonly path: string
  readonly database: string
  readonly mails: string
  readonly log: string
  readonly keys: Keys
  /**
   * Checks every 2 s that the folder is still ours, and fails when somebody has removed or replaced its lock: another
   * process may own it by now.
   */
  readonly lost: Effect.Effect<never, DataFolderUnusable>
}

const unusable = (message: string) => new DataFolderUnusable({ message })

const elsewhere = "set GALAXY_DATA_DIR to another folder"

/** Runs a step on a path; its failure becomes a sentence about that path. */
const on = <A>(path: string, run: () => A): A => {
  try {
    return run()
  } catch (cause) {
    throw cause instanceof DataFolderUnusable ? cause : unusable(fileProblem(path, cause, elsewhere))
  }
}

/** Earlier versions use this file as their only lock, in this form. */
const note = (): FolderLock.Note => ({ name: "galaxy.lock", text: `${process.pid} ${startOf(process.pid)}` })

const takeLock = (folder: string): FolderLock.Hold => {
  try {
    return FolderLock.take(folder, note())
  } catch (cause) {
    if (!(cause instanceof FolderLock.FolderInUse)) throw unusable(FolderLock.problemOf(folder, cause, elsewhere))
    const who = cause.holder === undefined ? "" : ` (process ${cause.holder.split(" ")[0]})`
    throw unusable(`another Galaxy${who} is using this folder (${folder}); stop it first or ${elsewhere}`)
  }
}

const checkEvery = "2 seconds"

const lostOf = (folder: string, lock: FolderLock.Hold): Effect.Effect<never, DataFolderUnusable> =>
  Effect.sync(() => {
    try {
      return lock.isHeld()
    } catch {
      // What can't be looked at isn't known to be lost.
      return true
    }
  }).pipe(
    Effect.flatMap((held) =>
      held
        ? Effect.sleep(checkEvery)
        : Effect.fail(
            unusable(
              `the lock of ${folder} was removed or replaced (${join(folder, FolderLock.lockFile)}), so another Galaxy ` +
                "may be using the folder; leave that file alone, and start again once nobody else uses it"
            )
          )
    ),
    Effect.forever
  )

const newPageKey = () => randomBytes(32).toString("base64url")

/** Written atomically, readable by its owner only. */
const writeKeys = (file: string, keys: object) => {
  on(file, () => {
    rmSync(`${file}.new`, { force: true })
    writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
  })
}

const makeKeys = (file: string): Keys => {
  const keys: Keys = {
    backend_secret: randomBytes(32).toString("base64"),
    gateway_signing_seed: randomBytes(32).toString("base64"),
    admin_user: "admin",
    admin_password: randomBytes(15).toString("base64url"),
    mail_page_key: newPageKey()
  }
  writeKeys(file, keys)
  return keys
}

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8")
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined
    throw unusable(fileProblem(file, cause, elsewhere))
  }
}

/**
 * The stored keys, or new ones for a folder that was never used. They are never replaced: players know a gateway by its
 * key.
 */
const loadKeys = (file: string, used: boolean): Keys => {
  const text = readIfThere(file)
  if (text === undefined && used) {
    throw unusable(`${file} is missing although there is a database; restore it from a copy, or ${elsewhere}`)
  }
  if (text === undefined) return makeKeys(file)
  const json = Option.getOrUndefined(Result.getSuccess(Result.try(() => JSON.parse(text) as unknown)))
  const keys = Option.getOrUndefined(Schema.decodeUnknownOption(Keys)(json))
  if (keys === undefined) throw unusable(`${file} is damaged; restore it from a copy, or ${elsewhere}`)
  on(file, () => keepPrivate(file))
  if (keys.mail_page_key !== undefined) return { ...keys, mail_page_key: keys.mail_page_key }
  const more = { mail_page_key: newPageKey() }
  writeKeys(file, { ...(json as object), ...more })
  return { ...keys, ...more }
}

const parts = ["database", "games", "mails", "reservations", "galaxy.log"]

/**
 * Removes the access of other users. A folder that also holds other things, such as `.`, keeps its mode, and only our
 * parts of it change; one that anybody may write to is refused.
 */
const shut = (path: string) => {
  if (isOpenToOthers(path)) {
    const names = readdirSync(path)
    if (names.length === 0 || names.includes("keys.json")) keepPrivate(path)
    else if ((statSync(path).mode & 0o002) !== 0) {
      throw unusable(`anybody on this machine may write in ${path}; make it yours alone (chmod 700), or ${elsewhere}`)
    }
  }
  for (const part of parts.map((name) => join(path, name)).filter((it) => existsSync(it))) {
    on(part, () => keepPrivate(part))
  }
}

/** Opens the folder, creating it if needed, and releases it with the scope. Fails with `DataFolderUnusable`. */
export const open = (folder: string) =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        const path = resolve(folder)
        on(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }))
        on(path, () => shut(path))
        const lock = takeLock(path)
        try {
          const at = (name: string) => join(path, name)
          on(at("mails"), () => mkdirSync(at("mails"), { recursive: true, mode: 0o700 }))
          const opened: DataFolder = {
            path,
            database: at("database"),
            mails: at("mails"),
            log: at("galaxy.log"),
            keys: loadKeys(at("keys.json"), existsSync(at("database"))),
            lost: lostOf(path, lock)
          }
          return { opened, lock }
        } catch (cause) {
          lock.release()
          throw cause
        }
      },
      catch: (cause) =>
        cause instanceof DataFolderUnusable ? cause : unusable(fileProblem(resolve(folder), cause, elsewhere))
    }),
    ({ lock }) => Effect.sync(() => lock.release())
  ).pipe(Effect.map(({ opened }) => opened))
