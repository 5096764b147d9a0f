/**
 * PostgreSQL inside the process: PGlite in a worker thread, used through the same wire-protocol client as a server.
 *
 * One session serves everybody, so transactions take turns, and session advisory locks exclude nobody.
 */
import { existsSync, statfsSync, statSync } from "node:fs"
import { Duplex } from "node:stream"
import { type PgClient, PgConnection } from "@effect/sql-pg"
import { StatementDeadline } from "@galaxy/core/shared/StatementDeadline"
import { Effect, Exit, Layer, Queue, Schema, Scope, Semaphore } from "effect"
import { Reactivity } from "effect/reactivity"
import type { SqlClient, SqlError } from "effect/sql"
import { fileProblem } from "../files/problems.ts"
import * as Outage from "../logging/Outage.ts"
import * as Client from "./client.ts"
import * as PgliteInstance from "./PgliteInstance.ts"
import * as PgSession from "./PgSession.ts"
import type { WorkerSettings } from "./pglite-worker.ts"

/** The database could not be opened: the folder is damaged, of another version or not writable, or its disk is full. */
export class EmbeddedDatabaseUnavailable extends Schema.TaggedError<EmbeddedDatabaseUnavailable>()(
  "EmbeddedDatabaseUnavailable",
  { message: Schema.String }
) {}

const elsewhere = "use another folder"

/** PostgreSQL writes its log in files of 16 MiB, and can't be opened without room for one and a little more. */
const neededBytes = 24 * 1_048_576

const codeOf = (cause: unknown) => (cause instanceof Error && "code" in cause ? cause.code : undefined)

const isFull = (folder: string, cause: unknown): boolean => {
  if (codeOf(cause) === "ENOSPC") return true
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize < neededBytes
}

/** Why the database in a folder didn't open: the error of its file system, or damage. */
const openProblem = (folder: string, cause: unknown): string => {
  if (isFull(folder, cause)) return fileProblem(folder, Object.assign(new Error(), { code: "ENOSPC" }), elsewhere)
  if (codeOf(cause) !== undefined) return fileProblem(folder, cause, elsewhere)
  return `the database in ${folder} is damaged or of another version; restore the folder from a copy, or ${elsewhere}`
}

/** What a client needs of a running database. Tests put another one in its place, to make faults. */
export type Wire = Pick<PgliteInstance.Instance, "attach" | "call" | "listen" | "patienceMs" | "trouble">

const terminate = 0x58
const cancelRequest = 80_877_102
const isCancel = (chunk: Buffer) => chunk.length === 16 && chunk.readInt32BE(4) === cancelRequest

/** A connection of the wire-protocol client that leads to the worker instead of a socket. */
class WorkerConnection extends Duplex {
  readonly #instance: Wire
  /** Longest wait for an answer to the next statements, in milliseconds. */
  patienceMs: number

  constructor(instance: Wire) {
    super()
    this.#instance = instance
    this.patienceMs = instance.patienceMs
    instance.attach(this)
  }

  override _read(): void {}

  override _writev(chunks: ReadonlyArray<{ readonly chunk: Buffer }>, callback: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map((it) => it.chunk)), "utf8", callback)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // A running statement can't be cancelled: its thread is busy with it.
    if (chunk[0] === terminate || isCancel(chunk)) {
      this.push(null)
      callback()
      return
    }
    this.#instance.call({ type: "protocol", bytes: new Uint8Array(chunk) }, this.patienceMs).then((answer) => {
      this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength))
      callback()
    }, callback)
  }
}

const listen = (instance: Wire) => (channel: string) =>
  Effect.gen(function* () {
    const queue = yield* Queue.make<{ processId: number; channel: string; payload: string }, SqlError.SqlError>()
    yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () =>
          instance.listen(channel, (payload) => {
            Queue.offerUnsafe(queue, { processId: 0, channel, payload })
          }),
        catch: () => PgSession.connectionError(notOpen, "listen")
      }),
      (stop) => Effect.promise(stop)
    )
    return queue
  })

const notOpen = "the embedded database isn't open at present"

/** The deadline of a connection is later than that of the thread, whose end also ends the connection. */
const afterThreadMs = 5_000

interface Connected {
  readonly session: PgSession.PgSession
  readonly stream: WorkerConnection
  readonly scope: Scope.Closeable
}

