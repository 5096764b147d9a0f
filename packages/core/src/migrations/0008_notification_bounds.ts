/**
 * Who caused a notification, so that the mails which players cause can be bounded; indexes for counting them, and for
 * pruning notifications and invites.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  `ALTER TABLE backend.notifications ADD COLUMN sender_user_id uuid`,
  `CREATE INDEX notification_routes_mailed ON backend.notification_routes (user_id, created_at)
    WHERE channel = 'email' AND status = 'enqueued'`,
  `CREATE INDEX notifications_age ON backend.notifications (created_at)`,
  `CREATE INDEX notification_dead_letters_notification ON backend.notification_dead_letters (notification_id)`,
  `CREATE INDEX notification_malformed_intents_age ON backend.notification_malformed_intents (received_at)`,
  `CREATE INDEX invites_decided ON backend.invites (decided_at) WHERE status <> 'pending'`,
  `CREATE INDEX invites_expiry ON backend.invites (expires_at) WHERE status = 'pending'`
]

/** Earlier notifications have no sender. Writes to the tables wait until their indexes are built. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
