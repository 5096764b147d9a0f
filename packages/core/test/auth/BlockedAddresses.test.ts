import { BlockedAddresses } from "@galaxy/core/auth/BlockedAddresses"
import { Sessions } from "@galaxy/core/auth/Sessions"
import { newId } from "@galaxy/core/shared/NewId"
import { Standing } from "@galaxy/core/standing/Standing"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { account } from "../account/endFixture.ts"
import { platformOn, refusalOf, surfaces } from "../http/platform.ts"

const path = "/api/v1/admin/blocked-addresses"
const why = { reason: "sends insults" }
const send = "/api/v1/public/auth/send-email-code"

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `blocked addresses on ${name}`,
    (it) => {
      it.effect("are refused a code and end sessions; the table and the audit log hold no address", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          yield* sql`INSERT INTO backend.user_event_sender (seen_at) VALUES (now())`
          const { email, user } = yield* account
          yield* (yield* Sessions).create(user, new Uint8Array(32))
          const blocked = yield* call("admin", "POST", path, { email: email.toUpperCase(), ...why })
          assert.deepInclude(blocked.body, { reason: why.reason, blocked_by: "root" })
          assert.match(blocked.body.address_hash, /^[0-9a-f]{64}$/)
          assert.strictEqual(refusalOf(yield* call("gateway", "POST", send, { email })), "account_permanently_blocked")
          assert.strictEqual((yield* call({ user }, "GET", "/api/v1/user/account")).status, 401)
          assert.lengthOf(
            yield* sql`SELECT 1 FROM backend.device_sessions WHERE user_id = ${user} AND status = 'active'`,
            0
          )

          const again = yield* call("admin", "POST", path, { email, ...why })
          assert.deepStrictEqual(again.body, blocked.body)
          const fresh = `${yield* newId}@example.org`
          yield* call("admin", "POST", path, { email: fresh, ...why })
          assert.strictEqual(
            refusalOf(yield* call("gateway", "POST", send, { email: fresh })),
            "account_permanently_blocked"
          )
          const first = (yield* call("admin", "GET", `${path}?limit=1`)).body
          const second = (yield* call("admin", "GET", `${path}?limit=1&cursor=${first.next_cursor}`)).body
          assert.deepStrictEqual(second.blocked_addresses, [blocked.body])

          const rows = yield* sql`SELECT to_jsonb(b)::text || (SELECT coalesce(string_agg(to_jsonb(a)::text, ''), '')
            FROM backend.audit_log a) AS text FROM backend.blocked_emails b`
          assert.notInclude(JSON.stringify(rows), email)

          const removed = yield* call("admin", "POST", `${path}/remove`, { email, ...why })
          assert.deepStrictEqual(removed.body, { address_hash: blocked.body.address_hash, removed: true })
          const none = yield* call("admin", "POST", `${path}/remove`, { email, ...why })
          assert.strictEqual(none.body.removed, false)
          assert.strictEqual((yield* call("gateway", "POST", send, { email })).status, 200)
          assert.strictEqual((yield* call({ user }, "GET", "/api/v1/user/account")).status, 200)
          const told = yield* sql`
            SELECT event_type, details FROM backend.user_events WHERE user_id = ${user} ORDER BY event_no`
          assert.deepStrictEqual(told.slice(-2), [
            { event_type: "account.blocked", details: { by: "address" } },
            { event_type: "account.changed", details: { changed: "address_block" } }
          ])
          assert.lengthOf(told, 3)
          assert.strictEqual(
            refusalOf(yield* call("admin", "POST", path, { email: "no address", ...why })),
            "invalid_request"
          )
        }).pipe(Effect.scoped)
      )

      it.effect("of earlier versions block before and after they are hashed", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const addresses = yield* BlockedAddresses
          const standing = yield* Standing
          const { email, user } = yield* account
          const twice = `${yield* newId}@example.org`
          for (const old of [email, twice])
            yield* sql`INSERT INTO backend.blocked_emails (email, blocked_at, reason) VALUES (${old}, now(), 'old')`
          const blocks = Effect.all([addresses.isBlocked(email), addresses.isBlocked(twice), standing.of(user)])
          assert.deepStrictEqual(yield* blocks, [true, true, "blocked"])
          yield* addresses.block(twice, { by: "root", reason: "new" })
          while ((yield* addresses.hashSome(1)) > 0);
          assert.deepStrictEqual(yield* blocks, [true, true, "blocked"])
          assert.lengthOf(yield* sql`SELECT 1 FROM backend.blocked_emails WHERE email IS NOT NULL`, 0)
          assert.isTrue(yield* addresses.unblock(email))
          assert.deepStrictEqual(yield* blocks, [false, true, "active"])
        })
      )
    }
  )
})
