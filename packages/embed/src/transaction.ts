/** One transaction over your tables and ours. */
import type { Lobby } from "./lobby.ts"
import type { InputOf, Kinds, Notification } from "./kinds.ts"

/**
 * Runs a statement with values as parameters: `` sql`SELECT * FROM club.matches WHERE id = ${id}` ``. Returns the rows.
 * Values of `timestamptz` are `Date`, those of `bigint` are `bigint`.
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

/** What may be done in a transaction. After its end every call rejects. */
export interface Transaction<K extends Kinds> {
  readonly sql: Sql
  readonly lobby: Lobby
  readonly notify: Notify<K>
}
