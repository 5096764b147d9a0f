/**
 * One PGlite in a worker thread, and the calls to it, each with a deadline.
 *
 * PostgreSQL panics when it can't write its log, as on a full disk, and its thread is useless afterwards. The thread is
 * then ended, and the folder opened again until that works, which brings back everything that was committed. The same
 * happens when the thread is silent for too long. While the database isn't open, calls fail at once.
 */
import type { Duplex } from "node:stream"
import { Worker } from "node:worker_threads"
import type { Program } from "./pglite-program.ts"
import type { FromWorker, ToWorker, WorkerSettings } from "./pglite-worker.ts"

type Request = ToWorker extends infer M ? (M extends { readonly id: number } ? Omit<M, "id"> : never) : never

/** Who hears about losses of a database in a folder, and how long an answer may take. */
export interface InstanceOptions {
  /** Called with the reason when the database is lost, and for each failed attempt to open it again. */
  readonly onLost?: (cause: Error) => void
  /** Called when it is open again. */
  readonly onBack?: () => void
  /** Longest silence of the thread while a call waits for an answer, in milliseconds. */
  readonly patienceMs?: number
}

const defaultPatienceMs = 30_000

/** Opening takes long for a new folder on a slow machine, and for one that has to be repaired. */
const openPatienceMs = 300_000
/** How long to wait before the folder is opened again, in milliseconds. */
const reopenMs = 2_000
/** An answer that came while the process was held up can still be read when its deadline is found to be over. */
const graceMs = 100

interface Waiter {
  readonly patienceMs: number
  readonly resolve: (bytes: Uint8Array) => void
  readonly reject: (cause: Error) => void
}

const errorOf = (message: string, code: string | undefined) =>
  Object.assign(new Error(message), code === undefined ? {} : { code })

/** PGlite's program, compiled by the first thread of this process. */
let program: Program | undefined

/**
 * A running PGlite. A database in a folder is opened again after a loss; one in memory stays lost, since its content is
 * gone.
 */
export class Instance {
  readonly #settings: WorkerSettings
  readonly #options: InstanceOptions
  readonly #waiting = new Map<number, Waiter>()
  readonly #listeners = new Map<string, Set<(payload: string) => void>>()
  readonly #connections = new Set<Duplex>()
  /** The thread at work, open or not yet. */
  #worker: Worker | undefined
  #trouble: Error | undefined = new Error("the embedded database isn't open yet")
  #silence: NodeJS.Timeout | undefined
  #again: NodeJS.Timeout | undefined
  #next = 0
  #stopped = false

  private constructor(settings: WorkerSettings, options: InstanceOptions) {
    this.#settings = settings
    this.#options = options
  }

  /** Starts a worker; `ready` settles when the database is open or can't be opened. */
  static begin(
    settings: WorkerSettings,
    options: InstanceOptions = {}
  ): { readonly instance: Instance; readonly ready: Promise<void> } {
    const instance = new Instance(settings, options)
    const ready = instance.#open()
    // There may be nobody left who waits for it.
    ready.catch(() => undefined)
    return { instance, ready }
  }

  /** Why it takes no calls at present. */
  get trouble(): Error | undefined {
    return this.#trouble
  }

  /** The deadline of calls that don't name one, in milliseconds. */
  get patienceMs(): number {
    return this.#options.patienceMs ?? defaultPatienceMs
  }

