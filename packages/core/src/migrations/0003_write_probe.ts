/** The one row that is written to find out whether the database takes writes. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Creates the table without its row, which the first probe inserts. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE TABLE backend.write_probe (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    written_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`)
})
