/**
 * A connection of a foreign pool as SQL clients use it.
 *
 * Every statement runs in a transaction that begins with settings of our own, which end with it: so nothing that others
 * have left on the connection has a say, and nothing of ours stays on it. Beginning, settings and statement are one
 * round trip.
 */
import { Effect, Stream } from "effect"
import type { SqlConnection, SqlError } from "effect/sql"
import { type Answer, rowsOf, type Statement } from "./Batch.ts"
import type { ClientSession, Refused } from "./ClientSession.ts"
import type { Lease } from "./Lease.ts"
import { encode } from "./parameters.ts"
import { beginning, type Prelude } from "./prelude.ts"
import { sqlError } from "./faults.ts"

type Transform = (<A extends object>(row: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

const begins = /^\s*(?:BEGIN|START\s+TRANSACTION)\b/i
const ends = /^\s*(?:COMMIT|END|ROLLBACK|ABORT)\b(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b)/i
/** What the end of the connection does by itself. */
const undoing = /^(?:ROLLBACK|RELEASE SAVEPOINT)\b/

const statement = (text: string, values: ReadonlyArray<unknown> = []): Statement => ({
  text,
  values: values.map(encode)
})
const rollback = statement("ROLLBACK")
const commit = statement("COMMIT")
const begin = statement(beginning)

const empty: Answer = { command: "", rowCount: 0, oid: null, fields: [], values: [] }

/** One connection on loan. */
export class LeasedConnection implements SqlConnection.Connection {
  readonly #session: ClientSession
  readonly #lease: Lease
  readonly #prelude: Prelude
  #open = false

  constructor(lease: Lease, prelude: Prelude) {
    this.#lease = lease
    this.#session = lease.session
    this.#prelude = prelude
  }

  /** Before it goes back: a transaction that is still open ends with its connection. */
  leave(): void {
    if (this.#open) this.#session.lose("a transaction was left open")
  }

  /** Runs at the beginning of a transaction, and what of an earlier owner's is still open is over. */
  #opening(first: Statement): ReadonlyArray<Statement> {
    const begun = [first, ...this.#prelude.statements]
    return this.#lease.status() === "I" ? begun : [rollback, ...begun]
  }

  #refused({ at, error }: Refused, from: number): SqlError.SqlError {
    return at === from - 1 ? this.#prelude.refusal(error) : error
  }

  #begin(text: string): Effect.Effect<Answer, SqlError.SqlError> {
    const opening = this.#opening(statement(text))
    return this.#session.batch(opening).pipe(
      Effect.tap(() =>
        Effect.sync(() => {
          this.#open = true
        })
      ),
      Effect.as(empty),
      Effect.catch((refused) => Effect.andThen(this.#over, Effect.fail(this.#refused(refused, opening.length))))
    )
  }

  /** Nobody is served by the error of a rollback; without one the connection is given up. */
  get #over(): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.#session.end !== undefined) return Effect.void
      return this.#session.batch([rollback]).pipe(
        Effect.catch(() => Effect.sync(() => this.#session.lose("a transaction couldn't be ended"))),
        Effect.asVoid
      )
    })
  }

  #alone(asked: Statement): Effect.Effect<Answer, SqlError.SqlError> {
    const opening = this.#opening(begin)
    const at = opening.length
    return this.#session.batch([...opening, asked, commit], at).pipe(
      Effect.map((answers) => answers[at] ?? empty),
      Effect.catch((refused) => {
        const error = Effect.fail(this.#refused(refused, at))
        // A commit that fails has ended the transaction.
        return refused.at > at ? error : Effect.andThen(this.#over, error)
      })
    )
  }

  #within(asked: Statement): Effect.Effect<Answer, SqlError.SqlError> {
    const answer = this.#session.batch([asked]).pipe(
      Effect.map(([only = empty]) => only),
      Effect.mapError(({ error }) => error)
    )
    if (!undoing.test(asked.text)) return answer
    return Effect.catch(answer, (error) =>
      // With the connection gone nothing is left to undo, and what ended the transaction is the error to report.
      this.#session.end === undefined ? Effect.fail(error) : Effect.succeed(empty)
    )
  }

  #run(text: string, values: ReadonlyArray<unknown>): Effect.Effect<Answer, SqlError.SqlError> {
    return Effect.suspend(() => {
      if (!this.#open && begins.test(text)) return this.#begin(text)
      let asked: Statement
      try {
        asked = statement(text, values)
      } catch (cause) {
        return Effect.fail(sqlError(cause, "query"))
      }
      if (!this.#open) return undoing.test(text) ? Effect.succeed(empty) : this.#alone(asked)
      if (ends.test(text)) this.#open = false
      return this.#within(asked)
    })
  }

  #rows(text: string, values: ReadonlyArray<unknown>, transform: Transform) {
    return Effect.map(this.#run(text, values), (answer) => {
      const rows = rowsOf(answer)
      return transform === undefined ? rows : transform(rows)
    })
  }

  execute(text: string, values: ReadonlyArray<unknown>, transform: Transform) {
    return this.#rows(text, values, transform)
  }

  executeUnprepared(text: string, values: ReadonlyArray<unknown>, transform: Transform) {
    return this.#rows(text, values, transform)
  }

  executeRaw(text: string, values: ReadonlyArray<unknown>) {
    return Effect.map(this.#run(text, values), (answer) => ({ ...answer, rows: rowsOf(answer) }))
  }

  executeValues(text: string, values: ReadonlyArray<unknown>) {
    return Effect.map(this.#run(text, values), (answer) => answer.values)
  }

  executeValuesUnprepared(text: string, values: ReadonlyArray<unknown>) {
    return this.executeValues(text, values)
  }

  /** Collects all rows first: a statement is answered in one piece. */
  executeStream(text: string, values: ReadonlyArray<unknown>, transform: Transform) {
    return Stream.fromIterableEffect(this.#rows(text, values, transform))
  }
}