  /** Fails at once while the database is lost, and when it is lost before the answer. */
  call(request: Request, patienceMs = this.patienceMs): Promise<Uint8Array> {
    const worker = this.#worker
    if (this.#trouble !== undefined || worker === undefined) {
      return Promise.reject(this.#trouble ?? new Error("the embedded database has stopped"))
    }
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { patienceMs, resolve, reject })
      worker.postMessage({ ...request, id })
      if (this.#silence === undefined) this.#watch(worker)
    })
  }

  /**
   * Adds a listener; the first one of a channel starts listening and the last one to go ends it. Listeners are called
   * with an empty payload when a lost database is back, since notifications may have been missed.
   */
  async listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>> {
    const existing = this.#listeners.get(channel)
    const listeners = existing ?? new Set()
    listeners.add(listener)
    this.#listeners.set(channel, listeners)
    const stop = async () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      this.#listeners.delete(channel)
      await this.call({ type: "unlisten", channel }).catch(() => undefined)
    }
    if (existing === undefined) {
      await this.call({ type: "listen", channel }).catch(async (cause: unknown) => {
        await stop()
        throw cause
      })
    }
    return stop
  }

  /** Ends the connection with an error when the database is lost, since the rest of an answer would never come. */
  attach(connection: Duplex): void {
    this.#connections.add(connection)
    connection.once("close", () => this.#connections.delete(connection))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#again)
    // What is in memory is gone in any case.
    if (this.#settings.dataDir !== undefined) await this.call({ type: "close" }).catch(() => undefined)
    clearTimeout(this.#silence)
    await this.#worker?.terminate()
  }

  #open(): Promise<void> {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js"
    const worker = new Worker(new URL(`./pglite-worker.${extension}`, import.meta.url), {
      workerData: program === undefined ? this.#settings : { ...this.#settings, program }
    })
    this.#worker = worker
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        end(new Error(`the embedded database didn't open within ${openPatienceMs / 1_000} s`))
      }, openPatienceMs)
      const end = (cause: Error) => {
        clearTimeout(late)
        reject(cause)
        this.#lost(worker, cause)
      }
      worker.on("message", (message: FromWorker) => {
        if (this.#worker !== worker) return
        if (message.type === "ready") {
          clearTimeout(late)
          this.#trouble = undefined
          program ??= message.program
          resolve()
        } else if (message.type === "failed" || message.type === "panicked") {
          end(errorOf(message.message, message.code))
        } else this.#receive(worker, message)
      })
      worker.on("error", end)
      worker.on("exit", () => {
        end(new Error("the embedded database has stopped"))
      })
    })
  }

  /** Ends the thread and fails all calls; a database that was open before is opened again. */
  #lost(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return
    const wasOpen = this.#trouble === undefined
    this.#worker = undefined
    this.#trouble = cause
    clearTimeout(this.#silence)
    this.#silence = undefined
    void worker.terminate()
    for (const waiter of this.#waiting.values()) waiter.reject(cause)
    this.#waiting.clear()
    for (const connection of this.#connections) connection.destroy(cause)
    // What an instance in memory held is gone: an empty one in its place would be worse than none.
    if (this.#stopped || !wasOpen || this.#settings.dataDir === undefined) return
    this.#options.onLost?.(cause)
    this.#openAgain()
  }

  #openAgain(): void {
    this.#again = setTimeout(() => {
      this.#open().then(
        () => {
          this.#listenAgain()
          this.#options.onBack?.()
        },
        (cause: Error) => {
          if (this.#stopped) return
          this.#options.onLost?.(cause)
          this.#openAgain()
        }
      )
    }, reopenMs)
  }

  #listenAgain(): void {
    const worker = this.#worker
    for (const [channel, listeners] of this.#listeners) {
      this.call({ type: "listen", channel }).then(
        () => {
          for (const listener of listeners) listener("")
        },
        // Notifications would be lost silently, so the database is opened once more.
        (cause: Error) => {
          if (worker !== undefined) this.#lost(worker, cause)
        }
      )
    }
  }

  #receive(worker: Worker, message: FromWorker): void {
    if (message.type === "notification") {
      for (const listener of this.#listeners.get(message.channel) ?? []) listener(message.payload)
    } else if (message.type === "done" || message.type === "error") {
      const waiter = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      this.#watch(worker)
      if (message.type === "done") waiter?.resolve(message.bytes)
      else waiter?.reject(new Error(message.message))
    }
  }

  /** Restarts the timer of the thread's silence, as long as calls are waiting. */
  #watch(worker: Worker): void {
    clearTimeout(this.#silence)
    this.#silence = undefined
    if (this.#waiting.size === 0) return
    const patienceMs = Math.max(...Array.from(this.#waiting.values(), (it) => it.patienceMs))
    const give = () => {
      this.#lost(worker, new Error(`the embedded database said nothing for ${patienceMs} ms`))
    }
    this.#silence = setTimeout(() => {
      this.#silence = setTimeout(give, graceMs)
    }, patienceMs)
  }
}
