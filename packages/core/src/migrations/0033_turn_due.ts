/** When a turn was due, beside when it was made: what was late can be told from the log. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Unknown of the turns that were made before, and of those that were asked for ahead of their time. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`ALTER TABLE backend.runtime_operation_log ADD COLUMN due_at timestamptz`)
})
