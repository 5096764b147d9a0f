/** Indexes for forgetting mails: what is finished by its age, and where other rows refer to what goes. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE INDEX mail_deliveries_finished ON backend.mail_deliveries (updated_at)
    WHERE status IN ('sent', 'dead_lettered')`
  yield* sql`CREATE INDEX mail_deliveries_payload ON backend.mail_deliveries (payload_id)`
  yield* sql`CREATE INDEX mail_dead_letters_delivery ON backend.mail_dead_letters (delivery_id)`
})
