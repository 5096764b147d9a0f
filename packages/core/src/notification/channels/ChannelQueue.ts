/**
 * Deliveries by channels, as rows: stored with the fact, claimed for a while, settled once.
 *
 * The claim's token keeps a worker whose lease is over from settling what another one has claimed since.
 */
import type { JsonObject } from "@galaxy/contract/fbs/codec"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { newId } from "../../shared/NewId.ts"

/** A delivery that this worker may attempt. */
export interface Claim {
  readonly deliveryId: string
  readonly token: string
  readonly attempts: number
  readonly userId: UserId
  readonly kind: string
  readonly key: string
  readonly payload: JsonObject
}

/** What became of an attempt. */
export type Settlement =
  | { readonly status: "sent" }
  | { readonly status: "skipped" | "dead_lettered"; readonly reason: string }
  | { readonly status: "retrying"; readonly reason: string; readonly at: Date }

/** Stores one delivery for each channel and recipient in the transaction of the fact. */
export const enqueue = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  notificationId: string,
  channels: ReadonlyArray<string>,
  recipients: ReadonlyArray<UserId>,
  now: Date
) {
  const wanted = channels.flatMap((channel) => recipients.map((user_id) => ({ channel, user_id })))
  if (wanted.length === 0) return
  const rows = yield* Effect.forEach(wanted, (it) => Effect.map(newId, (delivery_id) => ({ delivery_id, ...it })))
  yield* sql`
    INSERT INTO backend.channel_deliveries
      (delivery_id, notification_id, channel, user_id, status, next_attempt_at, created_at, updated_at)
    SELECT r.delivery_id, ${notificationId}::uuid, r.channel, r.user_id, 'pending', ${now}::timestamptz,
      ${now}::timestamptz, ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) AS r(delivery_id uuid, channel text, user_id uuid)`
})

/** What is claimed: due at `now`, leased until `until`. A time beyond `latest` was set by a wrong clock. */
export interface ClaimOptions {
  readonly channel: string
  readonly now: Date
  readonly until: Date
  readonly latest: Date
  readonly limit: number
}

/** Claims due deliveries of a channel, oldest first; counts the attempt. */
export const claim = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, options: ClaimOptions) {
  const token = yield* newId
  return yield* sql<Claim>`
    WITH due AS (
      SELECT delivery_id FROM backend.channel_deliveries
      WHERE channel = ${options.channel} AND next_attempt_at IS NOT NULL
        AND (next_attempt_at <= ${options.now} OR next_attempt_at > ${options.latest})
      ORDER BY next_attempt_at LIMIT ${options.limit}::int FOR UPDATE SKIP LOCKED)
    UPDATE backend.channel_deliveries d
    SET status = 'retrying', attempts = d.attempts + 1, next_attempt_at = ${options.until}, claim_token = ${token},
      updated_at = ${options.now}
    FROM due, backend.notifications n
    WHERE d.delivery_id = due.delivery_id AND n.notification_id = d.notification_id
    RETURNING d.delivery_id AS "deliveryId", d.claim_token AS token, d.attempts, d.user_id AS "userId", n.kind,
      n.idempotency_key AS key, n.payload`
})

/** Stores the outcome; returns false where the claim was lost. */
export const settle = (sql: SqlClient.SqlClient, { deliveryId, token }: Claim, settlement: Settlement, now: Date) => {
  const reason = "reason" in settlement ? settlement.reason : null
  const next = "at" in settlement ? settlement.at : null
  return Effect.map(
    sql`
      UPDATE backend.channel_deliveries
      SET status = ${settlement.status}, reason = ${reason}, next_attempt_at = ${next}::timestamptz,
        claim_token = NULL, updated_at = ${now}
      WHERE delivery_id = ${deliveryId} AND claim_token = ${token} AND next_attempt_at IS NOT NULL
      RETURNING 1`,
    (rows) => rows.length > 0
  )
}
