/**
 * How many more mails that players cause a player may get today, so that nobody can flood a mailbox.
 *
 * Counted in the caller's transaction, which must hold the recipients' locks (`PushLog.append`): concurrent senders to
 * one recipient wait for each other, and each sees the mails of those before.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect } from "effect"
import type { SqlClient } from "effect/sql"

/** The limits on mails that players cause. docs/decisions/0205 says what they defend against. */
export interface NotificationLimits {
  /** Mails of one kind that a player gets in any 24 hours because of one other player. */
  readonly mailsPerSender: number
  /** Mails of one kind that a player gets in any 24 hours because of all other players together. */
  readonly mailsPerDay: number
  /** Mails of one kind that the operators' address gets in any hour. */
  readonly operatorMailsPerHour: number
}

/** What applies where a host sets nothing. */
export const defaults: NotificationLimits = { mailsPerSender: 5, mailsPerDay: 20, operatorMailsPerHour: 60 }

/** Returns those of the recipients who may get another mail of the kind because of the sender. */
export const withRoom = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  limits: NotificationLimits,
  mail: { readonly kind: string; readonly sender: UserId; readonly recipients: ReadonlyArray<UserId> }
) {
  if (mail.recipients.length === 0) return new Set<UserId>()
  const now = yield* DateTime.now
  // A time in the future comes from a clock that was wrong, and doesn't count as recent.
  const counts = yield* sql<{ user: UserId; fromSender: number; all: number }>`
    SELECT r.user_id AS user, count(*)::int AS all,
      (count(*) FILTER (WHERE n.sender_user_id = ${mail.sender}::uuid))::int AS "fromSender"
    FROM backend.notification_routes r JOIN backend.notifications n USING (notification_id)
    WHERE ${sql.in("r.user_id", mail.recipients)} AND r.channel = 'email' AND r.status = 'enqueued'
      AND r.created_at > ${DateTime.toDateUtc(DateTime.subtract(now, { days: 1 }))}
      AND r.created_at <= ${DateTime.toDateUtc(now)}
      AND n.kind = ${mail.kind} AND n.sender_user_id IS NOT NULL
    GROUP BY r.user_id`
  const full = new Set(
    counts.filter((it) => it.fromSender >= limits.mailsPerSender || it.all >= limits.mailsPerDay).map((it) => it.user)
  )
  return new Set(mail.recipients.filter((it) => !full.has(it)))
})

/**
 * Whether the operators' address may get another mail of the kind. A relay that rejects everything, or strangers who ask
 * for codes to addresses that don't exist, would otherwise flood it.
 */
export const operatorsHaveRoom = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  limits: NotificationLimits,
  kind: string
) {
  const now = yield* DateTime.now
  const [row] = yield* sql<{ count: number }>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM backend.notifications n JOIN backend.notification_routes r USING (notification_id)
      WHERE n.kind = ${kind} AND n.created_at > ${DateTime.toDateUtc(DateTime.subtract(now, { hours: 1 }))}
        AND n.created_at <= ${DateTime.toDateUtc(now)}
        AND r.channel = 'email' AND r.user_id IS NULL AND r.status <> 'skipped'
      LIMIT ${limits.operatorMailsPerHour}::int) recent`
  return (row?.count ?? 0) < limits.operatorMailsPerHour
})
