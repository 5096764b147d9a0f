import { UserId } from "@galaxy/contract/ids/Ids"
import { Accounts } from "@galaxy/core/account/Accounts"
import { newId } from "@galaxy/core/shared/NewId"
import { Entitlements } from "@galaxy/core/standing/Entitlements"
import { Limits, within } from "@galaxy/core/standing/Limits"
import { Sanctions } from "@galaxy/core/standing/Sanctions"
import { Standing } from "@galaxy/core/standing/Standing"
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, DateTime, type Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { account, decision, standingOn } from "./fixture.ts"

const paid = { plan_code: "paid_yearly", is_paid: true, source: "admin" } as const

const planOf = (userId: UserId) =>
  Effect.gen(function* () {
    const { entitlement } = yield* (yield* Accounts).find(userId)
    return [entitlement.plan_code, entitlement.is_paid, entitlement.source]
  })

const snapshotOf = (userId: UserId) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [row] = yield* sql<{ readonly plan_code: string; readonly names: number; readonly due: boolean }>`
      SELECT plan_code, max_registered_race_names AS names, next_change_at IS NOT NULL AS due
      FROM backend.entitlement_snapshots WHERE user_id = ${userId}`
    return row
  })

const advance = (by: Duration.Input) => Effect.flatMap(MovableClockService, (clock) => clock.advance(by))

const inDays = (days: number) => Effect.map(DateTime.now, DateTime.add({ days }))

