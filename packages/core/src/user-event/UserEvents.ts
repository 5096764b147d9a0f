/**
 * Events of accounts for other services, written with the change that they tell of.
 *
 * They are auxiliary: the accounts themselves are right. An event is a row of the transaction that changes the account,
 * so it is sent if and only if that commits, whichever process has made the change. Rows are written only while a
 * process that sends them (`UserEventOutbox`) has been there in the last days: elsewhere nobody would read them.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"

/** What happens to accounts, by where it is told: the beginning and end of accounts, and everything in between. */
export const userEventTypes = {
  lifecycle: ["account.created", "account.blocked", "account.deleted"],
  domain: ["account.changed", "entitlement.changed", "sanction.changed", "limit.changed"]
} as const

/** One type of `userEventTypes`. */
export type UserEventType = (typeof userEventTypes)[keyof typeof userEventTypes][number]

/** How long events wait for a process that sends them, and how long after its last sign of life they are written. */
export const keepFor = Duration.days(7)

/**
 * Tells of a change in the caller's transaction. `details` are codes of what has changed, such as `limit_code`; never
 * names or addresses. The events of one account are sent in the order of their changes, as long as each is told under
 * the account's row lock.
 */
export const tell = Effect.fnUntraced(function* (
  type: UserEventType,
  userId: UserId,
  details: Readonly<Record<string, string>> = {}
) {
  const sql = yield* SqlClient.SqlClient
  const now = yield* DateTime.now
  const wantedSince = DateTime.toDateUtc(DateTime.subtractDuration(now, keepFor))
  // The signal is PostgreSQL's own: only a separate process listens to it.
  yield* sql`
    WITH told AS (
      INSERT INTO backend.user_events (event_id, event_type, user_id, details, occurred_at, created_at)
      SELECT ${yield* newId}::uuid, ${type}, ${userId}::uuid, ${JSON.stringify(details)}::text::jsonb,
        ${DateTime.toDateUtc(now)}::timestamptz, ${DateTime.toDateUtc(now)}::timestamptz
      WHERE EXISTS (SELECT 1 FROM backend.user_event_sender WHERE seen_at > ${wantedSince})
      RETURNING 1)
    SELECT pg_notify('galaxy_user_events', '') FROM told`
}, StorageError.refail)
