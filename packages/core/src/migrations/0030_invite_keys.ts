/** An invite keeps the key that it was asked for with, so that a client that asks again gets the same invite. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.invites ADD COLUMN issue_key text`,
  `CREATE UNIQUE INDEX invites_issue_key ON backend.invites (game_id, issue_key) WHERE issue_key IS NOT NULL`
]

/** Changes no row: nobody asks again for an invite of an earlier version. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
