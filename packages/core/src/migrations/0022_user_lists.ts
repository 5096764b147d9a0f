/** The list of blocked users has those whose address is blocked, too. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `DROP INDEX backend.accounts_blocked`,
  `CREATE INDEX accounts_blocked ON backend.accounts (created_at DESC, user_id DESC)
    WHERE permanent_block OR address_blocked`
]

/** Replaces one index. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
