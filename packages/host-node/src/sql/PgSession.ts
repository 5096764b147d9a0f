/**
 * One connection to a PostgreSQL server, on which every wait has a deadline.
 *
 * A statement that isn't answered in time takes its connection with it: a late answer reaches nobody, and whoever asked
 * gets an error. The deadlines use timers of the machine, not of the Effect clock, since they are about a network
 * connection.
 */
import { isIP, connect as netConnect, type Socket } from "node:net"
import type { Duplex } from "node:stream"
import { PgConnection } from "@effect/sql-pg"
import { StatementDeadline } from "@galaxy/core/shared/StatementDeadline"
import { Effect, type Queue, Redacted, type Scope, Stream } from "effect"
import { type SqlConnection, SqlError } from "effect/sql"
import { lookupWithin } from "../net/lookup.ts"

/** Where to connect, and how long each step may take, in milliseconds. */
export interface SessionOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  readonly applicationName: string
  /** Longest time to look up the host, to connect and to authenticate. */
  readonly connectTimeoutMs: number
  /** A statement without a complete answer by then loses its connection, unless `StatementDeadline` says otherwise. */
  readonly answerTimeoutMs: number
}

/** Silence before the first keep-alive probe, so that a vanished peer is noticed even while nothing is asked. */
const keepAliveMs = 5_000
/** An answer that came while the process was held up can still be read when its deadline is found to be over. */
const graceMs = 100
/** Time for the goodbye to leave; a peer that doesn't take it isn't waited for. */
const goodbyeMs = 500

/** A connection failure, which may be retried on another connection. */
export const connectionError = (message: string, operation: string): SqlError.SqlError =>
  new SqlError.SqlError({
    reason: new SqlError.ConnectionError({ cause: new Error(message), message, operation })
  })

/**
 * Commits, and fails where nothing was committed: PostgreSQL answers `ROLLBACK` to the `COMMIT` of a failed
 * transaction.
 */
export const commit = (connection: SqlConnection.Connection): Effect.Effect<void, SqlError.SqlError> =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (answer) => {
    if ((answer as { readonly command?: unknown }).command !== "ROLLBACK") return Effect.void
    const message = "the transaction had failed and was rolled back instead of committed"
    return Effect.fail(
      new SqlError.SqlError({
        reason: new SqlError.UnknownError({ cause: new Error(message), message, operation: "commit" })
      })
    )
  })

/** What a log may say about a connection failure: never a statement with its values. */
export const reasonOf = ({ message, reason }: SqlError.SqlError): string =>
  reason.cause instanceof Error && reason.cause.message !== "" ? reason.cause.message : message

interface Target {
  readonly host: string
  readonly port: number
  /** Folder of a Unix socket. */
  readonly path: string | undefined
}

/** Where the URL leads, read as the driver reads it. */
const targetOf = (text: string): Target => {
  const url = new URL(text)
  const named = decodeURIComponent(url.searchParams.get("host") ?? url.hostname.replace(/^\[|\]$/g, ""))
  const host = named === "" ? "localhost" : named
  const port = Number(url.searchParams.get("port") ?? (url.port === "" ? 5432 : url.port))
  return { host, port, path: host.startsWith("/") ? `${host}/.s.PGSQL.${port}` : undefined }
}

const openSocket = (target: Target, timeoutMs: number): Socket => {
  if (target.path !== undefined) return netConnect({ path: target.path })
  return netConnect({
    host: target.host,
    port: target.port,
    // A statement is one write and then a wait for its answer.
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    ...(isIP(target.host) === 0 ? { lookup: lookupWithin(timeoutMs) } : {})
  })
}

