import { assert, describe, it, layer } from "@effect/vitest"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { Effect, Fiber, Layer, Redacted, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"

const secret = Redacted.make(new Uint8Array(32).fill(7))

const mail = (key: string) => ({
  templateId: "auth.login_code",
  idempotencyKey: key,
  to: "ada@example.test",
  subject: "Code 314159",
  text: "Your code is 314159.",
  html: "<b>314159</b>"
})

describe("the domain of Message-IDs", () => {
  it("is the sender's", () => {
    for (const [sender, domain] of [
      ["Galaxy <galaxy@mail.example.org>", "mail.example.org"],
      ["galaxy@example.org", "example.org"],
      ["nobody", "localhost"]
    ] as const) {
      assert.strictEqual(MailOutbox.domainOf(sender), domain)
    }
  })
})

eachDatabase((name, database) => {
  const outbox = MailOutbox.layer({ messageIdDomain: "galaxy.test" }).pipe(
    Layer.provide(SecretBox.layer({ secret })),
    Layer.provideMerge(database)
  )

  layer(outbox, { timeout: "240 seconds" })(`MailOutbox on ${name}`, (it) => {
    it.effect("stores a mail once per template and key, whoever asks again", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const outbox = yield* MailOutbox.MailOutbox
        const first = yield* outbox.enqueue(mail("once"))
        assert.strictEqual(yield* outbox.enqueue({ ...mail("once"), text: "another" }), first)
        assert.notStrictEqual(yield* outbox.enqueue({ ...mail("once"), templateId: "other" }), first)
        const counts = yield* sql<{ deliveries: number; payloads: number; recipients: number }>`
          SELECT (SELECT count(*)::int FROM backend.mail_deliveries WHERE idempotency_key = 'once') AS deliveries,
            (SELECT count(*)::int FROM backend.mail_payloads) AS payloads,
            (SELECT count(*)::int FROM backend.mail_recipients) AS recipients`
        assert.deepStrictEqual(counts[0], { deliveries: 2, payloads: 2, recipients: 2 })
      })
    )

    it.effect("many who race for one key get the same delivery", () =>
      Effect.gen(function* () {
        const outbox = yield* MailOutbox.MailOutbox
        const ids = yield* Effect.forEach(Array.from({ length: 20 }), () => outbox.enqueue(mail("race")), {
          concurrency: "unbounded"
        })
        assert.strictEqual(new Set(ids).size, 1)
      })
    )

    it.effect("goes with the caller's transaction", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const outbox = yield* MailOutbox.MailOutbox
        const failed = yield* sql
          .withTransaction(Effect.andThen(outbox.enqueue(mail("rolled-back")), Effect.fail("no" as const)))
          .pipe(Effect.flip)
        assert.strictEqual(failed, "no")
        const left = yield* sql`SELECT 1 FROM backend.mail_deliveries WHERE idempotency_key = 'rolled-back'`
        assert.strictEqual(left.length, 0)
      })
    )

    it.effect("keeps text and code unreadable in the database", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const outbox = yield* MailOutbox.MailOutbox
        yield* outbox.enqueue(mail("sealed"))
        const rows = yield* sql<{ subject: string; body: Uint8Array }>`
          SELECT p.subject, p.body FROM backend.mail_payloads p JOIN backend.mail_deliveries d USING (payload_id)
          WHERE d.idempotency_key = 'sealed'`
        assert.strictEqual(rows[0]?.subject, "")
        assert.notInclude(Buffer.from(rows[0]?.body ?? []).toString("latin1"), "314159")
      })
    )

    it.effect("wakes the worker", () =>
      Effect.gen(function* () {
        const outbox = yield* MailOutbox.MailOutbox
        const signal = yield* DatabaseSignal
        const woken = yield* Effect.forkChild(Stream.runHead(Stream.drop(signal.signals("galaxy_mail"), 1)))
        // The first element says that it listens; it may not yet: mails go out until one is heard.
        let n = 0
        yield* Effect.forkChild(
          Effect.forever(
            Effect.andThen(
              Effect.suspend(() => outbox.enqueue(mail(`wake-${n++}`))),
              TestClock.withLive(Effect.sleep(20))
            )
          )
        )
        yield* Fiber.join(woken)
      })
    )
  })
})
