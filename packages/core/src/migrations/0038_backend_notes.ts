/** What each backend of a cluster says of itself to operators, beside the row that the cluster keeps. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Adds a table. A row without a runner of its address is of a backend that has gone. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE TABLE backend.backend_notes (
    address text PRIMARY KEY,
    release text NOT NULL,
    started_at timestamptz NOT NULL,
    games integer NOT NULL CHECK (games >= 0),
    noted_at timestamptz NOT NULL)`)
})
