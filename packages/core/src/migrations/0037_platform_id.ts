/** By what a platform is known on machines that it shares with others, also after its database was restored. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Adds the column. It never changes: a copy of the database has the same one. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`ALTER TABLE backend.installation ADD COLUMN platform uuid NOT NULL DEFAULT gen_random_uuid()`)
})
