/**
 * Statements that go to the server in one piece, and are answered in one.
 *
 * It writes the messages of the extended protocol itself, as `pg-cursor` does: so types of values are ours, several
 * statements cost one round trip, and the first that fails keeps the server from running those after it.
 */
import type { Encoded } from "./parameters.ts"
import type { WireLike } from "./PoolLike.ts"
import { readerOf } from "./textValues.ts"

/** One statement and its values. */
export interface Statement {
  readonly text: string
  readonly values: ReadonlyArray<Encoded>
}

/** What a statement returned. */
export interface Answer {
  /** Such as `INSERT`, or `ROLLBACK` to a `COMMIT` that couldn't. */
  readonly command: string
  readonly rowCount: number
  readonly oid: null
  readonly fields: ReadonlyArray<{ readonly name: string; readonly dataTypeId: number }>
  readonly values: ReadonlyArray<ReadonlyArray<unknown>>
}

/** The batch has ended early, at the statement with this index. */
export class BatchFailed extends Error {
  override readonly name = "BatchFailed"
  readonly at: number

  constructor(at: number, cause: unknown) {
    super("a statement failed", { cause })
    this.at = at
  }
}

interface Column {
  readonly name: string
  readonly dataTypeID: number
  readonly format: string
}

/** For `client.query`, once. Its other members are what node-postgres calls. */
export class Batch {
  /** What programs that record statements may show. */
  readonly text: string
  readonly answers: Promise<ReadonlyArray<Answer>>
  /** Set by node-postgres, to learn of the end. */
  callback: (() => void) | undefined
  readonly #statements: ReadonlyArray<Statement>
  readonly #settled = Promise.withResolvers<ReadonlyArray<Answer>>()
  readonly #done: Array<Answer> = []
  #columns: ReadonlyArray<Column> = []
  #readers: ReadonlyArray<(text: string) => unknown> = []
  #rows: Array<ReadonlyArray<unknown>> = []
  #fault: unknown

  constructor(statements: ReadonlyArray<Statement>, shown: number) {
    this.#statements = statements
    this.text = statements[shown]?.text ?? ""
    this.answers = this.#settled.promise
  }

  submit(wire: WireLike): null {
    wire.stream?.cork?.()
    try {
      for (const { text, values } of this.#statements) {
        wire.parse({ text, name: "", types: values.map(({ oid }) => oid) })
        wire.bind({ values: values.map(({ value }) => value), binary: false })
        wire.describe({ type: "P", name: "" })
        wire.execute({})
      }
      wire.sync()
    } catch (cause) {
      // A client of another kind, such as that of `pg-native`, has no such messages.
      this.handleError(cause)
    } finally {
      wire.stream?.uncork?.()
    }
    return null
  }

  handleRowDescription({ fields }: { readonly fields: ReadonlyArray<Column> }): void {
    this.#columns = fields
    this.#readers = fields.map(({ dataTypeID }) => readerOf(dataTypeID))
    if (fields.some(({ format }) => format !== "text")) this.#fault = new TypeError("the pool answers in bytes")
  }

  handleDataRow({ fields }: { readonly fields: ReadonlyArray<string | null> }): void {
    if (this.#fault !== undefined) return
    try {
      this.#rows.push(fields.map((text, at) => (text === null ? null : this.#readers[at]?.(text))))
    } catch (cause) {
      this.#fault = cause
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const [, command = "", count] = /^([A-Z ]+?)(?: \d+)?(?: (\d+))?$/.exec(text) ?? []
    this.#done.push({
      command,
      rowCount: Number(count ?? /\d+$/.exec(text)?.[0] ?? 0),
      oid: null,
      fields: this.#columns.map(({ name, dataTypeID }) => ({ name, dataTypeId: dataTypeID })),
      values: this.#rows
    })
    this.#columns = []
    this.#readers = []
    this.#rows = []
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: "" })
  }

  handlePortalSuspended(): void {}

  handleCopyInResponse(wire: WireLike): void {
    wire.sendCopyFail("nothing is copied here")
  }

  handleCopyData(): void {}

  handleError(cause: unknown): void {
    this.#settled.reject(new BatchFailed(this.#done.length, cause))
    this.callback?.()
  }

  handleReadyForQuery(): void {
    if (this.#fault === undefined) this.#settled.resolve(this.#done)
    else this.#settled.reject(new BatchFailed(this.#done.length - 1, this.#fault))
    this.callback?.()
  }
}

/** Rows by the names of their columns. */
export const rowsOf = ({ fields, values }: Answer): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  values.map((row) => Object.fromEntries(fields.map(({ name }, at) => [name, row[at]])))