type Rows = ReadonlyArray<object>
type Transform = (<A extends object>(row: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

/** Statements that undo or end a part of a transaction, which the end of the connection does by itself. */
const undoing = /^(?:ROLLBACK|RELEASE SAVEPOINT)\b/

/** The connection as SQL clients use it, with a deadline for each statement. */
class BoundedConnection implements SqlConnection.Connection {
  readonly #pg: PgConnection.PgConnection
  readonly #session: PgSession

  constructor(pg: PgConnection.PgConnection, session: PgSession) {
    this.#pg = pg
    this.#session = session
  }

  #rows(sql: string, params: ReadonlyArray<unknown>, transform: Transform, prepare: boolean) {
    const answer = this.#session.bounded(this.#pg.query(sql, params, prepare))
    const rows = Effect.map(answer, (it): Rows => (transform === undefined ? it.rows : transform(it.rows)))
    if (!undoing.test(sql)) return rows
    // With the connection gone nothing is left to undo, and what ended the transaction is the error to report.
    return Effect.catch(rows, (error) => (this.#session.lost ? Effect.succeed<Rows>([]) : Effect.fail(error)))
  }

  execute(sql: string, params: ReadonlyArray<unknown>, transform: Transform) {
    return this.#rows(sql, params, transform, true)
  }

  executeUnprepared(sql: string, params: ReadonlyArray<unknown>, transform: Transform) {
    return this.#rows(sql, params, transform, false)
  }

  executeRaw(sql: string, params: ReadonlyArray<unknown>) {
    return this.#session.bounded(this.#pg.query(sql, params))
  }

  executeValues(sql: string, params: ReadonlyArray<unknown>) {
    return this.#session.bounded(this.#pg.queryValues(sql, params))
  }

  executeValuesUnprepared(sql: string, params: ReadonlyArray<unknown>) {
    return this.#session.bounded(this.#pg.queryValues(sql, params, false))
  }

  /** The deadline is for each part of the answer, and its reader must be as quick. */
  executeStream(sql: string, params: ReadonlyArray<unknown>, transform: Transform) {
    return Stream.suspend(() => {
      const watch = this.#session.watch()
      const rows = Stream.mapArray(this.#pg.stream(sql, params), (chunk) => {
        watch.again()
        return transform === undefined ? chunk : (transform(chunk) as typeof chunk)
      })
      return Stream.ensuring(rows, Effect.sync(watch.end))
    })
  }
}

/** An open connection. Once it isn't `usable`, it must not be given to anybody. */
export class PgSession {
  /** For single statements outside a transaction. */
  readonly connection: SqlConnection.Connection
  readonly #pg: PgConnection.PgConnection
  readonly #socket: Duplex
  readonly #answerTimeoutMs: number
  readonly #onEnd = new Set<(reason: string) => void>()
  #end: string | undefined
  #lost = false
  /** How many use it at present, as counted by the pool. */
  users = 0

  constructor(pg: PgConnection.PgConnection, socket: Duplex, options: Pick<SessionOptions, "answerTimeoutMs">) {
    this.#pg = pg
    this.#socket = socket
    this.#answerTimeoutMs = options.answerTimeoutMs
    this.connection = new BoundedConnection(pg, this)
    let problem: string | undefined
    socket.once("error", (error) => {
      problem = error.message
    })
    socket.once("end", () => {
      problem ??= "the server closed the connection"
    })
    const closed = () => {
      // Without a problem it was the driver that closed it.
      this.#lost = this.#end === undefined && problem !== undefined
      this.#ended(problem ?? "the connection was closed")
    }
    socket.once("close", closed)
    if (socket.destroyed) closed()
  }

  /** The server process of this connection. */
  get processId(): number {
    return this.#pg.processId
  }

  /** False once it must not be used any more. */
  get usable(): boolean {
    return this.#end === undefined
  }

  /** True where the connection failed, or the server or a deadline ended it. */
  get lost(): boolean {
    return this.#lost
  }

  /** The connection for one user alone, as transactions need it, until the scope closes. */
  get pinned(): Effect.Effect<SqlConnection.Connection, never, Scope.Scope> {
    return Effect.map(this.#pg.pin, (pg) => new BoundedConnection(pg, this))
  }

  query(
    sql: string,
    params: ReadonlyArray<unknown> = []
  ): Effect.Effect<ReadonlyArray<PgConnection.Row>, SqlError.SqlError> {
    return Effect.map(this.bounded(this.#pg.query(sql, params, false)), (it) => it.rows)
  }

  /**
   * The notifications of a channel. A listening session asks its server every `heartbeatMs` whether it is alive; the
   * queue fails when it isn't.
   */
  listen(
    channel: string,
    heartbeatMs: number
  ): Effect.Effect<Queue.Dequeue<PgConnection.Notification, SqlError.SqlError>, SqlError.SqlError, Scope.Scope> {
    return Effect.gen({ self: this }, function* () {
      const pinned = yield* this.#pg.pin
      const queue = yield* this.bounded(pinned.listen(channel))
      const beat = Effect.andThen(Effect.sleep(heartbeatMs), this.bounded(pinned.query("SELECT 1")))
      // Where it fails, the queue has failed with it.
      yield* Effect.forkScoped(Effect.ignore(Effect.forever(beat)))
      return queue
    })
  }

  /** Gives the connection up: running statements fail. */
  lose(reason: string): void {
    this.#lost = true
    this.#socket.destroy(new Error(reason))
    this.#ended(reason)
  }

  /** Keeps it from being used again, and lets running statements end. */
  retire(reason: string): void {
    this.#ended(reason)
  }

  /** Called once, when the connection is gone, whoever ended it. */
  onEnd(callback: (reason: string) => void): void {
    if (this.#end === undefined) this.#onEnd.add(callback)
    else callback(this.#end)
  }

  /** Fails when the connection is gone. */
  get gone(): Effect.Effect<never, SqlError.SqlError> {
    return Effect.callback((resume) => {
      const ended = (reason: string) => {
        resume(Effect.fail(connectionError(reason, "query")))
      }
      this.onEnd(ended)
      return Effect.sync(() => {
        this.#onEnd.delete(ended)
      })
    })
  }

  #ended(reason: string): void {
    if (this.#end !== undefined) return
    this.#end = reason
    for (const callback of this.#onEnd) callback(reason)
    this.#onEnd.clear()
  }

  /** Starts a deadline that gives the connection up. `again` restarts it and `end` cancels it. */
  watch(timeoutMs = this.#answerTimeoutMs): { readonly again: () => void; readonly end: () => void } {
    const give = () => {
      this.lose(`PostgreSQL didn't answer within ${timeoutMs} ms`)
    }
    const over = () => {
      timer = setTimeout(give, graceMs)
    }
    let timer = setTimeout(over, timeoutMs)
    const end = () => {
      clearTimeout(timer)
    }
    const again = () => {
      end()
      timer = setTimeout(over, timeoutMs)
    }
    return { again, end }
  }

  /** Runs the effect with a deadline, after which the connection is given up. */
  bounded<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.flatMap(StatementDeadline, (deadline) =>
      Effect.suspend(() => {
        const watch = this.watch(deadline)
        return effect.pipe(
          // A late cancellation could hit the next statement: nobody gets the connection after an interrupted one.
          Effect.onInterrupt(() => Effect.sync(() => this.retire("a statement was interrupted"))),
          Effect.ensuring(Effect.sync(watch.end))
        )
      })
    )
  }
}

/** Connects and authenticates; the connection is closed with the scope. Fails with a `SqlError`. */
export const open = (options: SessionOptions): Effect.Effect<PgSession, SqlError.SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    const target = targetOf(options.url)
    let socket: Socket | undefined
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        const opened = socket
        if (opened !== undefined) setTimeout(() => opened.destroy(), goodbyeMs).unref()
      })
    )
    const pg = yield* PgConnection.make({
      url: Redacted.make(options.url),
      applicationName: options.applicationName,
      connectTimeout: options.connectTimeoutMs,
      stream: () => {
        const made = openSocket(target, options.connectTimeoutMs)
        // Later ones carry the cancellation of a statement.
        socket ??= made
        return made
      }
    })
    if (socket === undefined) return yield* Effect.die(new Error("the driver did not open a socket"))
    const session = new PgSession(pg, socket, options)
    // The server answers the driver's goodbye by closing its side, which is no loss.
    yield* Effect.addFinalizer(() => Effect.sync(() => session.retire("the connection was closed")))
    return session
  })
