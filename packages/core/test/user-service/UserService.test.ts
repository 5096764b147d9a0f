import { gatewayTokenHeader } from "@galaxy/contract/api/Identity"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { UserEventOutbox } from "@galaxy/core/user-event/UserEventOutbox"
import { newId } from "@galaxy/core/shared/NewId"
import * as webCrypto from "@galaxy/core/shared/webCrypto"
import { AccountEnds } from "@galaxy/core/account/AccountEnds"
import { addressTurn } from "@galaxy/core/auth/addressTurn"
import { keyedHash } from "@galaxy/core/auth/keyedHash"
import * as userServiceRoutes from "@galaxy/core/user-service/http/userService"
import * as UserListing from "@galaxy/core/user-service/UserListing"
import * as UserService from "@galaxy/core/user-service/UserService"
import { type Database, eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Effect, Fiber, Layer, Logger, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"

const base = "/api/v1/internal/users"
const token = "a service's token"

const serviceOn = <E>(database: Layer.Layer<Database, E>, options: UserService.UserServiceOptions = {}) =>
  UserListing.layer.pipe(
    Layer.provideMerge(Layer.effectDiscard(Effect.flatMap(UserEventOutbox, (it) => it.announce))),
    Layer.provideMerge(UserService.layer(options)),
    Layer.provideMerge(Logger.layer([])),
    Layer.provideMerge(database)
  )

interface Answer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of every form
  readonly body: any
}

