/** The ledger of erased accounts as a file: one id a line, which is only ever added to. */
import { appendFile, open, readFile } from "node:fs/promises"
import { dirname } from "node:path"
import { type ErasureLedger, ErasureLedgerUnavailable } from "@galaxy/core/account/ErasureLedger"
import { UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { syncFolder } from "./syncFolder.ts"

const attempt = <A>(work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => new ErasureLedgerUnavailable({ cause }) })

const add = async (path: string, userId: UserId) => {
  // A line that a crash has cut off is ended first; an empty line is nobody's.
  await appendFile(path, `\n${userId}\n`, { mode: 0o600 })
  const file = await open(path, "r+")
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  // Each time, since it may have failed, or a crash prevented it, when the file was made.
  await syncFolder(dirname(path))
}

const all = async (path: string): Promise<ReadonlyArray<UserId>> => {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return ""
    throw cause
  })
  return text
    .split("\n")
    .filter((line) => uuidPattern.test(line))
    .map((line) => UserId.make(line))
}

/** The file is made with the first id, readable by its owner only. Its folder must exist. */
export const make = (path: string): ErasureLedger => ({
  add: (userId) => attempt(() => add(path, userId)),
  all: attempt(() => all(path))
})
