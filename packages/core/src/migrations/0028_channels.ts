/** Deliveries of notifications by channels of the embedding program. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const statements = [
  // A delivery is due at next_attempt_at, which is also the end of a lease; one that is over has none.
  `CREATE TABLE backend.channel_deliveries (
    delivery_id uuid PRIMARY KEY,
    notification_id uuid NOT NULL REFERENCES backend.notifications,
    channel text NOT NULL,
    user_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'retrying', 'sent', 'skipped', 'dead_lettered')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    claim_token uuid,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (notification_id, channel, user_id),
    CHECK ((status IN ('pending', 'retrying')) = (next_attempt_at IS NOT NULL))
  )`,
  `CREATE INDEX channel_deliveries_due ON backend.channel_deliveries (channel, next_attempt_at)
    WHERE next_attempt_at IS NOT NULL`,
  `CREATE INDEX channel_deliveries_user ON backend.channel_deliveries (user_id)`
]

/** Creates the table, which is empty where no program has channels. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const statement of statements) yield* sql.unsafe(statement)
})
