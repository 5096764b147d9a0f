import { newId } from "@galaxy/core/shared/NewId"
import { guessesPerName, windowMs } from "@galaxy/core/admin/Guesses"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, type Call, platformOn, refusalOf, root, surfaces } from "../http/platform.ts"

const accounts = "/api/v1/admin/admin-accounts"
const secret = "a long password"
/** Before any password was tried here. */
const loadedMs = performance.now()

const fresh = Effect.map(newId, (id) => `ops ${id}`)
const pathOf = (name: string, action = "") => `${accounts}/${encodeURIComponent(name)}${action}`
const as = (admin: string, password = secret) => ({ admin, password })

const create = Effect.fnUntraced(function* (call: Call) {
  const username = yield* fresh
  const made = yield* call("admin", "POST", accounts, { username, password: secret })
  assert.strictEqual(made.status, 200, JSON.stringify(made.body))
  return username
})

const signsIn = (call: Call, admin: string, password = secret) =>
  Effect.map(call(as(admin, password), "GET", pathOf(admin)), (it) => it.status === 200)

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `accounts of administrators on ${name}`,
    (it) => {
      it.effect("are made, shown, disabled and enabled again", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const username = yield* fresh
          const made = yield* call("admin", "POST", accounts, { username, password: secret })
          assert.deepStrictEqual(Object.keys(made.body).toSorted(), ["created_at", "username"])
          assert.isTrue(yield* signsIn(call, username))
          const used = yield* call("admin", "GET", pathOf(username))
          assert.isString(used.body.last_used_at)

          const off = yield* call("admin", "POST", pathOf(username, "/disable"), { reason: "on leave" })
          assert.isString(off.body.disabled_at)
          assert.isFalse(yield* signsIn(call, username))
          const again = yield* call("admin", "POST", pathOf(username, "/disable"))
          assert.strictEqual(again.body.disabled_at, off.body.disabled_at)

          const on = yield* call("admin", "POST", pathOf(username, "/enable"))
          assert.notProperty(on.body, "disabled_at")
          assert.isTrue(yield* signsIn(call, username))
        }).pipe(Effect.scoped)
      )

      it.effect("take a new password, which is in no answer and in no audit row", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const username = yield* create(call)
          const other = "quite another password"
          assert.isTrue(yield* signsIn(call, username))
          const reset = yield* call("admin", "POST", pathOf(username, "/reset-password"), { password: other })
          assert.strictEqual(reset.body.username, username)
          assert.isFalse(yield* signsIn(call, username))
          assert.isTrue(yield* signsIn(call, username, other))
          const audit = yield* call("admin", "GET", `/api/v1/admin/audit?target_id=${encodeURIComponent(username)}`)
          assert.deepStrictEqual(
            audit.body.audit.map((it: { action: string }) => it.action),
            ["admin_account.reset_password", "admin_account.create"]
          )
          const texts = [reset, audit].map((it) => JSON.stringify(it.body)).join()
          for (const hidden of [secret, other, "hash"]) assert.notInclude(texts, hidden)
        }).pipe(Effect.scoped)
      )

      it.effect("are refused where they can't be: taken, unknown, malformed", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const username = yield* create(call)
          yield* call("admin", "POST", pathOf(username, "/disable"))
          const taken = yield* call("admin", "POST", accounts, { username, password: secret })
          assert.strictEqual(refusalOf(taken), "conflict/exists")
          for (const unknown of [yield* fresh, "a:b", "%01", "x".repeat(200)]) {
            for (const answer of [
              yield* call("admin", "GET", pathOf(unknown)),
              yield* call("admin", "POST", pathOf(unknown, "/disable")),
              yield* call("admin", "POST", pathOf(unknown, "/enable")),
              yield* call("admin", "POST", pathOf(unknown, "/reset-password"), { password: secret })
            ]) {
              assert.strictEqual(refusalOf(answer), "not_found", unknown)
            }
          }
          for (const password of ["", "short", "ä".repeat(37), "a".repeat(73), 12345678, null]) {
            const made = yield* call("admin", "POST", accounts, { username: yield* fresh, password })
            assert.strictEqual(refusalOf(made), "invalid_request", String(password))
            if (typeof password === "string" && password !== "") assert.notInclude(JSON.stringify(made.body), password)
          }
          for (const bad of ["", "a:b", "a\nb", "x".repeat(129), " "]) {
            const made = yield* call("admin", "POST", accounts, { username: bad, password: secret })
            assert.strictEqual(refusalOf(made), "invalid_request", bad)
          }
        }).pipe(Effect.scoped)
      )

      it.effect("are listed by pages, newest first", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const made = yield* Effect.forEach(Arr.range(1, 5), () => create(call))
          const seen: Array<string> = []
          let cursor: string | undefined
          do {
            const page = (yield* call(
              "admin",
              "GET",
              `${accounts}?limit=2${cursor === undefined ? "" : `&cursor=${cursor}`}`
            )).body
            seen.push(...page.admin_accounts.map((it: { username: string }) => it.username))
            cursor = page.next_cursor
          } while (cursor !== undefined)
          assert.strictEqual(new Set(seen).size, seen.length)
          assert.includeMembers(seen, [...made, root.username])
          assert.strictEqual(refusalOf(yield* call("admin", "GET", `${accounts}?cursor=bm8`)), "invalid_request")
        }).pipe(Effect.scoped)
      )

      it.effect("can't all be disabled", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          yield* sql`UPDATE backend.admin_accounts SET disabled_at = now() WHERE username <> ${root.username}`
          const last = yield* call("admin", "POST", pathOf(root.username, "/disable"))
          assert.strictEqual(refusalOf(last), "conflict/last_admin")
          const tried = yield* call(
            "admin",
            "POST",
            pathOf(root.username, "/disable").replace("/admin/", "/admin/dry-run/")
          )
          assert.strictEqual(refusalOf(tried), "conflict/last_admin")
          const username = yield* create(call)
          assert.strictEqual((yield* call("admin", "POST", pathOf(root.username, "/disable"))).status, 200)
          assert.strictEqual(refusalOf(yield* call("admin", "GET", accounts)), "unauthorized")
          const back = yield* call(as(username), "POST", pathOf(root.username, "/enable"))
          assert.strictEqual(back.status, 200)
        }).pipe(Effect.scoped)
      )

      it.effect("can't be guessed at from one address, whatever it claims to be, and nobody is told more", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const [known, unknown] = [yield* create(call), yield* fresh]
          const guess = (admin: string): Effect.Effect<Answer> =>
            call(as(admin, "wrong password"), "GET", accounts, undefined, { "x-forwarded-for": "192.0.2.77" })
          for (const admin of [known, unknown]) {
            for (let i = 0; i < guessesPerName; i++) {
              assert.strictEqual(refusalOf(yield* guess(admin)), "unauthorized")
            }
            const refused = yield* guess(admin)
            assert.strictEqual(refusalOf(refused), "rate_limited")
            const wait = Number(refused.headers.get("retry-after"))
            // The window began with the first wrong name of this address, which is one of an earlier test here.
            assert.isAtLeast(wait, (windowMs - (performance.now() - loadedMs)) / 1_000)
            assert.isAtMost(wait, windowMs / 1_000)
          }
          assert.strictEqual(refusalOf(yield* call(as(known), "GET", accounts)), "rate_limited")
          assert.strictEqual((yield* call("admin", "GET", accounts)).status, 200)
        }).pipe(Effect.scoped)
      )
    }
  )
})

onPostgres((storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    "two administrators who disable each other at once",
    (it) => {
      it.effect("leave one", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          for (let round = 0; round < 10; round++) {
            const [one, two] = [yield* create(call), yield* create(call)]
            yield* sql`UPDATE backend.admin_accounts SET disabled_at = now() WHERE username NOT IN (${one}, ${two})`
            const answers = yield* Effect.all(
              [call(as(one), "POST", pathOf(two, "/disable")), call(as(two), "POST", pathOf(one, "/disable"))],
              { concurrency: "unbounded" }
            )
            // The second one is refused by the rule, or finds itself disabled at the door.
            const refusals = answers.map((it) => refusalOf(it)).filter((it) => it !== undefined)
            assert.lengthOf(refusals, 1)
            assert.include(["conflict/last_admin", "unauthorized"], refusals[0])
            yield* sql`UPDATE backend.admin_accounts SET disabled_at = NULL`
          }
        }).pipe(Effect.scoped)
      )
    }
  )
})
