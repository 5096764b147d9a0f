/**
 * The folder that the one-process shape lives in: database, games, mails, keys.
 *
 * One process at a time: two on one database would destroy it, so the second is refused with a clear word. Keys are made
 * at the first start and kept, readable by their owner only.
 */
import { randomBytes } from "node:crypto"
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { join, resolve } from "node:path"
import { Effect, Schema } from "effect"

export class DataFolderUnusable extends Schema.TaggedError<DataFolderUnusable>()("DataFolderUnusable", {
  message: Schema.String
}) {}

const Keys = Schema.Struct({
  /** Keys login codes and seals mails. */
  backend_secret: Schema.String,
  /** Seed of the gateway's Ed25519 key: players pin the public half. */
  gateway_signing_seed: Schema.String,
  admin_user: Schema.String,
  admin_password: Schema.String
})
export type Keys = typeof Keys.Type

export interface DataFolder {
  readonly path: string
  readonly database: string
  readonly mails: string
  readonly log: string
  readonly keys: Keys
}

const unusable = (message: string) => new DataFolderUnusable({ message })

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** A process id is reused after a crash or a reboot; its start time isn't. */
const startedAt = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
  } catch {
    return ""
  }
}

const takeLock = (file: string): void => {
  for (;;) {
    try {
      const handle = openSync(file, "wx", 0o600)
      writeSync(handle, `${process.pid} ${startedAt(process.pid)}`)
      closeSync(handle)
      return
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause
    }
    const [pid = "", started = ""] = readFileSync(file, "utf8").split(" ")
    const owner = Number(pid)
    if (owner > 0 && owner !== process.pid && alive(owner) && startedAt(owner) === started) {
      throw unusable(`another Galaxy (process ${owner}) is using this folder; stop it first or set GALAXY_DATA_DIR`)
    }
    // Left behind by a process that was killed. Whoever renames it away may try again; the other one sees it gone.
    const stale = `${file}.${process.pid}.stale`
    try {
      renameSync(file, stale)
      rmSync(stale, { force: true })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause
    }
  }
}

const loadKeys = (file: string): Keys => {
  if (!existsSync(file)) {
    const keys: Keys = {
      backend_secret: randomBytes(32).toString("base64"),
      gateway_signing_seed: randomBytes(32).toString("base64"),
      admin_user: "admin",
      admin_password: randomBytes(15).toString("base64url")
    }
    writeFileSync(`${file}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
    return keys
  }
  try {
    return Schema.decodeUnknownSync(Keys)(JSON.parse(readFileSync(file, "utf8")))
  } catch {
    throw unusable(`${file} is damaged: restore it, or move the folder away to begin anew`)
  }
}

/** Opens the folder, making it when it isn't there; lets go of it with the scope. */
export const open = (folder: string) =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        const path = resolve(folder)
        mkdirSync(path, { recursive: true, mode: 0o700 })
        const lock = join(path, "galaxy.lock")
        takeLock(lock)
        const at = (name: string) => join(path, name)
        mkdirSync(at("mails"), { recursive: true, mode: 0o700 })
        const opened: DataFolder & { readonly lock: string } = {
          path,
          database: at("database"),
          mails: at("mails"),
          log: at("galaxy.log"),
          keys: loadKeys(at("keys.json")),
          lock
        }
        return opened
      },
      catch: (cause) =>
        cause instanceof DataFolderUnusable
          ? cause
          : unusable(`${resolve(folder)}: ${cause instanceof Error ? cause.message : String(cause)}`)
    }),
    (opened) => Effect.sync(() => rmSync(opened.lock, { force: true }))
  )
