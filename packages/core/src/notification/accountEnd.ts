/** When an account ends, notifications to it that haven't been sent by mail or by a channel are skipped. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type AccountEndStep, ownNotices } from "../account/AccountEnd.ts"

/** The notification module's step. It runs before the mail module's, which drops the mails. */
export const accountEnd: Effect.Effect<AccountEndStep, never, SqlClient.SqlClient> = Effect.map(
  SqlClient.SqlClient,
  (sql) => ({
    name: "notification",
    run: Effect.fnUntraced(function* ({ userId }) {
      yield* sql`
        UPDATE backend.notification_routes r SET status = 'skipped'
        FROM backend.mail_deliveries d
        WHERE r.user_id = ${userId} AND r.channel = 'email' AND r.status = 'enqueued'
          AND d.delivery_id = r.delivery_id AND d.status IN ('pending', 'retrying')
          AND NOT starts_with(d.idempotency_key, ${ownNotices})`
      yield* sql`
        UPDATE backend.channel_deliveries SET status = 'skipped', reason = 'account ended', next_attempt_at = NULL
        WHERE user_id = ${userId} AND next_attempt_at IS NOT NULL`
    })
  })
)