eachDatabase((name, database) => {
  layer(standingOn(database), { timeout: "240 seconds", excludeTestServices: true })(`records on ${name}`, (it) => {
    it.effect("an entitlement counts from its start to its end, to the moment", () =>
      Effect.gen(function* () {
        const entitlements = yield* Entitlements
        const userId = yield* account
        assert.deepStrictEqual(yield* planOf(userId), ["free", false, "registration"])
        const [starts_at, ends_at] = [yield* inDays(1), yield* inDays(3)]
        assert.isTrue(yield* entitlements.set(userId, { ...paid, starts_at, ends_at }, decision))
        assert.isFalse(yield* entitlements.set(userId, { ...paid, starts_at, ends_at }, decision))
        assert.deepStrictEqual(yield* planOf(userId), ["free", false, "registration"])
        yield* advance("1 day")
        assert.deepStrictEqual(yield* planOf(userId), ["paid_yearly", true, "admin"])
        assert.strictEqual((yield* (yield* Limits).of(userId)).max_registered_race_names.value, 6)
        yield* advance("2 days")
        const { entitlement } = yield* (yield* Accounts).find(userId)
        assert.deepInclude(entitlement, { plan_code: "free", is_paid: false, source: "expiry" })
        assert.isTrue(entitlement.starts_at !== undefined && DateTime.Equivalence(entitlement.starts_at, ends_at))
        assert.strictEqual((yield* (yield* Limits).of(userId)).max_registered_race_names.value, 1)
      })
    )

    it.effect("a snapshot that an older release inserts knows when its account was made", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const userId = yield* account
        yield* sql`DELETE FROM backend.entitlement_snapshots WHERE user_id = ${userId}`
        yield* sql`
          INSERT INTO backend.entitlement_snapshots (user_id, plan_code, is_paid, source, max_registered_race_names,
            max_open_games, max_games_in_play, max_memberships, taken_at)
          VALUES (${userId}, 'free', false, 'registration', 1, 1, 1, 1, now())`
        const [row] = yield* sql`
          SELECT e.account_created_at = a.created_at AS same
          FROM backend.entitlement_snapshots e JOIN backend.accounts a USING (user_id) WHERE user_id = ${userId}`
        assert.deepStrictEqual(row, { same: true })
      })
    )

    it.effect("snapshots are taken again when an entitlement begins or ends", () =>
      Effect.gen(function* () {
        const entitlements = yield* Entitlements
        const userId = yield* account
        const refreshed = Effect.andThen(entitlements.refresh(1_000), snapshotOf(userId))
        yield* entitlements.set(userId, { ...paid, starts_at: yield* inDays(1), ends_at: yield* inDays(3) }, decision)
        assert.deepStrictEqual(yield* refreshed, { plan_code: "free", names: 1, due: true })
        yield* advance("1 day")
        assert.deepStrictEqual(yield* refreshed, { plan_code: "paid_yearly", names: 6, due: true })
        yield* advance("2 days")
        assert.deepStrictEqual(yield* refreshed, { plan_code: "free", names: 1, due: false })
        assert.notInclude(yield* entitlements.refresh(1_000), userId)
      })
    )

    it.effect("a new entitlement replaces all earlier ones from its start on", () =>
      Effect.gen(function* () {
        const entitlements = yield* Entitlements
        const userId = yield* account
        yield* entitlements.set(userId, { ...paid, starts_at: yield* inDays(5) }, decision)
        yield* entitlements.set(userId, paid, decision)
        yield* entitlements.set(userId, { ...paid, plan_code: "paid_monthly", ends_at: yield* inDays(1) }, decision)
        assert.deepStrictEqual(yield* planOf(userId), ["paid_monthly", true, "admin"])
        yield* advance("10 days")
        // Neither the one without an end nor the one that would have begun counts again.
        assert.deepStrictEqual(yield* planOf(userId), ["free", false, "expiry"])
      })
    )

    it.effect("the last one given counts, also after the clock was set back", () =>
      Effect.gen(function* () {
        const [entitlements, clock] = [yield* Entitlements, yield* MovableClockService]
        const userId = yield* account
        yield* entitlements.set(userId, { ...paid, starts_at: yield* inDays(-30) }, decision)
        yield* clock.setWall(-3_600_000)
        yield* entitlements.set(userId, { ...paid, plan_code: "paid_monthly" }, decision)
        assert.deepStrictEqual(yield* planOf(userId), ["paid_monthly", true, "admin"])
        yield* clock.setWall(3_600_000)
        assert.deepStrictEqual(yield* planOf(userId), ["paid_monthly", true, "admin"])
      })
    )

    it.effect("an entitlement that contradicts itself is refused", () =>
      Effect.gen(function* () {
        const entitlements = yield* Entitlements
        const userId = yield* account
        const now = yield* DateTime.now
        for (const given of [
          { ...paid, plan_code: "free" },
          { ...paid, ends_at: now },
          { ...paid, starts_at: yield* inDays(3), ends_at: yield* inDays(2) }
        ]) {
          assert.strictEqual((yield* Effect.flip(entitlements.set(userId, given, decision)))._tag, "EntitlementInvalid")
        }
        const stranger = UserId.make(yield* newId)
        assert.strictEqual((yield* Effect.flip(entitlements.set(stranger, paid, decision)))._tag, "AccountNotFound")
      })
    )

    it.effect("a limit of an administrator's takes precedence until it is lifted", () =>
      Effect.gen(function* () {
        const [limits, sql] = [yield* Limits, yield* SqlClient.SqlClient]
        const userId = yield* account
        const open = Effect.map(limits.of(userId), (it) => it.max_open_games)
        assert.strictEqual(within(yield* open, 7), 7)
        assert.isTrue(yield* limits.set(userId, "max_open_games", 9, decision))
        assert.isFalse(yield* limits.set(userId, "max_open_games", 9, decision))
        assert.isTrue(yield* limits.set(userId, "max_open_games", 8, decision))
        assert.strictEqual(within(yield* open, 7), 8)
        assert.deepStrictEqual((yield* (yield* Accounts).find(userId)).limits, [
          { limit_code: "max_open_games", value: 8 }
        ])
        assert.isTrue(yield* limits.lift(userId, "max_open_games", { actor: "ada", reason: "over" }))
        assert.isFalse(yield* limits.lift(userId, "max_open_games", decision))
        assert.isFalse((yield* open).override)
        const records = yield* sql`
          SELECT value, lifted_by, lift_reason FROM backend.limit_records WHERE user_id = ${userId} ORDER BY value`
        assert.deepStrictEqual(records, [
          { value: 8, lifted_by: "ada", lift_reason: "over" },
          { value: 9, lifted_by: "root", lift_reason: "a reason" }
        ])
      })
    )

    it.effect("a permanent block bars the account until it is lifted", () =>
      Effect.gen(function* () {
        const [sanctions, standing, sql] = [yield* Sanctions, yield* Standing, yield* SqlClient.SqlClient]
        const userId = yield* account
        assert.isTrue(yield* sanctions.apply(userId, "permanent_block", decision))
        assert.isFalse(yield* sanctions.apply(userId, "permanent_block", decision))
        assert.strictEqual(yield* standing.of(userId), "blocked")
        assert.deepStrictEqual(
          (yield* (yield* Accounts).find(userId)).sanctions.map((it) => it.sanction_code),
          ["permanent_block"]
        )
        assert.isTrue(yield* sanctions.lift(userId, "permanent_block", decision))
        assert.isFalse(yield* sanctions.lift(userId, "permanent_block", decision))
        assert.strictEqual(yield* standing.of(userId), "active")
        assert.isTrue(yield* sanctions.apply(userId, "permanent_block", decision))
        const records = yield* sql`SELECT 1 FROM backend.sanction_records WHERE user_id = ${userId}`
        assert.lengthOf(records, 2)
        const stranger = UserId.make(yield* newId)
        const refused = yield* Effect.flip(sanctions.apply(stranger, "permanent_block", decision))
        assert.strictEqual(refused._tag, "AccountNotFound")
      })
    )
  })
})

onPostgres((database) => {
  layer(standingOn(database), { timeout: "240 seconds", excludeTestServices: true })("records under load", (it) => {
    it.effect("of many who decide the same at once, one does", () =>
      Effect.gen(function* () {
        const [sanctions, limits, entitlements] = [yield* Sanctions, yield* Limits, yield* Entitlements]
        const userId = yield* account
        const often = <E>(one: Effect.Effect<boolean, E>) =>
          Effect.map(
            Effect.forEach(Arr.range(1, 20), () => one, { concurrency: "unbounded" }),
            (all) => all.filter((it) => it).length
          )
        assert.strictEqual(yield* often(sanctions.apply(userId, "permanent_block", decision)), 1)
        assert.strictEqual(yield* often(limits.set(userId, "max_memberships", 3, decision)), 1)
        assert.strictEqual(yield* often(entitlements.set(userId, paid, decision)), 1)
        assert.strictEqual(yield* often(sanctions.lift(userId, "permanent_block", decision)), 1)
      })
    )
  })
})
