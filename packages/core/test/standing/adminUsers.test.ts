import type { UserId } from "@galaxy/contract/ids/Ids"
import { Accounts } from "@galaxy/core/account/Accounts"
import { newId } from "@galaxy/core/shared/NewId"
import { Sanctions } from "@galaxy/core/standing/Sanctions"
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, type Call, platformOn, refusalOf, surfaces } from "../http/platform.ts"

const base = "/api/v1/admin/users"

const account = (country?: string) =>
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const email = `${yield* newId}@example.org`
    const request = { email, preferredLanguage: "en", timeZone: "UTC", declaredCountry: country }
    return { id: yield* accounts.ensure(request), email }
  })

const idsOf = ({ body, status }: Answer): ReadonlyArray<UserId> => {
  assert.strictEqual(status, 200, JSON.stringify(body))
  return body.users.map((it: { user_id: UserId }) => it.user_id)
}

const found = (call: Call, query: Readonly<Record<string, string>>) =>
  Effect.map(call("admin", "GET", `${base}?${new URLSearchParams(query)}`), idsOf)

const inDays = (days: number) => Effect.map(DateTime.now, (now) => DateTime.formatIso(DateTime.add(now, { days })))

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `users on the admin surface, on ${name}`,
    (it) => {
      it.effect("are found by each of their filters, and by several at once", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const [plain, paid, limited, blocked, deleted] = yield* Effect.all([
            account("AQ"),
            account("AQ"),
            account("AQ"),
            account("AQ"),
            account("AQ")
          ])
          const all = [deleted, blocked, limited, paid, plain].map((it) => it.id)
          yield* call("admin", "POST", `${base}/${paid.id}/entitlements`, {
            plan_code: "paid_yearly",
            is_paid: true,
            source: "purchase",
            ends_at: yield* inDays(30),
            reason: "bought"
          })
          yield* call("admin", "POST", `${base}/${limited.id}/limits`, {
            limit_code: "max_open_games",
            value: 3,
            reason: "too many"
          })
          yield* (yield* Sanctions).apply(blocked.id, "permanent_block", { actor: "root", reason: "spam" })
          yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${deleted.id}`
          yield* sql`UPDATE backend.accounts SET display_name = 'Zed' WHERE user_id = ${plain.id}`
          const here = (query: Readonly<Record<string, string>>) => found(call, { declared_country: "AQ", ...query })
          assert.deepStrictEqual(yield* here({}), all)
          assert.deepStrictEqual(yield* here({ status: "active" }), [limited.id, paid.id, plain.id])
          assert.deepStrictEqual(yield* here({ status: "blocked" }), [blocked.id])
          assert.deepStrictEqual(yield* here({ status: "deleted" }), [deleted.id])
          assert.deepStrictEqual(yield* here({ plan_code: "paid_yearly" }), [paid.id])
          assert.deepStrictEqual(yield* here({ is_paid: "true" }), [paid.id])
          assert.deepStrictEqual(
            yield* here({ is_paid: "false", plan_code: "free" }),
            all.filter((it) => it !== paid.id)
          )
          assert.deepStrictEqual(yield* here({ paid_expires_before: yield* inDays(31) }), [paid.id])
          assert.deepStrictEqual(yield* here({ paid_expires_before: yield* inDays(29) }), [])
          assert.deepStrictEqual(yield* here({ paid_expires_after: yield* inDays(29) }), [paid.id])
          assert.deepStrictEqual(yield* here({ paid_expires_after: yield* inDays(31) }), [])
          assert.deepStrictEqual(yield* here({ sanction_code: "permanent_block" }), [blocked.id])
          assert.deepStrictEqual(yield* here({ limit_code: "max_open_games" }), [limited.id])
          assert.deepStrictEqual(yield* here({ limit_code: "max_open_games", is_paid: "true" }), [])
          assert.deepStrictEqual(yield* found(call, { display_name: "Zed" }), [plain.id])
          assert.deepStrictEqual(yield* found(call, { email: paid.email.toUpperCase() }), [paid.id])
          const shown = (yield* call("admin", "GET", `${base}/${paid.id}`)).body
          assert.deepStrictEqual(yield* found(call, { user_name: shown.user_name }), [paid.id])
          assert.deepInclude(shown, { status: "active", email: paid.email })
          assert.deepInclude(shown.entitlement, { plan_code: "paid_yearly", is_paid: true, source: "purchase" })

          // Not a moment longer than it was given, before any worker has come by.
          yield* Effect.flatMap(MovableClockService, (clock) => clock.advance("31 days"))
          assert.deepStrictEqual(yield* here({ is_paid: "true" }), [])
          assert.deepStrictEqual(yield* here({ plan_code: "paid_yearly" }), [])
          assert.deepStrictEqual(yield* here({ paid_expires_after: "2020-01-01T00:00:00.000Z" }), [])
          assert.deepStrictEqual(yield* here({ plan_code: "free" }), all)
        }).pipe(Effect.scoped)
      )

      it.effect("are listed in pages that miss nobody while others sign up", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const made = yield* Effect.forEach([1, 2, 3, 4, 5], () => account("NZ"))
          const pages: Array<UserId> = []
          let cursor = ""
          do {
            const page = yield* call("admin", "GET", `${base}?declared_country=NZ&limit=2&cursor=${cursor}`)
            pages.push(...idsOf(page))
            cursor = page.body.next_cursor ?? ""
            yield* account("NZ")
          } while (cursor !== "")
          assert.deepStrictEqual(pages, made.map((it) => it.id).toReversed())
        }).pipe(Effect.scoped)
      )

      it.effect("have what an administrator decides about them, with its audit row and without their address", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { id, email } = yield* account()
          const limit = { limit_code: "max_open_games", value: 3, reason: "too many" }
          const tried = yield* call("admin", "POST", `/api/v1/admin/dry-run/users/${id}/limits`, limit)
          assert.deepStrictEqual(tried.body.after.limits, [{ limit_code: "max_open_games", value: 3 }])
          assert.deepStrictEqual((yield* call("admin", "GET", `${base}/${id}`)).body.limits, [])
          for (const _ of [1, 2]) {
            const set = yield* call("admin", "POST", `${base}/${id}/limits`, limit)
            assert.deepStrictEqual(set.body.limits, [{ limit_code: "max_open_games", value: 3 }])
          }
          const lifted = yield* call("admin", "POST", `${base}/${id}/limits/max_open_games/lift`, { reason: "over" })
          assert.deepStrictEqual(lifted.body.limits, [])
          yield* (yield* Sanctions).apply(id, "permanent_block", { actor: "root", reason: "spam" })
          const free = yield* call("admin", "POST", `${base}/${id}/sanctions/permanent_block/lift`, { reason: "sorry" })
          assert.deepStrictEqual([free.body.status, free.body.sanctions], ["active", []])
          const given = { plan_code: "paid_monthly", is_paid: true, source: "gift", reason: "a prize" }
          const entitled = yield* call("admin", "POST", `${base}/${id}/entitlements`, given)
          assert.deepInclude(entitled.body.entitlement, {
            plan_code: "paid_monthly",
            tier: "paid_monthly",
            is_paid: true
          })
          const rows = (yield* call("admin", "GET", `/api/v1/admin/audit?target_id=${id}`)).body.audit
          assert.deepStrictEqual(
            rows.map((it: { action: string; dry_run: boolean }) => [it.action, it.dry_run]),
            [
              ["user.set_entitlement", false],
              ["user.lift_sanction", false],
              ["user.lift_limit", false],
              ["user.set_limit", false],
              ["user.set_limit", false],
              ["user.set_limit", true]
            ]
          )
          assert.notInclude(JSON.stringify(rows), email)
        }).pipe(Effect.scoped)
      )

      it.effect("that are unknown, and what can't be, are refused", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { id } = yield* account()
          const stranger = yield* newId
          const given = { plan_code: "paid_yearly", is_paid: true, source: "gift", reason: "a prize" }
          const refused = (path: string, body?: unknown) =>
            Effect.map(call("admin", body === undefined ? "GET" : "POST", `${base}${path}`, body), refusalOf)
          assert.strictEqual(yield* refused(`/${stranger}`), "not_found")
          assert.strictEqual(yield* refused(`/${stranger}/entitlements`, given), "not_found")
          assert.strictEqual(yield* refused(`/${stranger}/limits/max_open_games/lift`, { reason: "x" }), "not_found")
          assert.strictEqual(yield* refused(`/${id}/limits/max_fun/lift`, { reason: "x" }), "not_found")
          assert.strictEqual(yield* refused(`/${id}/sanctions/frown/lift`, { reason: "x" }), "not_found")
          for (const [path, body] of [
            ["entitlements", { ...given, plan_code: "free" }],
            ["entitlements", { ...given, plan_code: "paid_yearl" }],
            ["entitlements", { ...given, ends_at: "2020-01-01T00:00:00.000Z" }],
            ["entitlements", { plan_code: "paid_yearly", is_paid: true, source: "gift" }],
            ["limits", { limit_code: "max_open_games", value: -1, reason: "x" }],
            ["limits", { limit_code: "max_fun", value: 1, reason: "x" }],
            ["limits", { limit_code: "max_open_games", value: 1 }]
          ] as const) {
            assert.strictEqual(yield* refused(`/${id}/${path}`, body), "invalid_request", JSON.stringify(body))
          }
          for (const query of ["status=gone", "email=nobody", "cursor=abc", "limit=0", "paid_expires_before=soon"]) {
            assert.strictEqual(yield* refused(`?${query}`), "invalid_request", query)
          }
          assert.strictEqual(refusalOf(yield* call("nobody", "GET", base)), "unauthorized")
        }).pipe(Effect.scoped)
      )
    }
  )
})
