/** Whether the engines of games in play answer. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.runtime_records
    ADD COLUMN health text NOT NULL DEFAULT 'unknown' CHECK (health IN ('unknown', 'healthy', 'unhealthy', 'removed')),
    ADD COLUMN health_since timestamptz`
]

/** Engines of before have not been asked yet. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
