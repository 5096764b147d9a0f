/** Mails, notifications and countries on the admin surface, on the whole backend. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import { MailRejected } from "@galaxy/core/mail/MailTransport"
import { Notifications } from "@galaxy/core/notification/Notifications"
import type { KnownIntent } from "@galaxy/core/notification/Intent"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Call, platformOn, refusalOf, surfaces, user } from "../http/platform.ts"

const mail = "/api/v1/admin/mail"
const notifications = "/api/v1/admin/notifications"
const nothing = "00000000-0000-7000-8000-000000000000"

const start = Effect.fnUntraced(function* (recipients: ReadonlyArray<UserId>) {
  const intent = {
    kind: "game.started",
    idempotencyKey: yield* newId,
    recipients,
    payload: { game_id: yield* newId, game_name: "Orion Arm" }
  } as const
  yield* (yield* Notifications).submit(intent)
  return intent.idempotencyKey
})

const until = (call: Call, path: string, status: string) =>
  Effect.gen(function* () {
    const end = performance.now() + 30_000
    for (;;) {
      const { body } = yield* call("admin", "GET", path)
      if (body.deliveries[0]?.status === status) return body.deliveries[0]
      if (performance.now() > end) assert.fail(`never ${status}: ${JSON.stringify(body)}`)
      yield* Effect.sleep("10 millis")
    }
  })

eachDatabase((name, database) => {
  const platform = platformOn(database, { adminEmail: "ops@example.org" }, ["mail"])
  layer(platform, { timeout: "120 seconds", excludeTestServices: true })(
    `operators' view of mails on ${name}`,
    (it) => {
      it.effect("a mail that was given up is found, sent again with an audit row, and never twice", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const memory = yield* MemoryMail
          const ada = yield* user
          const get = (path: string) => Effect.map(call("admin", "GET", path), (it) => it.body)
          yield* memory.answer(() => Effect.fail(new MailRejected({ reason: "550 5.1.1" })))
          yield* start([ada.user])
          const path = `${mail}/deliveries?user_id=${ada.user}`
          const given = yield* until(call, path, "dead_lettered")
          const id = given.delivery_id
          assert.deepStrictEqual(given.to, [`${ada.user.slice(0, 1)}…@example.org`])
          const single = yield* get(`${mail}/deliveries/${id}`)
          assert.deepStrictEqual(
            [single.to, single.subject],
            [[`${ada.user}@example.org`], "The game has started: Orion Arm"]
          )
          const { attempts } = yield* get(`${mail}/deliveries/${id}/attempts`)
          assert.deepInclude(attempts[0], { attempt_no: 1, outcome: "rejected", error: "550 5.1.1" })
          const letters = yield* get(`${mail}/dead-letters?limit=200`)
          assert.deepInclude(
            letters.dead_letters.find((it: { delivery_id: string }) => it.delivery_id === id),
            { template_id: "game.started", reason: "rejected" }
          )
          const failed = yield* get(`${notifications}/dead-letters?limit=200`)
          const letter = failed.dead_letters.find((it: { delivery_id?: string }) => it.delivery_id === id)
          assert.deepInclude(letter, { kind: "game.started", user_id: ada.user, reason: "rejected" })
          const routeStatus = Effect.map(get(`${notifications}/${letter.notification_id}`), ({ routes }) =>
            routes.map((it: { channel: string; status: string }) => `${it.channel} ${it.status}`)
          )
          assert.deepStrictEqual(yield* routeStatus, ["email failed", "push published"])

          // Tried dry first: nothing changes, and the answer says what would be sent.
          yield* memory.answer(() => Effect.succeed({ reply: "250 2.0.0" }))
          const dry = yield* call("admin", "POST", `/api/v1/admin/dry-run/mail/deliveries/${id}/resend`)
          assert.deepStrictEqual(dry.body.side_effects, [{ kind: "mail", what: "game.started", count: 1 }])
          assert.strictEqual((yield* get(`${mail}/deliveries/${id}`)).status, "dead_lettered")

          const sent = yield* call("admin", "POST", `${mail}/deliveries/${id}/resend`, { reason: "the box is back" })
          assert.strictEqual(sent.status, 200)
          yield* until(call, path, "sent")
          assert.deepStrictEqual(yield* routeStatus, ["email enqueued", "push published"])
          const again = yield* call("admin", "POST", `${mail}/deliveries/${id}/resend`)
          assert.strictEqual(refusalOf(again), "conflict/sent_already")
          const { audit } = yield* get(`/api/v1/admin/audit?target_id=${id}`)
          assert.deepStrictEqual(
            audit.map((it: { action: string; dry_run: boolean; reason?: string }) => [
              it.action,
              it.dry_run,
              it.reason
            ]),
            [
              ["mail.resend", false, "the box is back"],
              ["mail.resend", true, undefined]
            ]
          )
          assert.notInclude(JSON.stringify(audit), "example.org")
        }).pipe(Effect.scoped)
      )

      it.effect("notifications are listed by kind and by recipient, malformed ones apart", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const [ada, lin] = [yield* user, yield* user]
          const list = (query: string) =>
            Effect.map(call("admin", "GET", `${notifications}?${query}`), ({ body }) =>
              body.notifications.map((it: { idempotency_key: string }) => it.idempotency_key)
            )
          const keys = [yield* start([ada.user]), yield* start([ada.user, lin.user]), yield* start([lin.user])]
          assert.deepStrictEqual(yield* list(`user_id=${ada.user}`), [keys[1], keys[0]])
          assert.deepStrictEqual(yield* list(`user_id=${ada.user}&kind=game.finished`), [])
          assert.deepStrictEqual((yield* list("kind=game.started&limit=2")).slice(0, 2), [keys[2], keys[1]])
          const page = yield* call("admin", "GET", `${notifications}?user_id=${ada.user}&limit=1`)
          const next = `user_id=${ada.user}&limit=1&cursor=${page.body.next_cursor}`
          assert.deepStrictEqual(yield* list(next), [keys[0]])

          const wrong = {
            kind: "game.started",
            idempotencyKey: "wrong",
            recipients: [ada.user],
            payload: { game_id: "x" }
          }
          yield* (yield* Notifications).submit(wrong as KnownIntent)
          const { body } = yield* call("admin", "GET", `${notifications}/malformed`)
          assert.deepInclude(body.malformed[0].payload, { kind: "game.started", idempotency_key: "wrong" })
          assert.match(body.malformed[0].reason, /^payload:/)
        }).pipe(Effect.scoped)
      )

      it.effect("countries are counted by player", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const [ada, lin] = [yield* user, yield* user]
          const at = new Date(1_767_225_600_000)
          for (const [country, count] of [
            ["SE", 2],
            ["DE", 7]
          ] as const) {
            yield* sql`INSERT INTO backend.user_country_counters (user_id, country, count, last_seen_at)
            VALUES (${ada.user}, ${country}, ${count}, ${at})`
          }
          const of = (id: string) => call("admin", "GET", `/api/v1/admin/geo/users/${id}/countries`)
          assert.deepStrictEqual((yield* of(ada.user)).body, {
            user_id: ada.user,
            countries: [
              { country: "DE", count: 7, last_seen_at: at.toISOString() },
              { country: "SE", count: 2, last_seen_at: at.toISOString() }
            ]
          })
          assert.deepStrictEqual((yield* of(lin.user)).body, { user_id: lin.user, countries: [] })
          assert.strictEqual(refusalOf(yield* of(nothing)), "not_found")
        }).pipe(Effect.scoped)
      )

      it.effect("all of it is for administrators, and what doesn't exist is not_found", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const reads = [
            `${mail}/deliveries`,
            `${mail}/deliveries/${nothing}`,
            `${mail}/deliveries/${nothing}/attempts`,
            `${mail}/dead-letters`,
            notifications,
            `${notifications}/${nothing}`,
            `${notifications}/dead-letters`,
            `${notifications}/malformed`,
            `/api/v1/admin/geo/users/${nothing}/countries`
          ]
          const ada = yield* user
          for (const path of reads) {
            for (const as of ["nobody", "gateway", ada] as const) {
              assert.strictEqual(refusalOf(yield* call(as, "GET", path)), "unauthorized", path)
            }
            const wanted = path.includes(nothing) ? "not_found" : undefined
            assert.strictEqual(refusalOf(yield* call("admin", "GET", path)), wanted, path)
            if (wanted !== undefined) continue
            assert.strictEqual(refusalOf(yield* call("admin", "GET", `${path}?cursor=x`)), "invalid_request", path)
          }
          assert.strictEqual(
            refusalOf(yield* call("admin", "POST", `${mail}/deliveries/${nothing}/resend`)),
            "not_found"
          )
          for (const query of ["status=lost", "user_id=x", "limit=0", "limit=201"]) {
            const answer = yield* call("admin", "GET", `${mail}/deliveries?${query}`)
            assert.strictEqual(refusalOf(answer), "invalid_request", query)
          }
        }).pipe(Effect.scoped)
      )
    }
  )
})
