/** A client of node-postgres on which every wait has a deadline, as `PgSession` is one of our own driver. */
import { StatementDeadline } from "@galaxy/core/shared/StatementDeadline"
import { Effect, Queue, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import { connectionError } from "../PgSession.ts"
import { type Answer, Batch, BatchFailed, rowsOf, type Statement } from "./Batch.ts"
import { isRefusal, sqlError } from "./faults.ts"
import { encode } from "./parameters.ts"
import type { Client } from "./PoolLike.ts"

/** An answer that came while the process was held up can still be read when its deadline is found to be over. */
const graceMs = 100

/** The server refused the statement with this index of a batch, and ran none after it. */
export interface Refused {
  readonly at: number
  readonly error: SqlError.SqlError
}

type Row = Readonly<Record<string, unknown>>

/** What a session must know of its client. */
export interface SessionOptions {
  /** Statements without a complete answer by then lose their connection, unless `StatementDeadline` says otherwise. */
  readonly answerTimeoutMs: number
  /** Ends the connection at once. */
  readonly destroy: () => void
}

interface Notified {
  readonly channel: string
  readonly payload?: string
  readonly processId: number
}

/** An open connection, until `detach`. */
export class ClientSession {
  readonly #client: Client
  readonly #options: SessionOptions
  readonly #onEnd = new Set<(reason: string) => void>()
  #end: string | undefined

  constructor(client: Client, options: SessionOptions) {
    this.#client = client
    this.#options = options
    // A client whose errors nobody hears ends the process.
    client.on("error", this.#failed)
    client.on("end", this.#ended)
  }

  readonly #failed = (cause: Error): void => {
    this.lose(cause.message)
  }

  readonly #ended = (): void => {
    this.lose("the server closed the connection")
  }

  /** Undefined while the connection can be used. */
  get end(): string | undefined {
    return this.#end
  }

  /** Gives the connection up: running statements fail. */
  lose(reason: string): void {
    if (this.#end !== undefined) return
    this.#end = reason
    this.#options.destroy()
    for (const callback of this.#onEnd) callback(reason)
    this.#onEnd.clear()
  }

  /** Takes what it listens to off the client, which has another owner from now on. */
  detach(): void {
    this.#client.removeListener("error", this.#failed)
    this.#client.removeListener("end", this.#ended)
    this.#end ??= "the connection was given back"
  }

  /**
   * Runs statements one after the other in one round trip. Fails with the first refusal; a lost connection is a refusal
   * of the first one. `shown` is the one that the program sees where it records statements.
   */
  batch(statements: ReadonlyArray<Statement>, shown = 0): Effect.Effect<ReadonlyArray<Answer>, Refused> {
    return Effect.flatMap(StatementDeadline, (deadline = this.#options.answerTimeoutMs) =>
      Effect.callback<ReadonlyArray<Answer>, Refused>((resume) => {
        const lost = (reason: string) => resume(Effect.fail({ at: 0, error: connectionError(reason, "query") }))
        if (this.#end !== undefined) {
          lost(this.#end)
          return
        }
        const late = () => this.lose(`PostgreSQL didn't answer within ${deadline} ms`)
        let timer = setTimeout(() => {
          timer = setTimeout(late, graceMs)
        }, deadline)
        const over = () => {
          clearTimeout(timer)
          this.#onEnd.delete(lost)
        }
        this.#onEnd.add(lost)
        const refused = (cause: unknown) => {
          over()
          const { at, cause: why } = cause instanceof BatchFailed ? cause : new BatchFailed(0, cause)
          // What isn't the server's own word leaves the connection in a state that nobody knows.
          if (!isRefusal(why)) this.lose(why instanceof Error ? why.message : "the connection failed")
          resume(Effect.fail({ at, error: sqlError(why, "query") }))
        }
        const batch = new Batch(statements, shown)
        batch.answers.then((answers) => {
          over()
          resume(Effect.succeed(answers))
        }, refused)
        try {
          this.#client.query(batch)
        } catch (cause) {
          batch.handleError(cause)
        }
        return Effect.sync(() => {
          over()
          // Whether the statement runs isn't known, and its answer is meant for nobody.
          this.lose("a statement was interrupted")
        })
      })
    )
  }

  /** One statement, which isn't part of anything. */
  query(text: string, values: ReadonlyArray<unknown> = []): Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError> {
    return this.batch([{ text, values: values.map(encode) }]).pipe(
      Effect.map(([answer]) => (answer === undefined ? [] : rowsOf(answer))),
      Effect.mapError(({ error }) => error)
    )
  }

  /** Fails when the connection is gone. */
  get gone(): Effect.Effect<never, SqlError.SqlError> {
    return Effect.callback((resume) => {
      const ended = (reason: string) => resume(Effect.fail(connectionError(reason, "query")))
      if (this.#end !== undefined) {
        ended(this.#end)
        return
      }
      this.#onEnd.add(ended)
      return Effect.sync(() => {
        this.#onEnd.delete(ended)
      })
    })
  }

  /**
   * The notifications of a channel. The server is asked every `heartbeatMs` whether it is alive; the queue fails when it
   * isn't.
   */
  listen(
    channel: string,
    heartbeatMs: number
  ): Effect.Effect<Queue.Dequeue<Required<Notified>, SqlError.SqlError>, SqlError.SqlError, Scope.Scope> {
    return Effect.gen({ self: this }, function* () {
      const queue = yield* Queue.make<Required<Notified>, SqlError.SqlError>()
      const notified = ({ channel: named, payload = "", processId }: Notified) => {
        if (named === channel) Queue.offerUnsafe(queue, { channel, payload, processId })
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => this.#client.on("notification", notified)),
        () => Effect.sync(() => this.#client.removeListener("notification", notified))
      )
      yield* this.query(`LISTEN "${channel.replaceAll('"', '""')}"`)
      const beat = Effect.andThen(Effect.sleep(heartbeatMs), this.query("SELECT 1"))
      const alive = Effect.raceFirst(Effect.forever(beat), this.gone)
      yield* Effect.forkScoped(Effect.catch(alive, (error) => Effect.asVoid(Queue.fail(queue, error))))
      return queue
    })
  }
}
