/**
 * The worker thread that owns one PGlite: wire-protocol bytes in, wire-protocol bytes out.
 *
 * PGlite computes on the thread that calls it, so it gets a separate thread and never blocks the event loop.
 */
import { parentPort, workerData } from "node:worker_threads"
import { PGlite } from "@electric-sql/pglite"
import { compile, type Program } from "./pglite-program.ts"

/** Where the database is, passed as `workerData`. With neither field it starts empty and in memory. */
export interface WorkerSettings {
  /** Folder of the database; in memory when absent. */
  readonly dataDir?: string
  /** File with the `DataImage` that an instance in memory starts from. */
  readonly image?: string
  /** PGlite's program, if it has been compiled before. */
  readonly program?: Program
}

/** Requests to the worker. Each gets one `done` or `error` with its id. */
export type ToWorker =
  | { readonly type: "protocol"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: "listen"; readonly id: number; readonly channel: string }
  | { readonly type: "unlisten"; readonly id: number; readonly channel: string }
  | { readonly type: "close"; readonly id: number }

/** Messages of the worker. The first is `ready` or `failed`; `bytes` are empty for all but `protocol`. */
export type FromWorker =
  /** It is open. Threads that are started later are given the program, with all that was compiled of it by then. */
  | { readonly type: "ready"; readonly program: Program }
  | { readonly type: "failed"; readonly message: string; readonly code?: string | undefined }
  | { readonly type: "done"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: "error"; readonly id: number; readonly message: string }
  /** PostgreSQL has panicked, as it does when it can't write its log: this thread can't be used any more. */
  | { readonly type: "panicked"; readonly message: string; readonly code?: string | undefined }
  | { readonly type: "notification"; readonly channel: string; readonly payload: string }

const port = parentPort
if (port === null) throw new Error("pglite-worker runs in a worker thread only")

const settings = workerData as WorkerSettings
const post = (message: FromWorker, transfer: ReadonlyArray<ArrayBuffer> = []) =>
  port.postMessage(message, [...transfer])
const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

/** Error numbers of WebAssembly's file system, which throws objects that aren't of type `Error`. */
const errors: Readonly<Record<number, string>> = {
  2: "EACCES",
  19: "EDQUOT",
  20: "EEXIST",
  29: "EIO",
  31: "EISDIR",
  33: "EMFILE",
  44: "ENOENT",
  51: "ENOSPC",
  54: "ENOTDIR",
  63: "EPERM",
  69: "EROFS"
}

const codeOf = (cause: unknown): string | undefined => {
  if (typeof cause !== "object" || cause === null) return undefined
  if ("code" in cause && typeof cause.code === "string") return cause.code
  return "errno" in cause && typeof cause.errno === "number" ? errors[cause.errno] : undefined
}

const errorResponse = 0x45
const nothing = new Uint8Array(0)

/** "No space left", as PostgreSQL and as a file system report it. */
const diskFull = { sqlState: "53100", code: "ENOSPC" }

/** The panic in an answer, if it holds an error of that severity. */
const panicIn = (answer: Uint8Array): Extract<FromWorker, { readonly type: "panicked" }> | undefined => {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  for (let at = 0; at + 5 <= bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    if (bytes[at] !== errorResponse) continue
    const fields = bytes.toString("utf8", at + 5, at + 1 + bytes.readInt32BE(at + 1)).split("\0")
    if (!fields.includes("VPANIC")) continue
    const field = (name: string) => fields.find((it) => it.startsWith(name))?.slice(1)
    const message = `PostgreSQL gave up: ${field("M") ?? "it didn't say why"}`
    return { type: "panicked", message, code: field("C") === diskFull.sqlState ? diskFull.code : undefined }
  }
  return undefined
}

const program = settings.program === undefined ? compile() : Promise.resolve(settings.program)

const filesystem = async (image: string) => new (await import("./pglite-memory.ts")).ImageFilesystem(image)

const open = async () =>
  PGlite.create({
    pgliteWasmModule: await program,
    ...(settings.dataDir === undefined ? {} : { dataDir: settings.dataDir }),
    // Tests alone start from an image: nobody else loads what that takes.
    ...(settings.image === undefined ? {} : { fs: await filesystem(settings.image) })
  })

const unlisten = new Map<string, () => Promise<void>>()

const handle = async (db: PGlite, message: ToWorker): Promise<Uint8Array> => {
  switch (message.type) {
    case "protocol":
      return db.runExclusive(() => db.execProtocolRaw(message.bytes))
    case "listen": {
      const stop = await db.listen(message.channel, (payload) =>
        post({ type: "notification", channel: message.channel, payload })
      )
      unlisten.set(message.channel, stop)
      return nothing
    }
    case "unlisten":
      await unlisten.get(message.channel)?.()
      unlisten.delete(message.channel)
      return nothing
    case "close":
      await db.close()
      return nothing
  }
}

open().then(
  async (db) => {
    port.on("message", (message: ToWorker) => {
      handle(db, message).then(
        (bytes) => {
          post({ type: "done", id: message.id, bytes })
          const panic = message.type === "protocol" ? panicIn(bytes) : undefined
          if (panic !== undefined) post(panic)
        },
        (cause) => post({ type: "error", id: message.id, message: messageOf(cause) })
      )
    })
    post({ type: "ready", program: await program })
  },
  (cause) => post({ type: "failed", message: messageOf(cause), code: codeOf(cause) })
)
