/** One transaction over your tables and ours. */
import type { Lobby } from "./lobby.ts"
import type { InputOf, Kinds, Notification } from "./kinds.ts"

/**
 * Runs a statement with values as parameters: `` sql`SELECT * FROM club.matches WHERE id = ${id}` ``. Returns the rows.
 * Values of `timestamptz` are `Date`, those of `bigint` are `bigint`.
 *
 * A value is a string, number, `bigint`, boolean, `null`, `Date`, `Uint8Array`, or an array of those; anything else rejects
 * with `StatementRefused` and nothing runs. JSON goes in as text: `` ${JSON.stringify(value)}::text::jsonb ``.
 */
export type Sql = <Row extends object = Record<string, unknown>>(
  strings: TemplateStringsArray,
  ...values: ReadonlyArray<unknown>
) => Promise<ReadonlyArray<Row>>

/** Tells players, by the ways of the kind. Rejects with `NotificationRefused`. */
export type Notify<K extends Kinds> = <Name extends keyof K & string>(
  kind: Name,
  notification: Notification<InputOf<K[Name]>>
) => Promise<void>

/** A value of a statement is an object, so that it can't be a parameter. Nothing was run. */
export class StatementRefused extends Error {
  override readonly name = "StatementRefused"
}

/** The transaction that the call was meant for has ended. Nothing was run. */
export class TransactionOver extends Error {
  override readonly name = "TransactionOver"

  constructor() {
    super("this transaction is over: wait for all of its calls within the function")
  }
}

/**
 * What may be done in a transaction. A call that is made by its end is part of it, whether it is waited for or not.
 * After the end every call rejects with `TransactionOver`.
 */
export interface Transaction<K extends Kinds> {
  readonly sql: Sql
  readonly lobby: Lobby
  readonly notify: Notify<K>
}
