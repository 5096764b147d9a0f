/**
 * Accounts as operators see them: each by its id, deleted ones too, and lists by what they have in common.
 *
 * A list joins accounts with the snapshots of entitlements. A snapshot that has ended counts as the free plan at once.
 */
import type { AdminUser as AdminUserSchema, UserList, UserStatus } from "@galaxy/contract/api/admin/Users"
import { normalForm } from "@galaxy/contract/api/EmailAddress"
import type { LimitCode, SanctionCode } from "@galaxy/contract/api/UserAccount"
import { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import { type CursorInvalid, pageOf, type PagePosition, type PageRequest } from "../shared/Page.ts"
import { withoutNulls } from "../shared/rows.ts"
import { StorageError } from "../shared/StorageError.ts"
import { inForce } from "../standing/records/InForce.ts"
import { freePlan } from "../standing/records/Plans.ts"
import { AccountNotFound } from "./Accounts.ts"

/** An account with its status. */
export type AdminUser = typeof AdminUserSchema.Type

/** What a list is narrowed to; all that are given must match. Names and addresses are compared as a whole. */
export interface UserFilter {
  readonly status?: typeof UserStatus.Type
  readonly declared_country?: string
  readonly plan_code?: string
  readonly is_paid?: boolean
  readonly paid_expires_before?: DateTime.Utc
  readonly paid_expires_after?: DateTime.Utc
  readonly sanction_code?: SanctionCode
  readonly limit_code?: LimitCode
  readonly user_name?: string
  readonly display_name?: string
  /** In any spelling. */
  readonly email?: string
}

/** Reads accounts for operators. */
export class Users extends Context.Service<
  Users,
  {
    /** Joins the caller's transaction, if there is one. */
    find(userId: UserId): Effect.Effect<AdminUser, AccountNotFound | StorageError>
    /** Newest first. */
    list(filter: UserFilter, page: PageRequest): Effect.Effect<typeof UserList.Type, CursorInvalid | StorageError>
  }
>()("@galaxy/core/account/Users") {}

const Row = Schema.Struct({
  user_id: UserId,
  email: Schema.String,
  user_name: Schema.String,
  display_name: Schema.String,
  preferred_language: Schema.String,
  time_zone: Schema.String,
  declared_country: Schema.NullOr(Schema.String),
  mail_kinds_off: Schema.Array(Schema.String),
  barred: Schema.Boolean,
  created_at: Schema.DateTimeUtcFromDate,
  updated_at: Schema.DateTimeUtcFromDate,
  deleted_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

const decode = Schema.decodeUnknownEffect(Schema.Array(Row))

const statusOf = ({ deleted_at, barred }: typeof Row.Type): typeof UserStatus.Type =>
  deleted_at !== null ? "deleted" : barred ? "blocked" : "active"

/** The statement that lists accounts; exported for the test of its plan. */
export const listStatement = (
  sql: SqlClient.SqlClient,
  filter: UserFilter,
  after: PagePosition,
  limit: number,
  now: Date
): Statement.Statement<object> => {
  const ended = sql`(e.ends_at IS NOT NULL AND e.ends_at <= ${now})`
  const paidUntil = (bound: Statement.Fragment) => sql`(e.paid_until > ${now} AND ${bound})`
  const { plan_code, is_paid, paid_expires_after, paid_expires_before, email } = filter
  const statuses = {
    active: sql`a.deleted_at IS NULL AND NOT (a.permanent_block OR a.address_blocked)`,
    blocked: sql`a.deleted_at IS NULL AND (a.permanent_block OR a.address_blocked)`,
    deleted: sql`a.deleted_at IS NOT NULL`
  }
  // Who pays is read in this order from indexes of the snapshots, which know when the account was made.
  const ofPayers =
    is_paid === true ||
    paid_expires_after !== undefined ||
    paid_expires_before !== undefined ||
    (plan_code !== undefined && plan_code !== freePlan)
  const [createdAt, id] = ofPayers ? [sql`e.account_created_at`, sql`e.user_id`] : [sql`a.created_at`, sql`a.user_id`]
  const conditions = [
    sql`(${createdAt}, ${id}) < (${after.createdAt}, ${after.id}::uuid)`,
    filter.status === undefined ? undefined : statuses[filter.status],
    filter.declared_country === undefined ? undefined : sql`a.declared_country = ${filter.declared_country}`,
    plan_code === undefined
      ? undefined
      : plan_code === freePlan
        ? sql`(e.user_id IS NULL OR e.plan_code = ${plan_code} OR ${ended})`
        : sql`(e.plan_code = ${plan_code} AND NOT ${ended})`,
    is_paid === undefined
      ? undefined
      : is_paid
        ? sql`(e.is_paid AND NOT ${ended})`
        : sql`(e.user_id IS NULL OR NOT e.is_paid OR ${ended})`,
    paid_expires_before === undefined
      ? undefined
      : paidUntil(sql`e.paid_until < ${DateTime.toDateUtc(paid_expires_before)}`),
    paid_expires_after === undefined
      ? undefined
      : paidUntil(sql`e.paid_until >= ${DateTime.toDateUtc(paid_expires_after)}`),
    filter.sanction_code === undefined
      ? undefined
      : sql`a.user_id IN (SELECT user_id FROM backend.sanction_active WHERE sanction_code = ${filter.sanction_code})`,
    filter.limit_code === undefined
      ? undefined
      : sql`a.user_id IN (SELECT user_id FROM backend.limit_active WHERE limit_code = ${filter.limit_code})`,
    filter.user_name === undefined ? undefined : sql`a.user_name = ${filter.user_name}`,
    filter.display_name === undefined
      ? undefined
      : sql`(a.display_name = ${filter.display_name} AND a.display_name <> '')`,
    email === undefined ? undefined : sql`a.email = ${normalForm(email) ?? email}`
  ].filter((it) => it !== undefined)
  return sql`
    SELECT a.user_id, a.email, a.user_name, a.display_name, a.preferred_language, a.time_zone, a.declared_country,
      a.mail_kinds_off, a.permanent_block OR a.address_blocked AS barred, a.created_at, a.updated_at, a.deleted_at
    FROM backend.accounts a LEFT JOIN backend.entitlement_snapshots e USING (user_id)
    WHERE ${sql.and(conditions)}
    ORDER BY ${createdAt} DESC, ${id} DESC LIMIT ${limit}`
}

/** `Users` over PostgreSQL. */
export const layer: Layer.Layer<Users, never, SqlClient.SqlClient> = Layer.effect(
  Users,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const shown = Effect.fnUntraced(
      function* (rows: ReadonlyArray<typeof Row.Type>) {
        const standings = yield* inForce(rows.map((it) => it.user_id))
        return rows.flatMap((row): ReadonlyArray<AdminUser> => {
          const standing = standings.get(row.user_id)
          if (standing === undefined) return []
          const { barred: _, ...fields } = row
          return [{ ...withoutNulls(fields), ...standing, status: statusOf(row) }]
        })
      },
      Effect.provideService(SqlClient.SqlClient, sql)
    )

    const find = Effect.fn("Users.find")(function* (userId: UserId) {
      const rows = yield* decode(
        yield* sql`
          SELECT user_id, email, user_name, display_name, preferred_language, time_zone, declared_country,
            mail_kinds_off, permanent_block OR address_blocked AS barred, created_at, updated_at, deleted_at
          FROM backend.accounts WHERE user_id = ${userId}`
      )
      const [user] = yield* shown(rows)
      return user ?? (yield* new AccountNotFound())
    }, StorageError.refail)

    const list = Effect.fn("Users.list")(function* (filter: UserFilter, page: PageRequest) {
      const now = yield* DateTime.nowAsDate
      const { rows, next } = yield* pageOf(
        page,
        (after, limit) => Effect.flatMap(listStatement(sql, filter, after, limit, now), decode),
        (it) => it.user_id
      )
      return { users: yield* shown(rows), ...next }
    }, StorageError.refail)

    return Users.of({ find, list })
  })
)
