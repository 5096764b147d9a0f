/** When a deleted account's personal data was erased. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.accounts ADD COLUMN erased_at timestamptz`,
  `CREATE INDEX accounts_to_erase ON backend.accounts (deleted_at) WHERE deleted_at IS NOT NULL AND erased_at IS NULL`
]

/** Accounts that were deleted earlier are erased in their time, counted from their deletion. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
