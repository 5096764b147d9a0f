/** The states of games that ended long ago are removed, once each. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.runtime_records ADD COLUMN state_discarded_at timestamptz`,
  `CREATE INDEX games_ended ON backend.games ((coalesce(finished_at, updated_at)))
    WHERE status IN ('finished', 'cancelled')`
]

/** Changes no row: no state has been removed so far. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
