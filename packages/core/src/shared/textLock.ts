/** Locks of PostgreSQL by a text, for what has no row to lock. */
import type { SqlClient } from "effect/sql"

/**
 * Waits for the lock of the text, and holds it until the transaction ends. Two texts share a lock only by chance, which
 * makes one wait and does no harm otherwise.
 */
export const textLock = (sql: SqlClient.SqlClient, text: string) =>
  sql`SELECT pg_advisory_xact_lock(hashtextextended(${text}, 0))`