/** The one connection, replaced when it can't be used any more. */
const connection = Effect.fnUntraced(function* (instance: Wire) {
  const clientScope = yield* Effect.scope
  const turn = Semaphore.makeUnsafe(1)
  let current: Connected | undefined

  const connect = Effect.gen(function* () {
    if (instance.trouble !== undefined) return yield* PgSession.connectionError(notOpen, "acquire")
    const before = current
    current = undefined
    if (before !== undefined) yield* Scope.close(before.scope, Exit.void)
    const scope = yield* Scope.fork(clientScope)
    const made = yield* Effect.gen(function* () {
      let stream: WorkerConnection | undefined
      const pg = yield* PgConnection.make({
        stream: () => {
          const opened = new WorkerConnection(instance)
          // Later ones carry the cancellation of a statement.
          stream ??= opened
          return opened
        },
        username: "postgres",
        database: "postgres",
        connectTimeout: instance.patienceMs + afterThreadMs
      })
      if (stream === undefined) return yield* Effect.die(new Error("the driver has opened no connection"))
      const session = new PgSession.PgSession(pg, stream, { answerTimeoutMs: instance.patienceMs + afterThreadMs })
      // All connections share one session, in which the previous one may have left something.
      yield* session.query("ROLLBACK")
      yield* session.query("DEALLOCATE ALL")
      yield* session.query("RESET ALL")
      return { session, stream, scope }
    }).pipe(
      Scope.provide(scope),
      Effect.onExit((exit) => (Exit.isFailure(exit) ? Scope.close(scope, exit) : Effect.void))
    )
    current = made
    return made
  })

  return Effect.gen(function* () {
    yield* Effect.acquireRelease(turn.take(1), () => turn.release(1), { interruptible: true })
    const { session, stream } = current?.session.usable === true ? current : yield* connect
    stream.patienceMs = (yield* StatementDeadline) ?? instance.patienceMs
    return session
  })
})

/** The client of a running instance. Its statements fail with a retryable error while the database is lost. */
export const client = Effect.fnUntraced(function* (
  instance: Wire
): Effect.fn.Return<PgClient.PgClient, SqlError.SqlError, Scope.Scope | Reactivity.Reactivity> {
  const session = yield* connection(instance)
  return yield* Client.make({
    // The cluster's SQL storage asks for the driver, so as not to reserve the only connection.
    driver: "pglite",
    acquirer: Effect.map(session, (it) => it.connection),
    transactionAcquirer: Effect.flatMap(session, (it) => it.pinned),
    config: { username: "postgres", database: "postgres" },
    listen: listen(instance),
    at: [["db.namespace", "postgres"]]
  })
})

/** Refuses a file in place of the folder, which PGlite would take long to find out. */
const refuseFile = (settings: WorkerSettings) =>
  Effect.suspend(() => {
    const folder = settings.dataDir
    if (folder === undefined || !existsSync(folder) || statSync(folder).isDirectory()) return Effect.void
    const message = fileProblem(folder, Object.assign(new Error(), { code: "ENOTDIR" }), elsewhere)
    return Effect.fail(new EmbeddedDatabaseUnavailable({ message }))
  })

/** Logs when the database is lost, and when it is back. */
const reporter = (settings: WorkerSettings) =>
  Effect.map(Effect.context(), (context): PgliteInstance.InstanceOptions => {
    const run = Effect.runForkWith(context)
    const outage = Outage.make({
      lost: "the embedded database gave up and is opened again as soon as that works",
      back: "the embedded database works again"
    })
    const folder = settings.dataDir
    const reason = (cause: Error) =>
      folder !== undefined && isFull(folder, cause)
        ? `no space is left on the disk of ${folder}; free some, and it goes on by itself`
        : cause.message
    return { onLost: (cause) => void run(outage.begun(reason(cause))), onBack: () => void run(outage.over) }
  })

/**
 * Starts PGlite and stops it with the scope, even when that closes before it has started. Fails with
 * `EmbeddedDatabaseUnavailable`.
 */
export const start = (
  settings: WorkerSettings,
  options: Pick<PgliteInstance.InstanceOptions, "patienceMs"> = {}
): Effect.Effect<PgliteInstance.Instance, EmbeddedDatabaseUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    yield* refuseFile(settings)
    const report = yield* reporter(settings)
    const { instance, ready } = yield* Effect.acquireRelease(
      Effect.sync(() => PgliteInstance.Instance.begin(settings, { ...report, ...options })),
      (begun) => Effect.promise(() => begun.instance.stop())
    )
    yield* Effect.tryPromise({
      try: () => ready,
      catch: (cause) =>
        new EmbeddedDatabaseUnavailable({
          message:
            settings.dataDir === undefined
              ? `the database can't be started: ${cause instanceof Error ? cause.message : String(cause)}`
              : openProblem(settings.dataDir, cause)
        })
    })
    return instance
  })

/**
 * Starts PGlite and connects to it, or fails with `EmbeddedDatabaseUnavailable`. `patienceMs` is how long an answer may
 * take.
 */
export const layer = (
  settings: WorkerSettings,
  options: Pick<PgliteInstance.InstanceOptions, "patienceMs"> = {}
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, EmbeddedDatabaseUnavailable | SqlError.SqlError> =>
  Layer.effectContext(Effect.map(Effect.flatMap(start(settings, options), client), Client.contextOf)).pipe(
    Layer.provide(Reactivity.layer)
  )
