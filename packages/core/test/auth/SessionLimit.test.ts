import { Challenges } from "@galaxy/core/auth/Challenges"
import { Sessions } from "@galaxy/core/auth/Sessions"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { address, codeOf, confirmation, signIn } from "./fixture.ts"

eachDatabase((name, database) => {
  layer(signIn(database, { sessionsPerPlayer: 2, mailsPerHour: 100 }), { timeout: "240 seconds" })(
    `the bound on sessions on ${name}`,
    (it) => {
      it.effect("ends the session that was idle longest, and tells its player by mail", () =>
        Effect.gen(function* () {
          const challenges = yield* Challenges
          const sessions = yield* Sessions
          const sql = yield* SqlClient.SqlClient
          const email = address()
          const open = (deviceLabel?: string) =>
            Effect.gen(function* () {
              yield* TestClock.adjust("2 minutes")
              const id = yield* challenges.send({ email, sourceIp: "192.0.2.1" })
              return yield* challenges.confirm({ ...confirmation(id, yield* codeOf(id)), deviceLabel })
            })
          const phone = yield* open("my phone")
          const laptop = yield* open("my laptop")
          yield* TestClock.adjust("1 minute")
          const { userId } = yield* sessions.lookup(phone)
          // The phone was opened first, but used last.
          const desk = yield* open("my desk")
          const active = Effect.map(sessions.list(userId, undefined), (all) => all.map((one) => one.device_session_id))
          assert.deepStrictEqual(yield* active, [phone, desk])
          const ledger = yield* sql`
            SELECT device_session_id AS id, actor_kind AS kind, actor_user_id AS by, reason
            FROM backend.session_revocations WHERE user_id = ${userId}`
          assert.deepStrictEqual(ledger, [{ id: laptop, kind: "user_revoke", by: userId, reason: "session_limit" }])
          assert.strictEqual((yield* sessions.lookup(laptop)).status, "revoked")
          const told = yield* sql<{ label: string }>`
            SELECT n.payload ->> 'device_label' AS label
            FROM backend.mail_deliveries d JOIN backend.mail_recipients r USING (delivery_id)
              JOIN backend.notifications n ON n.kind = d.template_id
                AND d.idempotency_key = n.idempotency_key || ':' || ${userId}::text
            WHERE r.address = ${email} AND d.template_id = 'user.session.ended'`
          assert.deepStrictEqual(told, [{ label: "my laptop" }])
        })
      )

      it.effect("counts active sessions only", () =>
        Effect.gen(function* () {
          const sessions = yield* Sessions
          const challenges = yield* Challenges
          const email = address()
          const open = Effect.gen(function* () {
            yield* TestClock.adjust("2 minutes")
            const id = yield* challenges.send({ email, sourceIp: "192.0.2.1" })
            return yield* challenges.confirm(confirmation(id, yield* codeOf(id)))
          })
          const first = yield* open
          const { userId } = yield* sessions.lookup(first)
          const second = yield* open
          yield* sessions.revoke(userId, second)
          const third = yield* open
          const left = yield* sessions.list(userId, third)
          assert.deepStrictEqual(
            left.map((one) => [one.device_session_id, one.current]),
            [
              [first, false],
              [third, true]
            ]
          )
        })
      )
    }
  )
})
