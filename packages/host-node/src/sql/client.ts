/** A client of PostgreSQL over any connections: what all our ways to a database have in common. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, type Scope } from "effect"
import type { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, Statement } from "effect/sql"
import * as PgSession from "./PgSession.ts"

interface PgJson extends Statement.Custom<"PgJson", unknown> {}
const pgJson = Statement.custom<PgJson>("PgJson")

/** Where connections come from, and what of the client depends on them. */
export interface ClientOptions extends Pick<PgClient.PgClient, "config" | "listen"> {
  readonly acquirer: SqlConnection.Acquirer
  readonly borrower?: SqlConnection.Borrower | undefined
  readonly transactionAcquirer: SqlConnection.Acquirer
  /** `BEGIN` when absent. */
  readonly beginTransaction?: string | undefined
  readonly driver: string
  /** The database's name, and where it is, for traces. */
  readonly at: ReadonlyArray<readonly [string, unknown]>
}

/** Makes the client. */
export const make = Effect.fnUntraced(function* ({
  config,
  listen,
  at,
  ...options
}: ClientOptions): Effect.fn.Return<PgClient.PgClient, never, Scope.Scope | Reactivity.Reactivity> {
  const client = yield* SqlClient.make({
    ...options,
    compiler: PgClient.makeCompiler(),
    prepareTransactionControls: true,
    commit: PgSession.commit,
    releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
    spanAttributes: [["db.system.name", "postgresql"], ...at]
  })
  return Object.assign(client, {
    [PgClient.TypeId]: PgClient.TypeId,
    config,
    json: (value: unknown) => Statement.fragment([pgJson(value)]),
    listen,
    notify: (channel: string, payload: string) => Effect.asVoid(client`SELECT pg_notify(${channel}, ${payload})`)
  })
})

/** The client by both of its names. */
export const contextOf = (client: PgClient.PgClient) =>
  Context.make(PgClient.PgClient, client).pipe(Context.add(SqlClient.SqlClient, client))
