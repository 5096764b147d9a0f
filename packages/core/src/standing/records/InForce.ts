/**
 * What is in force for accounts at a moment: entitlement, sanctions and limits, read together in one statement.
 *
 * An entitlement is read from its records, so one that has ended or begun counts so at once, whatever the snapshot says.
 */
import type { ActiveLimit, ActiveSanction, Entitlement as EntitlementSchema } from "@galaxy/contract/api/UserAccount"
import { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../../shared/StorageError.ts"
import { freePlan, limitsOf } from "./Plans.ts"

/** The entitlement as the wire shows it. */
export type Entitlement = typeof EntitlementSchema.Type

/** What an account may do and must not do. Sanctions and limits are in the order of their codes. */
export interface InForce {
  readonly entitlement: Entitlement
  readonly sanctions: ReadonlyArray<typeof ActiveSanction.Type>
  readonly limits: ReadonlyArray<typeof ActiveLimit.Type>
}

const instant = Schema.DateTimeUtcFromString

const Row = Schema.Struct({
  user_id: UserId,
  record: Schema.NullOr(
    Schema.Struct({
      plan_code: Schema.String,
      is_paid: Schema.Boolean,
      source: Schema.String,
      starts_at: instant,
      ends_at: Schema.NullOr(instant)
    })
  ),
  sanctions: Schema.Array(Schema.Struct({ sanction_code: Schema.String, applied_at: instant })),
  limits: Schema.Array(Schema.Struct({ limit_code: Schema.String, value: Schema.Int }))
})

const decode = Schema.decodeUnknownEffect(Schema.Array(Row))

interface Plan {
  readonly plan_code: string
  readonly is_paid: boolean
  readonly source: string
  readonly starts_at?: DateTime.Utc
  readonly ends_at?: DateTime.Utc
}

/** A plan with what it grants. */
export const entitlementOf = (plan: Plan): Entitlement => ({
  tier: plan.plan_code,
  ...plan,
  ...limitsOf(plan.plan_code, plan.is_paid)
})

/** A record of an entitlement that has begun. */
interface Begun {
  readonly plan_code: string
  readonly is_paid: boolean
  readonly source: string
  readonly starts_at: DateTime.Utc
  readonly ends_at: DateTime.Utc | null
}

/** The plan that counts at a time, given the newest record that has begun by then: its own until it ends. */
export const planAt = (record: Begun | undefined, now: DateTime.Utc): Plan => {
  if (record === undefined) return { plan_code: freePlan, is_paid: false, source: "registration" }
  const { plan_code, is_paid, source, starts_at, ends_at } = record
  if (ends_at === null) return { plan_code, is_paid, source, starts_at }
  return DateTime.isGreaterThan(ends_at, now)
    ? { plan_code, is_paid, source, starts_at, ends_at }
    : { plan_code: freePlan, is_paid: false, source: "expiry", starts_at: ends_at }
}

/** Of accounts that nothing was ever stored about, too: they have the free plan. */
export const inForce = Effect.fn("standing.inForce")(function* (userIds: ReadonlyArray<UserId>) {
  if (userIds.length === 0) return new Map<UserId, InForce>()
  const sql = yield* SqlClient.SqlClient
  const now = yield* DateTime.now
  const rows = yield* decode(
    yield* sql`
      SELECT u.user_id::uuid AS user_id,
        (SELECT jsonb_build_object('plan_code', r.plan_code, 'is_paid', r.is_paid, 'source', r.source,
            'starts_at', COALESCE(r.starts_at, r.created_at), 'ends_at', r.ends_at)
          FROM backend.entitlement_records r
          WHERE r.user_id = u.user_id::uuid AND COALESCE(r.starts_at, r.created_at) <= ${DateTime.toDateUtc(now)}
          ORDER BY r.created_at DESC, r.record_id DESC LIMIT 1) AS record,
        COALESCE((
          SELECT jsonb_agg(jsonb_build_object('sanction_code', s.sanction_code, 'applied_at', r.applied_at)
            ORDER BY s.sanction_code)
          FROM backend.sanction_active s JOIN backend.sanction_records r USING (record_id)
          WHERE s.user_id = u.user_id::uuid), '[]') AS sanctions,
        COALESCE((
          SELECT jsonb_agg(jsonb_build_object('limit_code', l.limit_code, 'value', l.value) ORDER BY l.limit_code)
          FROM backend.limit_active l WHERE l.user_id = u.user_id::uuid), '[]') AS limits
      FROM jsonb_array_elements_text(${JSON.stringify(userIds)}::text::jsonb) AS u (user_id)`
  )
  return new Map(
    rows.map(({ user_id, record, sanctions, limits }): readonly [UserId, InForce] => [
      user_id,
      { entitlement: entitlementOf(planAt(record ?? undefined, now)), sanctions, limits }
    ])
  )
}, StorageError.refail)
