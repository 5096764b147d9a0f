/** A game keeps what its creation was asked for with, so that a client that asks again gets the same game. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.games ADD COLUMN creation_key text, ADD COLUMN creation_digest text`,
  // The owner of a public game is null; all administrators own it together.
  `CREATE UNIQUE INDEX games_creation ON backend.games (coalesce(owner_user_id::text, ''), creation_key)
    WHERE creation_key IS NOT NULL`
]

/** Changes no row: nobody asks again for a game of an earlier version. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
