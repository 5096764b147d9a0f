/** Indexes for the mail pruner: finished mails by age, and the references to rows that it deletes. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Changes no data. Writes to the mail tables wait until the indexes are built. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE INDEX mail_deliveries_finished ON backend.mail_deliveries (updated_at)
    WHERE status IN ('sent', 'dead_lettered')`
  yield* sql`CREATE INDEX mail_deliveries_payload ON backend.mail_deliveries (payload_id)`
  yield* sql`CREATE INDEX mail_dead_letters_delivery ON backend.mail_dead_letters (delivery_id)`
})
