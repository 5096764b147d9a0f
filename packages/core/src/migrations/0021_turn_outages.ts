/** When a backend was last at work, what was last decided about a game, and how many turns a player has missed. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `CREATE TABLE backend.runtime_heartbeat (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    beat_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `ALTER TABLE backend.runtime_records ADD COLUMN last_decision text, ADD COLUMN last_decision_at timestamptz`,
  `ALTER TABLE backend.memberships
    ADD COLUMN missed_turns int NOT NULL DEFAULT 0 CHECK (missed_turns >= 0),
    ADD COLUMN taken_over_at timestamptz`
]

/** The time before the first heartbeat is no outage, and nobody has missed a turn yet. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