const surface = Effect.gen(function* () {
  const context = yield* Effect.context<Layer.Success<ReturnType<typeof serviceOn>>>()
  const app = userServiceRoutes
    .layer({ callers: { gatewayToken: Redacted.make(token) }, requestTimeout: "20 seconds" })
    .pipe(Layer.provide(Layer.succeedContext(context)), Layer.provide(HttpServer.layerServices))
  const { handler } = yield* Effect.acquireRelease(
    Effect.sync(() => HttpRouter.toWebHandler(app, { disableLogger: true })),
    ({ dispose }) => Effect.promise(dispose)
  )
  return (method: string, path: string, body?: unknown, given = token) =>
    Effect.promise(async (): Promise<Answer> => {
      const response = await handler(
        new Request(`http://users${path}`, {
          method,
          headers: { [gatewayTokenHeader]: given, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
      )
      const text = await response.text()
      return { status: response.status, body: text === "" ? {} : JSON.parse(text) }
    })
})

const typesOf = (userId: UserId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{ type: string }>`
        SELECT event_type AS type FROM backend.user_events WHERE user_id = ${userId} ORDER BY event_no`,
      (rows) => rows.map((it) => it.type)
    )
  )

const secret = Redacted.make(new Uint8Array(32).fill(7))
const decided = { reason: "a reason", actor: "admin:root" }

eachDatabase((name, database) => {
  layer(serviceOn(database, { secret }), { timeout: "240 seconds" })(`the user service on ${name}`, (it) => {
    it.effect("ensures and resolves an address, and tells of a new account once", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const email = `${yield* newId}@example.org`
        const resolve = call("POST", `${base}/resolve-by-email`, { email: email.toUpperCase() })
        assert.deepStrictEqual((yield* resolve).body, { status: "unknown" })
        const first = yield* call("POST", `${base}/ensure-by-email`, {
          email,
          preferred_language: "pt-br",
          time_zone: "Europe/Berlin",
          declared_country: "DE"
        })
        const { user_id } = first.body
        assert.deepStrictEqual(first.body, { user_id, created: true, status: "active" })
        const again = yield* call("POST", `${base}/ensure-by-email`, { email, time_zone: "UTC" })
        assert.deepStrictEqual(again.body, { user_id, created: false, status: "active" })
        assert.deepStrictEqual((yield* resolve).body, { status: "active", user_id })
        const account = (yield* call("GET", `${base}/${user_id}/account-internal`)).body
        assert.deepInclude(account, { email, preferred_language: "pt-BR", declared_country: "DE" })
        assert.deepStrictEqual(yield* typesOf(user_id), ["account.created"])
      }).pipe(Effect.scoped)
    )

    it.effect("changes profile, settings, plan and limits, and tells only of changes", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const { user_id } = (yield* call("POST", `${base}/ensure-by-email`, { email: `${yield* newId}@example.org` }))
          .body
        const at = `${base}/${user_id}`
        assert.strictEqual((yield* call("PATCH", `${at}/profile`, { display_name: " Ada " })).body.display_name, "Ada")
        const settings = yield* call("PATCH", `${at}/settings`, { time_zone: "asia/tokyo" })
        assert.strictEqual(settings.body.time_zone, "Asia/Tokyo")
        assert.strictEqual((yield* call("PATCH", `${at}/settings`, { time_zone: "Mars" })).status, 400)
        const plan = { plan_code: "paid_yearly", is_paid: true, source: "purchase", ...decided }
        for (const _ of [1, 2]) {
          assert.strictEqual(
            (yield* call("POST", `${at}/entitlements`, plan)).body.entitlement.plan_code,
            "paid_yearly"
          )
        }
        const limit = { limit_code: "max_memberships", value: 2, ...decided }
        for (const _ of [1, 2]) {
          const set = yield* call("POST", `${at}/limits`, limit)
          assert.deepStrictEqual(set.body.limits, [{ limit_code: "max_memberships", value: 2 }])
        }
        assert.deepStrictEqual((yield* call("POST", `${at}/limits/max_memberships/lift`, decided)).body.limits, [])
        assert.deepStrictEqual(yield* typesOf(user_id), [
          "account.created",
          "account.changed",
          "account.changed",
          "entitlement.changed",
          "limit.changed",
          "limit.changed"
        ])
        const listed = (yield* call("GET", `${base}?plan_code=paid_yearly&display_name=Ada`)).body.users
        assert.deepStrictEqual(
          listed.map((it: { user_id: UserId }) => it.user_id),
          [user_id]
        )
        const sql = yield* SqlClient.SqlClient
        const records = yield* sql`
          SELECT actor, reason FROM backend.entitlement_records WHERE user_id = ${user_id} AND plan_code = 'paid_yearly'`
        assert.deepStrictEqual(records, [{ actor: "admin:root", reason: "a reason" }])
      }).pipe(Effect.scoped)
    )

    it.effect("blocks and deletes, ends the sessions at once, and leaves the rest to a backend", () =>
      Effect.gen(function* () {
        const [call, sql] = [yield* surface, yield* SqlClient.SqlClient]
        const { user_id } = (yield* call("POST", `${base}/ensure-by-email`, { email: `${yield* newId}@example.org` }))
          .body
        const at = `${base}/${user_id}`
        const session = yield* newId
        yield* sql`
          INSERT INTO backend.device_sessions (device_session_id, user_id, client_public_key, status)
          VALUES (${session}, ${user_id}, ${new Uint8Array(32)}, 'active')`
        yield* sql`
          INSERT INTO backend.race_names (race_name_id, name, canonical, status, owner_user_id, registered_at)
          VALUES (${yield* newId}, 'Zorg', ${`zorg${session}`}, 'registered', ${user_id}, now())`
        const sanction = { sanction_code: "permanent_block", ...decided }
        for (const _ of [1, 2]) {
          assert.strictEqual((yield* call("POST", `${at}/sanctions`, sanction)).body.status, "blocked")
        }
        const left = yield* sql`
          SELECT (SELECT status FROM backend.device_sessions WHERE device_session_id = ${session}) AS session,
            (SELECT count(*)::int FROM backend.race_names WHERE owner_user_id = ${user_id}) AS names,
            (SELECT count(*)::int FROM backend.account_ends WHERE user_id = ${user_id} AND completed_at IS NULL) AS open`
        assert.deepStrictEqual(left, [{ session: "revoked", names: 1, open: 1 }])
        assert.strictEqual(yield* (yield* AccountEnds).repeat, false)
        const lifted = yield* call("POST", `${at}/sanctions/permanent_block/lift`, decided)
        assert.strictEqual(lifted.body.status, "active")
        for (const _ of [1, 2]) assert.strictEqual((yield* call("POST", `${at}/delete`, decided)).status, 204)
        assert.strictEqual((yield* call("GET", at)).body.status, "deleted")
        assert.strictEqual((yield* call("GET", `${at}/account-internal`)).status, 404)
        assert.strictEqual((yield* call("PATCH", `${at}/profile`, { display_name: "Ada" })).status, 404)
        assert.deepStrictEqual(yield* typesOf(user_id), [
          "account.created",
          "sanction.changed",
          "account.blocked",
          "sanction.changed",
          "account.deleted"
        ])
      }).pipe(Effect.scoped)
    )

    it.effect("knows blocked addresses, and makes no account for one", () =>
      Effect.gen(function* () {
        const [call, sql] = [yield* surface, yield* SqlClient.SqlClient]
        const email = `${yield* newId}@example.org`
        const hash = yield* Effect.provide(keyedHash(secret, "blocked-address", email), webCrypto.layer)
        yield* sql`
          INSERT INTO backend.blocked_emails (blocked_address_id, address_hash, reason, blocked_at, created_at)
          VALUES (${yield* newId}, ${hash}, 'a reason', now(), now())`
        assert.deepStrictEqual((yield* call("POST", `${base}/resolve-by-email`, { email })).body, { status: "blocked" })
        const refused = yield* call("POST", `${base}/ensure-by-email`, { email })
        assert.strictEqual(refused.body.error.code, "account_permanently_blocked")
      }).pipe(Effect.scoped)
    )

    it.effect("refuses strangers and unknown accounts, and has no probes", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const stranger = yield* newId
        assert.strictEqual((yield* call("GET", base, undefined, "another token")).status, 401)
        for (const path of ["/healthz", "/readyz", "/api/v1/admin/users", `${base}/${stranger}`, `${base}/42`]) {
          assert.strictEqual((yield* call("GET", path)).status, 404, path)
        }
        assert.strictEqual((yield* call("POST", `${base}/${stranger}/delete`, decided)).status, 404)
        assert.strictEqual((yield* call("POST", `${base}/ensure-by-email`, { email: "nobody" })).status, 400)
        assert.strictEqual((yield* call("DELETE", `${base}/${stranger}`)).status, 405)
      }).pipe(Effect.scoped)
    )
  })
})

