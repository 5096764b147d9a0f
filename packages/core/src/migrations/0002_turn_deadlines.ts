/**
 * Why a game's next turn is due when it is, and when that was decided.
 *
 * `next_turn_was` keeps a deadline that the clock of the time couldn't explain, in case it was the clock that was
 * wrong.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.runtime_records
    ADD COLUMN next_turn_why text NOT NULL DEFAULT 'schedule' CHECK (next_turn_why IN ('schedule', 'forced')),
    ADD COLUMN next_turn_skips int NOT NULL DEFAULT 0 CHECK (next_turn_skips >= 0),
    ADD COLUMN next_turn_set_at timestamptz,
    ADD COLUMN next_turn_was timestamptz,
    ADD CHECK ((next_turn_why = 'forced') = (next_turn_skips > 0))`,
  `UPDATE backend.runtime_records SET next_turn_set_at = updated_at WHERE next_turn_at IS NOT NULL`,
  `CREATE INDEX runtime_records_set ON backend.runtime_records (next_turn_set_at) WHERE status = 'running'`
]

/** Existing deadlines count as set by the schedule, at the last update of their row. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
