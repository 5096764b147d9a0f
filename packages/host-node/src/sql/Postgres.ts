/** A PostgreSQL server through a pool of wire-protocol connections. */
import { PgClient } from "@effect/sql-pg"
import { Redacted } from "effect"

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  readonly maxConnections?: number
}

export const layer = (options: PostgresOptions) =>
  PgClient.layer({
    url: Redacted.make(options.url),
    maxConnections: options.maxConnections ?? 10,
    applicationName: "galaxy"
  })
