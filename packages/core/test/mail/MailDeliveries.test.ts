import { assert, layer } from "@effect/vitest"
import { DeliveryId, UserId } from "@galaxy/contract/ids/Ids"
import { loginCode } from "@galaxy/core/mail/Mail"
import { type DeliveryFilter, MailDeliveries } from "@galaxy/core/mail/MailDeliveries"
import type { PageRequest } from "@galaxy/core/shared/Page"
import { MailOutbox } from "@galaxy/core/mail/MailOutbox"
import { MailRejected } from "@galaxy/core/mail/MailTransport"
import { accept, MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { emptyOutbox, eventually, hasStatus, mailModule, mailTo, startWorker } from "./harness.ts"

const nobody = DeliveryId.make("00000000-0000-7000-8000-000000000000")

const begin = Effect.gen(function* () {
  yield* emptyOutbox
  const memory = yield* MemoryMail
  yield* memory.answer(accept)
  return { memory, outbox: yield* MailOutbox, mails: yield* MailDeliveries }
})

eachDatabase((name, database) => {
  layer(mailModule(database), { timeout: "240 seconds" })(`MailDeliveries on ${name}`, (it) => {
    it.effect("lists page by page, newest first, by status", () =>
      Effect.gen(function* () {
        const { outbox, mails } = yield* begin
        for (let i = 0; i < 5; i++) yield* outbox.enqueue(mailTo(`to-${i}@example.test`, `key-${i}`))
        const list = (filter: DeliveryFilter, page: PageRequest) =>
          Effect.map(mails.list(filter, page), (it) => ({ ...it, keys: it.deliveries.map(({ to }) => to[0]) }))
        const all = yield* list({}, { limit: 200 })
        // Addresses are masked.
        assert.deepStrictEqual(
          all.keys,
          Array.from({ length: 5 }, () => "t…@example.test")
        )
        assert.deepStrictEqual(
          all.deliveries.map((it) => it.delivery_id),
          all.deliveries.map((it) => it.delivery_id).toSorted((left, right) => (left < right ? 1 : -1))
        )
        const first = yield* list({}, { limit: 2 })
        const second = yield* list({}, { limit: 200, cursor: first.next_cursor ?? "" })
        assert.deepStrictEqual([...first.deliveries, ...second.deliveries], [...all.deliveries])
        assert.isUndefined(second.next_cursor)
        for (const [filter, count] of [
          [{ status: "sent" }, 0],
          [{ status: "pending" }, 5],
          [{ template_id: "lobby.invite", status: "pending" }, 5],
          [{ template_id: "lobby.other" }, 0],
          [{ user_id: UserId.make(nobody) }, 0]
        ] as const) {
          assert.lengthOf((yield* list(filter, {})).deliveries, count, JSON.stringify(filter))
        }
      })
    )

    it.effect("shows a delivery with its attempts, and no code", () =>
      Effect.gen(function* () {
        const { outbox, mails } = yield* begin
        const id = yield* outbox.enqueue({
          ...mailTo("ada@example.test", "code", { templateId: loginCode }),
          subject: "Code 161803",
          text: "161803"
        })
        yield* startWorker()
        yield* eventually(hasStatus("code", "sent"))
        const delivery = yield* mails.get(id)
        assert.deepInclude(delivery, { status: "sent", attempts: 1, to: ["ada@example.test"], template_id: loginCode })
        assert.notProperty(delivery, "subject")
        assert.notInclude(JSON.stringify(delivery), "161803")
        const attempts = yield* mails.attempts(id)
        assert.strictEqual(attempts.length, 1)
        assert.deepInclude(attempts[0], { attempt_no: 1, outcome: "sent" })
        assert.strictEqual((yield* Effect.flip(mails.get(nobody)))._tag, "DeliveryNotFound")
        assert.strictEqual((yield* Effect.flip(mails.attempts(nobody)))._tag, "DeliveryNotFound")
      }).pipe(Effect.scoped)
    )

    it.effect("sends a dead letter again, never one that was sent", () =>
      Effect.gen(function* () {
        const { memory, outbox, mails } = yield* begin
        yield* memory.answer(() => Effect.fail(new MailRejected({ reason: "550 5.1.1" })))
        const id = yield* outbox.enqueue(mailTo("ada@example.test", "again"))
        yield* startWorker()
        yield* eventually(hasStatus("again", "dead_lettered"))
        const { dead_letters: letters } = yield* mails.deadLetters({ limit: 10 })
        assert.strictEqual(letters.length, 1)
        assert.deepInclude(letters[0], { delivery_id: id, reason: "rejected", template_id: "lobby.invite" })
        yield* memory.answer(accept)
        yield* mails.resend(id)
        yield* eventually(hasStatus("again", "sent"))
        assert.deepStrictEqual(
          (yield* mails.attempts(id)).map((it) => [it.attempt_no, it.outcome]),
          [
            [1, "rejected"],
            [2, "sent"]
          ]
        )
        const refused = yield* Effect.flip(mails.resend(id))
        assert.deepInclude(refused, { _tag: "DeliveryNotResendable", condition: "sent" })
        assert.strictEqual((yield* Effect.flip(mails.resend(nobody)))._tag, "DeliveryNotFound")
      }).pipe(Effect.scoped)
    )

    it.effect("refuses what is under way, and a code whose text is gone", () =>
      Effect.gen(function* () {
        const { memory, outbox, mails } = yield* begin
        const sql = yield* SqlClient.SqlClient
        yield* memory.answer((mail) =>
          mail.to.startsWith("ada") ? Effect.fail(new MailRejected({ reason: "550" })) : Effect.never
        )
        const code = yield* outbox.enqueue(mailTo("ada@example.test", "code", { templateId: loginCode }))
        const slow = yield* outbox.enqueue(mailTo("lin@example.test", "slow"))
        yield* startWorker({ shutdownGrace: 0 })
        yield* eventually(hasStatus("code", "dead_lettered"))
        yield* eventually(hasStatus("slow", "sending"))
        assert.deepInclude(yield* Effect.flip(mails.resend(code)), { condition: "wiped" })
        assert.deepInclude(yield* Effect.flip(mails.resend(slow)), { condition: "sending" })
        yield* sql`UPDATE backend.mail_deliveries SET expires_at = ${new Date(0)} WHERE delivery_id = ${code}`
        assert.deepInclude(yield* Effect.flip(mails.resend(code)), { condition: "expired" })
      }).pipe(Effect.scoped)
    )
  })
})
