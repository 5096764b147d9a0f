/**
 * PostgreSQL inside the process: PGlite in a worker thread, spoken to by the same wire-protocol client as a server.
 *
 * One session serves everybody, so transactions take turns and session advisory locks exclude nobody.
 */
import { existsSync, statfsSync, statSync } from "node:fs"
import { Duplex } from "node:stream"
import { Worker } from "node:worker_threads"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Queue, Schema, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlError } from "effect/sql"
import { fileProblem } from "../files/problems.ts"
import type { FromWorker, ToWorker, WorkerSettings } from "./pglite-worker.ts"

/** The database could not be opened: the folder is damaged, in use or not writable. */
export class EmbeddedDatabaseUnavailable extends Schema.TaggedError<EmbeddedDatabaseUnavailable>()(
  "EmbeddedDatabaseUnavailable",
  { message: Schema.String }
) {}

type Request = ToWorker extends infer M ? (M extends { readonly id: number } ? Omit<M, "id"> : never) : never

const elsewhere = "use another folder"

/** Why the database in a folder didn't open: what its file system says, or that it is damaged. */
const openProblem = (folder: string, cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  const isFull = existsSync(folder) && statfsSync(folder).bavail === 0
  if (isFull) return fileProblem(folder, Object.assign(new Error(), { code: "ENOSPC" }), elsewhere)
  if (code !== undefined) return fileProblem(folder, cause, elsewhere)
  return `the database in ${folder} is damaged or of another version; restore the folder from a copy, or ${elsewhere}`
}

/** A running PGlite and the calls that it takes. */
export class Instance {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve(bytes: Uint8Array): void; reject(cause: Error): void }>()
  readonly #listeners = new Map<string, Set<(payload: string) => void>>()
  #next = 0
  #open = false
  #dead: Error | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
  }

  /** Starts a worker; `ready` settles when the database is open or can't be opened. */
  static begin(settings: WorkerSettings): { readonly instance: Instance; readonly ready: Promise<void> } {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"
    const worker = new Worker(new URL(`./pglite-worker.${extension}`, import.meta.url), { workerData: settings })
    const instance = new Instance(worker)
    const ready = new Promise<void>((resolve, reject) => {
      worker.on("message", (message: FromWorker) => {
        if (message.type === "ready") {
          instance.#open = true
          resolve()
        } else if (message.type === "failed") {
          reject(Object.assign(new Error(message.message), message.code === undefined ? {} : { code: message.code }))
        } else instance.#receive(message)
      })
      const fail = (cause: Error) => {
        instance.#fail(cause)
        reject(cause)
      }
      worker.on("error", fail)
      worker.on("exit", () => fail(new Error("the embedded database has stopped")))
    })
    // Nobody may be waiting any more.
    ready.catch(() => undefined)
    return { instance, ready }
  }

  static async start(settings: WorkerSettings): Promise<Instance> {
    const { instance, ready } = Instance.begin(settings)
    await ready
    return instance
  }

  call(request: Request): Promise<Uint8Array> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead)
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ ...request, id })
    })
  }

  /** Adds a listener; the first one of a channel starts it, the last one to go ends it. */
  async listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>> {
    const existing = this.#listeners.get(channel)
    const listeners = existing ?? new Set()
    listeners.add(listener)
    this.#listeners.set(channel, listeners)
    if (existing === undefined) await this.call({ type: "listen", channel })
    return async () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      this.#listeners.delete(channel)
      await this.call({ type: "unlisten", channel }).catch(() => undefined)
    }
  }

  async stop(): Promise<void> {
    if (this.#open) await this.call({ type: "close" }).catch(() => undefined)
    await this.#worker.terminate()
  }

  #receive(message: FromWorker): void {
    if (message.type === "notification") {
      for (const listener of this.#listeners.get(message.channel) ?? []) listener(message.payload)
    } else if (message.type === "done" || message.type === "error") {
      const waiter = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (message.type === "done") waiter?.resolve(message.bytes)
      else waiter?.reject(new Error(message.message))
    }
  }

  #fail(cause: Error): void {
    this.#dead = cause
    for (const waiter of this.#waiting.values()) waiter.reject(cause)
    this.#waiting.clear()
  }
}

const terminate = 0x58

/** A connection of the wire-protocol client that ends in the worker instead of a socket. */
class WorkerConnection extends Duplex {
  readonly #instance: Instance

  constructor(instance: Instance) {
    super()
    this.#instance = instance
  }

  override _read(): void {}

  override _writev(chunks: ReadonlyArray<{ readonly chunk: Buffer }>, callback: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map((it) => it.chunk)), "utf8", callback)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (chunk[0] === terminate) {
      this.push(null)
      callback()
      return
    }
    this.#instance.call({ type: "protocol", bytes: new Uint8Array(chunk) }).then((answer) => {
      this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength))
      callback()
    }, callback)
  }
}

const listen = (instance: Instance) => (channel: string) =>
  Effect.gen(function* () {
    const queue = yield* Queue.make<{ processId: number; channel: string; payload: string }, SqlError.SqlError>()
    yield* Effect.acquireRelease(
      Effect.promise(() =>
        instance.listen(channel, (payload) => {
          Queue.offerUnsafe(queue, { processId: 0, channel, payload })
        })
      ),
      (stop) => Effect.promise(stop)
    )
    return queue
  })

/** The client over a running instance. */
export const client = (
  instance: Instance
): Effect.Effect<PgClient.PgClient, SqlError.SqlError, Scope.Scope | Reactivity.Reactivity> =>
  Effect.map(
    PgClient.makeClient({
      stream: () => new WorkerConnection(instance),
      username: "postgres",
      database: "postgres"
    }),
    // The cluster's SQL storage asks for the driver, so as not to reserve the only connection.
    (made) => Object.assign(made, { driver: "pglite", listen: listen(instance) }) as PgClient.PgClient
  )

/** It takes PGlite long to find that out. */
const refuseFile = (settings: WorkerSettings) =>
  Effect.suspend(() => {
    const folder = settings.dataDir
    if (folder === undefined || !existsSync(folder) || statSync(folder).isDirectory()) return Effect.void
    const message = fileProblem(folder, Object.assign(new Error(), { code: "ENOTDIR" }), elsewhere)
    return Effect.fail(new EmbeddedDatabaseUnavailable({ message }))
  })

/** Starts PGlite and stops it with the scope, also when that closes before it has started. */
export const start = (settings: WorkerSettings): Effect.Effect<Instance, EmbeddedDatabaseUnavailable, Scope.Scope> =>
  Effect.flatMap(
    Effect.andThen(
      refuseFile(settings),
      Effect.acquireRelease(
        Effect.sync(() => Instance.begin(settings)),
        ({ instance }) => Effect.promise(() => instance.stop())
      )
    ),
    ({ instance, ready }) =>
      Effect.as(
        Effect.tryPromise({
          try: () => ready,
          catch: (cause) =>
            new EmbeddedDatabaseUnavailable({
              message:
                settings.dataDir === undefined
                  ? `the database can't be started: ${cause instanceof Error ? cause.message : String(cause)}`
                  : openProblem(settings.dataDir, cause)
            })
        }),
        instance
      )
  )

export const layer = (
  settings: WorkerSettings
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, EmbeddedDatabaseUnavailable | SqlError.SqlError> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const made = yield* client(yield* start(settings))
      return Context.make(PgClient.PgClient, made).pipe(Context.add(SqlClient.SqlClient, made))
    })
  ).pipe(Layer.provide(Reactivity.layer))
