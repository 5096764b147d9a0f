/** What a player is called by others, as a piece of SQL for the lists of other modules. */
import type { SqlClient } from "effect/sql"

/**
 * Reads the display name of the account with the id in the column, or its user name where it has none. An account that
 * isn't there has the empty name.
 */
export const playerName = (sql: SqlClient.SqlClient, column: string) =>
  sql.literal(
    `COALESCE((SELECT COALESCE(NULLIF(a.display_name, ''), a.user_name) FROM backend.accounts a WHERE a.user_id = ${column}), '')`
  )