onPostgres((database) => {
  layer(serviceOn(database, { secret }), { timeout: "240 seconds" })("calls of the user service at once", (it) => {
    it.effect("no account is made of an address that is being blocked", () =>
      Effect.gen(function* () {
        const [call, sql] = [yield* surface, yield* SqlClient.SqlClient]
        const email = `${yield* newId}@example.org`
        const hash = yield* Effect.provide(keyedHash(secret, "blocked-address", email), webCrypto.layer)
        const waiting = sql`
          SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
        const asked = yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* addressTurn(sql, email)
            const fiber = yield* Effect.forkScoped(call("POST", `${base}/ensure-by-email`, { email }))
            // Until it waits for the block, or doesn't.
            while ((yield* waiting).length === 0 && fiber.pollUnsafe() === undefined) yield* Effect.yieldNow
            yield* sql`
              INSERT INTO backend.blocked_emails (blocked_address_id, address_hash, reason, blocked_at, created_at)
              VALUES (${yield* newId}, ${hash}, 'a reason', now(), now())`
            return fiber
          })
        )
        const refused = yield* Fiber.join(asked)
        assert.strictEqual(refused.body.error?.code, "account_permanently_blocked", JSON.stringify(refused.body))
        assert.lengthOf(yield* sql`SELECT 1 FROM backend.accounts WHERE email = ${email}`, 0)
      }).pipe(Effect.scoped)
    )

    it.effect("makes one account of an address that many ensure at once", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const email = `${yield* newId}@example.org`
        const all = yield* Effect.forEach(
          Arr.range(1, 20),
          () => Effect.map(call("POST", `${base}/ensure-by-email`, { email }), (it) => it.body),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(all.map((it) => it.user_id)).size, 1)
        assert.lengthOf(
          all.filter((it) => it.created),
          1
        )
      }).pipe(Effect.scoped)
    )
  })
})
