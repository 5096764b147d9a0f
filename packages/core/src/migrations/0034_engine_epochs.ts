/** Which run of which engine a game has, on which host; and which incarnation of the platform this database is. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  // Games that were started before have epoch 0: no engine of theirs has a token that can be computed.
  `ALTER TABLE backend.runtime_records
    ADD COLUMN engine_host text,
    ADD COLUMN engine_epoch int NOT NULL DEFAULT 0,
    ADD COLUMN image_id text`,
  // One row. What the server says of itself is noted at the first start.
  `CREATE TABLE backend.installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    incarnation uuid NOT NULL,
    system_identifier text,
    timeline int,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `INSERT INTO backend.installation (incarnation) VALUES (gen_random_uuid())`,
  `CREATE TABLE backend.engine_hosts (
    host_id text PRIMARY KEY,
    draining boolean NOT NULL DEFAULT false,
    seen_at timestamptz
  )`
]

/** Adds the columns and tables. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
