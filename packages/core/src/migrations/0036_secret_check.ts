/** By what a backend knows that it has the secret of the others. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Adds two columns. Null until a backend of a cluster has started. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`ALTER TABLE backend.installation
    ADD COLUMN secret_check bytea CHECK (octet_length(secret_check) = 16),
    ADD COLUMN secret_used_at timestamptz`)
})
