/** Turns that are given up until an operator forces them, and engines that compute for a long time. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.runtime_records
    ADD COLUMN generating_since timestamptz,
    DROP CONSTRAINT runtime_records_status_check,
    ADD CONSTRAINT runtime_records_status_check CHECK (status IN ('starting', 'running', 'generation_in_progress',
      'generation_failed', 'paused', 'start_failed', 'stopped', 'finished'))`
]

/** Changes no row: those of earlier versions have a status that is still valid. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
