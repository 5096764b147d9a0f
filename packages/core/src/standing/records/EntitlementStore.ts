/**
 * The rows of entitlements: a record for each one given, and a snapshot for each account of the one that counts.
 *
 * The newest record that has begun counts until it ends; then the account has the free plan. So a new record replaces
 * all earlier ones from its start on. The snapshot is what listings filter by. It says when it has to be taken again.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import * as UserEvents from "../../user-event/UserEvents.ts"
import { newId } from "../../shared/NewId.ts"
import { StorageError } from "../../shared/StorageError.ts"
import type { Decision } from "./Decision.ts"
import { planAt } from "./InForce.ts"
import { freePlan, limitsOf } from "./Plans.ts"

/** An entitlement to be recorded. Without a start it begins now, without an end it stays. */
export interface NewEntitlement {
  readonly plan_code: string
  readonly is_paid: boolean
  readonly source: string
  readonly starts_at?: DateTime.Utc | undefined
  readonly ends_at?: DateTime.Utc | undefined
}

const Record = Schema.Struct({
  plan_code: Schema.String,
  is_paid: Schema.Boolean,
  source: Schema.String,
  starts_at: Schema.DateTimeUtcFromDate,
  ends_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

const decode = Schema.decodeUnknownEffect(Schema.Array(Record))

const epoch = (instant: DateTime.Utc | null | undefined) => instant?.epochMilliseconds

/** Records from the newest on, as far as they may matter. */
const newest = Effect.fnUntraced(function* (userId: UserId, limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* decode(
    yield* sql`
      SELECT plan_code, is_paid, source, COALESCE(starts_at, created_at) AS starts_at, ends_at
      FROM backend.entitlement_records WHERE user_id = ${userId}
      ORDER BY created_at DESC, record_id DESC LIMIT ${limit}`
  )
})

/** Most records that a snapshot is taken from: far more than anybody gives in advance. */
const mostRecords = 200

/** When another plan will count than at `now`, given the records from the newest on; null if that isn't in sight. */
const nextChange = (records: ReadonlyArray<typeof Record.Type>, now: DateTime.Utc): Date | null => {
  const counts = records.findIndex((it) => !DateTime.isGreaterThan(it.starts_at, now))
  // Those that were recorded before the one that counts never count any more.
  const coming = counts < 0 ? records : records.slice(0, counts)
  const end = records[counts]?.ends_at?.epochMilliseconds ?? 0
  const times = [...coming.map((it) => it.starts_at.epochMilliseconds), ...(end > now.epochMilliseconds ? [end] : [])]
  return times.length === 0 ? null : new Date(Math.min(...times))
}

const storeSnapshot = Effect.fnUntraced(function* (
  userId: UserId,
  records: ReadonlyArray<typeof Record.Type>,
  now: DateTime.Utc
) {
  const sql = yield* SqlClient.SqlClient
  const plan = planAt(
    records.find((it) => !DateTime.isGreaterThan(it.starts_at, now)),
    now
  )
  const snapshot = {
    plan_code: plan.plan_code,
    is_paid: plan.is_paid,
    source: plan.source,
    starts_at: plan.starts_at === undefined ? null : DateTime.toDateUtc(plan.starts_at),
    ends_at: plan.ends_at === undefined ? null : DateTime.toDateUtc(plan.ends_at),
    next_change_at: nextChange(records, now),
    ...limitsOf(plan.plan_code, plan.is_paid),
    taken_at: DateTime.toDateUtc(now)
  }
  yield* sql`
    INSERT INTO backend.entitlement_snapshots (user_id, account_created_at, ${sql.csv(Object.keys(snapshot))})
    VALUES (${userId}, (SELECT created_at FROM backend.accounts WHERE user_id = ${userId}),
      ${sql.csv(Object.values(snapshot).map((it) => sql`${it}`))})
    ON CONFLICT (user_id) DO UPDATE SET ${sql.update(snapshot)}`
})

/** Takes the snapshot of an account's entitlement as it is now. Joins the caller's transaction. */
export const takeSnapshot = Effect.fn("EntitlementStore.takeSnapshot")(function* (userId: UserId) {
  yield* storeSnapshot(userId, yield* newest(userId, mostRecords), yield* DateTime.now)
}, StorageError.refail)

/** Stores a record after all others of the account, also where the clock has been set back since. */
const insert = Effect.fnUntraced(function* (userId: UserId, record: typeof Record.Type, { actor, reason }: Decision) {
  const sql = yield* SqlClient.SqlClient
  const ends = record.ends_at === null ? null : DateTime.toDateUtc(record.ends_at)
  yield* sql`
    INSERT INTO backend.entitlement_records
      (record_id, user_id, plan_code, is_paid, source, starts_at, ends_at, actor, reason, created_at)
    SELECT ${yield* newId}::uuid, ${userId}::uuid, ${record.plan_code}, ${record.is_paid}, ${record.source},
      ${DateTime.toDateUtc(record.starts_at)}::timestamptz, ${ends}::timestamptz, ${actor}, ${reason},
      GREATEST(${yield* DateTime.nowAsDate}::timestamptz, max(created_at) + interval '1 microsecond')
    FROM backend.entitlement_records WHERE user_id = ${userId}`
})

/** Gives a new account what every account begins with. Joins the transaction that makes the account. */
export const begin = Effect.fn("EntitlementStore.begin")(function* (userId: UserId) {
  const now = yield* DateTime.now
  const record = { plan_code: freePlan, is_paid: false, source: "registration", starts_at: now, ends_at: null }
  yield* insert(userId, record, { actor: "system", reason: "" })
  yield* storeSnapshot(userId, [record], now)
}, StorageError.refail)

/**
 * Records an entitlement; returns false, and changes nothing, if the newest record says the same. The caller holds the
 * account's row lock.
 */
export const set = Effect.fn("EntitlementStore.set")(function* (
  userId: UserId,
  given: NewEntitlement,
  decision: Decision
) {
  const [last] = yield* newest(userId, 1)
  const now = yield* DateTime.now
  const same =
    last !== undefined &&
    last.plan_code === given.plan_code &&
    last.is_paid === given.is_paid &&
    last.source === given.source &&
    epoch(last.ends_at) === epoch(given.ends_at) &&
    (given.starts_at === undefined
      ? !DateTime.isGreaterThan(last.starts_at, now)
      : epoch(last.starts_at) === epoch(given.starts_at))
  if (same) return false
  const { starts_at = now, ends_at = null, plan_code, is_paid, source } = given
  yield* insert(userId, { plan_code, is_paid, source, starts_at, ends_at }, decision)
  yield* takeSnapshot(userId)
  yield* UserEvents.tell("entitlement.changed", userId, { plan_code })
  return true
}, StorageError.refail)

/**
 * Locks the accounts whose snapshot has to be taken again, those due longest first; accounts that others have locked are
 * skipped.
 */
export const due = Effect.fn("EntitlementStore.due")(function* (limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly user_id: UserId; readonly deleted: boolean }>`
    SELECT e.user_id, a.deleted_at IS NOT NULL AS deleted
    FROM backend.entitlement_snapshots e JOIN backend.accounts a ON a.user_id = e.user_id
    WHERE e.next_change_at <= ${yield* DateTime.nowAsDate}
    ORDER BY e.next_change_at LIMIT ${limit} FOR NO KEY UPDATE OF a, e SKIP LOCKED`
}, StorageError.refail)
