/** Runtimes keep what their engines tell of the ruleset. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Games in play learn theirs with the next turn. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`ALTER TABLE backend.runtime_records ADD COLUMN ruleset text`)
})
