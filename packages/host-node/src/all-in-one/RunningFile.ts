/**
 * `running.json` of the data folder: where the platform that runs there listens, for programs on the same machine such as
 * the operators' command line.
 *
 * It is written once everything listens and removed at the end. After a crash it stays, and its process tells that
 * nobody is there. It holds no secret, and only its owner can read it, like the rest of the folder.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { identityOf } from "../files/processIdentity.ts"
import { fileProblem } from "../files/problems.ts"
import { DataFolderUnusable } from "./DataFolder.ts"

/** Origins are URLs without a path. */
export const Running = Schema.Struct({
  process_id: Schema.Int,
  /** Number, start and boot of the process: a number alone is reused. Files of earlier versions don't have it. */
  process: Schema.optionalKey(Schema.String),
  backend_url: Schema.String,
  gateway_url: Schema.String,
  mail_page_url: Schema.String
})
/** What the file says. */
export type Running = typeof Running.Type

const wildcard = /^(http:\/\/)(0\.0\.0\.0|\[::\])(?=[:/]|$)/

/** A listener on all addresses is reached on loopback. */
const reachable = (url: string): string => url.replace(wildcard, "$1127.0.0.1")

const isOurs = (file: string): boolean => {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { readonly process_id?: unknown }).process_id === process.pid
  } catch {
    return false
  }
}

/** Keeps the file in the folder as long as the scope is open. */
export const keep = (folder: string, urls: Omit<Running, "process_id" | "process">) => {
  const file = join(folder, "running.json")
  const running: Running = {
    process_id: process.pid,
    process: identityOf(process.pid),
    backend_url: reachable(urls.backend_url),
    gateway_url: reachable(urls.gateway_url),
    mail_page_url: reachable(urls.mail_page_url)
  }
  return Effect.acquireRelease(
    Effect.try({
      try: () => {
        rmSync(`${file}.new`, { force: true })
        writeFileSync(`${file}.new`, `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 })
        renameSync(`${file}.new`, file)
      },
      catch: (cause) =>
        new DataFolderUnusable({ message: fileProblem(file, cause, "set GALAXY_DATA_DIR to another folder") })
    }),
    () =>
      Effect.sync(() => {
        try {
          if (isOurs(file)) rmSync(file, { force: true })
        } catch {
          // What stays tells by its process id that nobody is there.
        }
      })
  )
}
