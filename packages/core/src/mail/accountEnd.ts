/** When an account ends, mails to it that haven't been sent are dropped, login codes among them. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type AccountEndStep, ownNotices } from "../account/AccountEnd.ts"

/** The mail module's step. A mail that is being sent at this moment is not stopped. */
export const accountEnd: Effect.Effect<AccountEndStep, never, SqlClient.SqlClient> = Effect.map(
  SqlClient.SqlClient,
  (sql) => ({
    name: "mail",
    run: Effect.fnUntraced(function* ({ email }) {
      const rows = yield* sql<{ delivery: string; payload: string }>`
        SELECT d.delivery_id AS delivery, d.payload_id AS payload FROM backend.mail_deliveries d
        WHERE d.status IN ('pending', 'retrying') AND NOT starts_with(d.idempotency_key, ${ownNotices})
          AND d.delivery_id IN (
          SELECT delivery_id FROM backend.mail_recipients WHERE address = ${email})
        ORDER BY d.delivery_id FOR UPDATE`
      if (rows.length === 0) return
      const deliveries = rows.map((it) => it.delivery)
      yield* sql`DELETE FROM backend.mail_dead_letters WHERE ${sql.in("delivery_id", deliveries)}`
      yield* sql`DELETE FROM backend.mail_attempts WHERE ${sql.in("delivery_id", deliveries)}`
      yield* sql`DELETE FROM backend.mail_recipients WHERE ${sql.in("delivery_id", deliveries)}`
      yield* sql`DELETE FROM backend.mail_deliveries WHERE ${sql.in("delivery_id", deliveries)}`
      yield* sql`DELETE FROM backend.mail_payloads WHERE ${sql.in(
        "payload_id",
        rows.map((it) => it.payload)
      )}`
    })
  })
)
