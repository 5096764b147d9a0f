import { AuditLog } from "@galaxy/core/audit/AuditLog"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, type Call, platformOn, refusalOf, surfaces } from "../http/platform.ts"

const versions = "/api/v1/admin/engine-versions"
const dryVersions = "/api/v1/admin/dry-run/engine-versions"

let counter = 0
const version = () => `7.${++counter}.0`

const rowsOf = (call: Call, query: string) =>
  Effect.map(call("admin", "GET", `/api/v1/admin/audit?${query}`), (it: Answer) => it.body.audit)

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `the audit log on ${name}`,
    (it) => {
      it.effect("has a row for a mutation, with the target before and after", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const id = version()
          const request = yield* newId
          const made = yield* call("admin", "POST", versions, { version: id, image_ref: "a", reason: "a new one" })
          assert.strictEqual(made.status, 200)
          const off = yield* call(
            "admin",
            "POST",
            `${versions}/${id}/disable`,
            { reason: "broken" },
            { "x-request-id": request }
          )
          assert.strictEqual(off.status, 200)
          const rows = yield* rowsOf(call, `target_id=${id}`)
          assert.deepStrictEqual(
            rows.map((row: Record<string, unknown>) => [row["action"], row["actor"], row["reason"], row["dry_run"]]),
            [
              ["engine_version.disable", "root", "broken", false],
              ["engine_version.register", "root", "a new one", false]
            ]
          )
          assert.deepStrictEqual([rows[0].before.enabled, rows[0].after.enabled], [true, false])
          assert.deepStrictEqual(yield* rowsOf(call, `request_id=${request}`), [rows[0]])
          assert.deepStrictEqual((yield* call("admin", "GET", `/api/v1/admin/audit/${rows[0].audit_id}`)).body, rows[0])
          assert.strictEqual(refusalOf(yield* call("admin", "GET", `/api/v1/admin/audit/${request}`)), "not_found")
        }).pipe(Effect.scoped)
      )

      it.effect("has a row for what was so already, and the answer says that nothing was changed", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const id = version()
          const header = ({ status, headers }: Answer) => [status, headers.get("x-galaxy-unchanged")]
          const register = yield* call("admin", "POST", versions, { version: id, image_ref: "a" })
          const disable = call("admin", "POST", `${versions}/${id}/disable`)
          const first = yield* disable
          const second = yield* disable
          const again = yield* call("admin", "PATCH", `${versions}/${id}`, { enabled: true, image_ref: "a" })
          const same = yield* call("admin", "PATCH", `${versions}/${id}`, { image_ref: "a" })
          assert.deepStrictEqual([register, first, second, again, same].map(header), [
            [200, null],
            [200, null],
            [200, "true"],
            [200, null],
            [200, "true"]
          ])
          assert.lengthOf(yield* rowsOf(call, `target_id=${id}`), 5)
          const game = {
            game_name: "Twice",
            min_players: 1,
            max_players: 2,
            turn_schedule: "0 6 * * *",
            idempotency_key: yield* newId
          }
          const create = call("admin", "POST", "/api/v1/admin/games", game)
          const made = yield* create
          assert.deepStrictEqual(
            [header(made), header(yield* create)],
            [
              [200, null],
              [200, "true"]
            ]
          )
          const cancel = call("admin", "POST", `/api/v1/admin/games/${made.body.game_id}/cancel`)
          assert.deepStrictEqual(header(yield* cancel), [200, null])
          const root = call("admin", "POST", "/api/v1/admin/admin-accounts/root/enable")
          assert.deepStrictEqual(header(yield* root), [200, "true"])
        }).pipe(Effect.scoped)
      )

      it.effect("has no row for what was refused, and pages without holes", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const id = version()
          yield* call("admin", "POST", versions, { version: id, image_ref: "a" })
          const taken = yield* call("admin", "POST", versions, { version: id, image_ref: "b" })
          assert.strictEqual(refusalOf(taken), "conflict/exists")
          yield* call("admin", "POST", `${versions}/${id}/disable`)
          const first = (yield* call("admin", "GET", `/api/v1/admin/audit?target_id=${id}&limit=1`)).body
          const second = (yield* call(
            "admin",
            "GET",
            `/api/v1/admin/audit?target_id=${id}&limit=1&cursor=${first.next_cursor}`
          )).body
          assert.deepStrictEqual(
            [first.audit[0].action, second.audit[0].action],
            ["engine_version.disable", "engine_version.register"]
          )
          assert.notProperty(second, "next_cursor")
        }).pipe(Effect.scoped)
      )

      it.effect("is never changed", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const log = yield* AuditLog
          const entry = { action: "a.b", target: { kind: "a", id: "1" }, reason: undefined, before: null, after: null }
          const id = yield* log.append(entry, { actor: "root", requestId: "", dryRun: false })
          yield* Effect.flip(sql`DELETE FROM backend.audit_log WHERE audit_id = ${id}`)
          yield* Effect.flip(sql`UPDATE backend.audit_log SET actor = 'nobody' WHERE audit_id = ${id}`)
          yield* Effect.flip(sql`TRUNCATE backend.audit_log`)
        })
      )

      it.effect("tries a mutation without changing anything, and keeps a row of that", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const id = version()
          const tried = yield* call("admin", "POST", dryVersions, { version: id, image_ref: "a" })
          assert.strictEqual(tried.status, 200, JSON.stringify(tried.body))
          assert.deepInclude(tried.body, {
            action: "engine_version.register",
            target_id: id,
            before: null,
            only_checked: []
          })
          assert.deepInclude(tried.body.after, { version: id, image_ref: "a", enabled: true })
          const all = (yield* call("admin", "GET", versions)).body.engine_versions
          assert.notInclude(
            all.map((it: { version: string }) => it.version),
            id
          )
          const rows = yield* rowsOf(call, `target_id=${id}`)
          assert.deepStrictEqual(
            rows.map((row: Record<string, unknown>) => [row["audit_id"], row["dry_run"]]),
            [[tried.body.audit_id, true]]
          )

          const refused = yield* call("admin", "POST", `${dryVersions}/${id}/disable`)
          assert.strictEqual(refusalOf(refused), "not_found")
          assert.strictEqual(
            refusalOf(yield* call("nobody", "POST", dryVersions, { version: id, image_ref: "a" })),
            "unauthorized"
          )
          assert.strictEqual(refusalOf(yield* call("admin", "GET", dryVersions)), "not_found")
        }).pipe(Effect.scoped)
      )

      it.effect("refuses what a page of another site could send", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const body = { version: version(), image_ref: "a" }
          const sent = (headers: Record<string, string>) => call("admin", "POST", versions, body, headers)
          for (const foreign of [
            { "sec-fetch-site": "cross-site" },
            { "sec-fetch-site": "same-site" },
            { origin: "https://evil.example" },
            { origin: "null" }
          ]) {
            assert.strictEqual(refusalOf(yield* sent(foreign)), "forbidden/cross_site", JSON.stringify(foreign))
          }
          assert.strictEqual(
            (yield* sent({ origin: "http://backend", host: "backend", "sec-fetch-site": "same-origin" })).status,
            200
          )
        }).pipe(Effect.scoped)
      )
    }
  )
})
