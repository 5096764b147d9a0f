/** Attempts that have begun and whose end isn't stored: after a crash they tell what was cut off from what has failed. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.runtime_records ADD COLUMN attempt_open boolean NOT NULL DEFAULT false`,
  `UPDATE backend.runtime_records r SET attempt_open = true
    WHERE status IN ('starting', 'generation_in_progress') AND attempts > 0 AND EXISTS (
      SELECT 1 FROM backend.runtime_operation_log l
      WHERE l.game_id = r.game_id AND l.status = 'started' AND l.op IN ('start', 'turn'))`
]

/** What an earlier version was in the middle of when it ended was cut off too. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
