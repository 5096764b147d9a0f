/**
 * Which mail carries which notification, and which notices a player has read; indexes for
 * the operators' listings.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  // The mail of a route of channel email; mails are pruned sooner or later than routes, hence no reference.
  `ALTER TABLE backend.notification_routes ADD COLUMN delivery_id uuid`,
  `CREATE INDEX notification_routes_delivery ON backend.notification_routes (delivery_id) WHERE delivery_id IS NOT NULL`,
  `CREATE INDEX notification_routes_user ON backend.notification_routes (user_id, notification_id)`,
  `ALTER TABLE backend.notification_dead_letters ADD COLUMN route_id uuid`,
  `CREATE TABLE backend.notice_reads (
    user_id uuid PRIMARY KEY,
    read_up_to bigint NOT NULL CHECK (read_up_to >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE INDEX mail_deliveries_newest ON backend.mail_deliveries (created_at DESC, delivery_id DESC)`,
  `CREATE INDEX mail_deliveries_status ON backend.mail_deliveries (status, created_at DESC, delivery_id DESC)`,
  `CREATE INDEX mail_deliveries_template ON backend.mail_deliveries (template_id, created_at DESC, delivery_id DESC)`,
  `CREATE INDEX mail_recipients_address ON backend.mail_recipients (address, delivery_id)`,
  `CREATE INDEX mail_dead_letters_newest ON backend.mail_dead_letters (created_at DESC, dead_letter_id DESC)`,
  `CREATE INDEX notifications_newest ON backend.notifications (created_at DESC, notification_id DESC)`,
  `CREATE INDEX notifications_kind ON backend.notifications (kind, created_at DESC, notification_id DESC)`,
  `CREATE INDEX notification_dead_letters_newest ON backend.notification_dead_letters (created_at DESC, dead_letter_id DESC)`,
  `CREATE INDEX notification_malformed_newest ON backend.notification_malformed_intents (created_at DESC, id DESC)`
]

/** Earlier routes name no mail: a mail of theirs that is given up leaves them as they are. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
