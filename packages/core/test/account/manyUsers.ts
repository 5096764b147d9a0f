/** A database full of accounts, and what lists of users read of it: the plan by which each statement is carried out. */
import type { UserFilter } from "@galaxy/core/account/Users"
import * as Users from "@galaxy/core/account/Users"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

/** One statement has only so much time. */
const portion = 10_000

/**
 * Paid plans end within 69 days, in no order. Of 1,000 accounts 10 are deleted, 5 blocked, 42 limited (40 of them alike), 80 have a paid plan for a month and 20 one for a year; one in
 * 20 comes from the same country, and one in 10,000 from a rare one.
 */
const more = (from: number, to: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const numbers = sql`generate_series(${from + 1}::int, ${to}::int) n`
    const id = sql.literal(`('018f0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`)
    yield* sql`
      INSERT INTO backend.accounts (user_id, email, user_name, display_name, preferred_language, time_zone,
        declared_country, permanent_block, created_at, updated_at, deleted_at)
      SELECT ${id}, 'player' || n || '@example.org', 'player-' || n, CASE WHEN n % 3 = 0 THEN 'Name ' || n ELSE '' END,
        'en', 'UTC', CASE WHEN n % 10000 = 1 THEN 'AQ' ELSE chr(65 + n % 20) || 'X' END, n % 200 = 7,
        now() - n * interval '1 second', now(), CASE WHEN n % 100 = 9 THEN now() END
      FROM ${numbers}`
    yield* sql`
      INSERT INTO backend.entitlement_snapshots (user_id, account_created_at, plan_code, is_paid, source, starts_at, ends_at,
        max_registered_race_names, next_change_at, taken_at)
      SELECT ${id}, (SELECT created_at FROM backend.accounts WHERE user_id = ${id}),
        CASE WHEN n % 50 = 1 THEN 'paid_yearly' WHEN n % 25 IN (3, 4) THEN 'paid_monthly' ELSE 'free' END,
        n % 50 = 1 OR n % 25 IN (3, 4), 'test', now(),
        CASE WHEN n % 50 = 1 OR n % 25 IN (3, 4) THEN now() + (n::bigint * 7919 % 100000) * interval '1 minute' END, 1,
        CASE WHEN n % 50 = 1 OR n % 25 IN (3, 4) THEN now() + (n::bigint * 7919 % 100000) * interval '1 minute' END, now()
      FROM ${numbers}`
    yield* sql`
      INSERT INTO backend.sanction_records
        (record_id, user_id, sanction_code, reason, actor_username, applied_at)
      SELECT ${id}, ${id}, 'permanent_block', 'a reason', 'root', now() FROM ${numbers} WHERE n % 200 = 7`
    yield* sql`
      INSERT INTO backend.sanction_active (user_id, sanction_code, record_id)
      SELECT ${id}, 'permanent_block', ${id} FROM ${numbers} WHERE n % 200 = 7`
    yield* sql`
      INSERT INTO backend.limit_records (record_id, user_id, limit_code, value, actor_username, applied_at)
      SELECT ${id}, ${id}, CASE WHEN n % 25 = 12 THEN 'max_games_in_play' ELSE 'max_open_games' END, 1, 'root', now()
      FROM ${numbers} WHERE n % 25 = 12 OR n % 500 = 11`
    yield* sql`
      INSERT INTO backend.limit_active (user_id, limit_code, record_id, value)
      SELECT ${id}, CASE WHEN n % 25 = 12 THEN 'max_games_in_play' ELSE 'max_open_games' END, ${id}, 1
      FROM ${numbers} WHERE n % 25 = 12 OR n % 500 = 11`
  })

const filled = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (let from = 0; from < count; from += portion) yield* more(from, Math.min(from + portion, count))
    for (const table of ["accounts", "entitlement_snapshots", "sanction_active", "limit_active"]) {
      yield* sql.unsafe(`ANALYZE backend.${table}`)
    }
  })

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly Plans?: ReadonlyArray<Plan>
}

const scans = (plan: Plan): ReadonlyArray<Plan> => [
  ...(plan["Relation Name"] === undefined ? [] : [plan]),
  ...(plan.Plans ?? []).flatMap(scans)
]

const page = 51
const newest = { createdAt: new Date(8.64e15 / 2), id: "ffffffff-ffff-ffff-ffff-ffffffffffff" }

const inDays = (days: number) => DateTime.add(DateTime.nowUnsafe(), { days })

/** A list for each filter, and some of several. */
const lists: Readonly<Record<string, UserFilter>> = {
  "all users": {},
  "active users": { status: "active" },
  "blocked users": { status: "blocked" },
  "deleted users": { status: "deleted" },
  "users of a country": { declared_country: "AX" },
  "users of a rare country": { declared_country: "AQ" },
  "users on the free plan": { plan_code: "free" },
  "users on a plan": { plan_code: "paid_yearly" },
  "users on a plan that nobody has": { plan_code: "paid_lifetime" },
  "paying users": { is_paid: true },
  "users who don't pay": { is_paid: false },
  "users whose plan ends in a day": { paid_expires_before: inDays(1) },
  "users whose plan ends at some time": { paid_expires_before: inDays(100) },
  "users whose plan has an end": { paid_expires_after: inDays(0) },
  "users whose plan ends soon": { paid_expires_before: inDays(20) },
  "users whose plan ends late": { paid_expires_after: inDays(40) },
  "users under a sanction": { sanction_code: "permanent_block" },
  "users with a common limit": { limit_code: "max_games_in_play" },
  "users with a limit": { limit_code: "max_open_games" },
  "users with a limit that nobody has": { limit_code: "max_memberships" },
  "a user by name": { user_name: "player-77" },
  "a user by displayed name": { display_name: "Name 99" },
  "a user by address": { email: "player77@example.org" },
  "blocked users of a country": { status: "blocked", declared_country: "HX" },
  "paying users of a rare country": { is_paid: true, declared_country: "AQ" }
}

/** Every list over `count` accounts reads few of them, by an index. */
export const listsUseTheirIndexes = <E>(
  database: Layer.Layer<Database, E>,
  title: string,
  count: number,
  bound: number
) =>
  layer(Layer.provideMerge(Layer.effectDiscard(filled(count)), database), {
    timeout: "1200 seconds",
    excludeTestServices: true
  })(title, (it) => {
    for (const [what, filter] of Object.entries(lists)) {
      it.effect(`${what}: by an index`, () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const now = yield* DateTime.nowAsDate
          const [text, params] = Users.listStatement(sql, filter, newest, page, now).compile()
          const rows = yield* sql.unsafe<{ readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Plan }> }>(
            `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
            params
          )
          const plan = rows[0]?.["QUERY PLAN"][0]?.Plan
          assert.isDefined(plan)
          // These are read in their order, however many match.
          const byEnd = Object.keys(filter).some((it) => it.startsWith("paid_expires"))
          for (const scan of plan === undefined ? [] : scans(plan)) {
            const read = (scan["Actual Rows"] + (scan["Rows Removed by Filter"] ?? 0)) * scan["Actual Loops"]
            const where = `${scan["Node Type"]} on ${scan["Relation Name"]} reads ${read} rows`
            // All sanctions in force have one code, so they may all be read.
            if (scan["Relation Name"] !== "sanction_active") assert.notStrictEqual(scan["Node Type"], "Seq Scan", where)
            assert.isBelow(read, byEnd ? bound / 10 : bound, where)
          }
        })
      )
    }
  })
