import { assert, layer } from "@effect/vitest"
import { loginCode } from "@galaxy/core/mail/Mail"
import { MailOutbox } from "@galaxy/core/mail/MailOutbox"
import { MailDeferred, MailRejected } from "@galaxy/core/mail/MailTransport"
import { type RelayAnswer, accept, MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import * as MailWorker from "@galaxy/core/mail/MailWorker"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { Clock, DateTime, Deferred, Effect, Exit, Fiber, Layer, Logger, Metric, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import {
  deliveries,
  delivery,
  emptyOutbox,
  eventually,
  hasStatus,
  mailModule,
  mailTo,
  startWatchedWorker,
  startWorker
} from "./harness.ts"

const defer: RelayAnswer = () => Effect.fail(new MailDeferred({ reason: "451 4.7.1" }))
const reject: RelayAnswer = () => Effect.fail(new MailRejected({ reason: "550 5.1.1" }))
const hang: RelayAnswer = () => Effect.never

/** Each test begins with an empty outbox and a relay that takes everything. */
const begin = Effect.gen(function* () {
  yield* emptyOutbox
  const memory = yield* MemoryMail
  yield* memory.answer(accept)
  const before = (yield* memory.accepted).length
  return {
    outbox: yield* MailOutbox,
    answer: (answer: RelayAnswer) => memory.answer(answer),
    accepted: Effect.map(memory.accepted, (all) => all.slice(before))
  }
})

const offeredTimes = (to: string) =>
  Effect.gen(function* () {
    const memory = yield* MemoryMail
    return (yield* memory.offered).filter((it) => it.to === to).length
  })

/** Makes the database refuse to note deliveries as sent, with an SQLSTATE, until `end`. */
const refusing = Effect.fnUntraced(function* (which: string, state: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`CREATE OR REPLACE FUNCTION refuse_sent() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${state}'; END $$`)
  yield* sql.unsafe(`CREATE TRIGGER refuse_sent BEFORE UPDATE ON backend.mail_deliveries
    FOR EACH ROW WHEN (new.status = 'sent' AND ${which}) EXECUTE FUNCTION refuse_sent()`)
  const end = sql.unsafe(`DROP TRIGGER IF EXISTS refuse_sent ON backend.mail_deliveries`)
  yield* Effect.addFinalizer(() => Effect.ignore(end))
  return { end }
})

/** What the log says about storing outcomes. */
const storing = () => {
  const lines: Array<string> = []
  const logger = Logger.make(({ message }) => {
    if (/outcome/.test(String(message))) lines.push(String(message))
  })
  return { lines, logger: Logger.layer([logger]) }
}

eachDatabase((name, database) => {
  layer(mailModule(database), { timeout: "240 seconds" })(`MailWorker on ${name}`, (it) => {
    it.effect("sends what was enqueued before and after its start, and wipes it", () =>
      Effect.gen(function* () {
        const { outbox, accepted } = yield* begin
        yield* outbox.enqueue(mailTo("before@example.test", "before"))
        yield* startWorker()
        yield* eventually(hasStatus("before", "sent"))
        // Woken by the signal alone: the clock does not move.
        yield* outbox.enqueue({ ...mailTo("after@example.test", "after"), html: "<p>Text</p>" })
        yield* eventually(hasStatus("after", "sent"))
        const mails = yield* accepted
        assert.deepStrictEqual(
          mails.map(({ from, to, subject, text, html }) => ({ from, to, subject, text, html })),
          [
            {
              from: "Galaxy <galaxy@galaxy.test>",
              to: "before@example.test",
              subject: "About before",
              text: "Text of before",
              html: undefined
            },
            {
              from: "Galaxy <galaxy@galaxy.test>",
              to: "after@example.test",
              subject: "About after",
              text: "Text of after",
              html: "<p>Text</p>"
            }
          ]
        )
        const row = yield* delivery("after")
        assert.deepInclude(row, { attempts: 1, outcomes: ["sent"], errors: ["250 2.0.0"], body_length: 0 })
        assert.strictEqual(row.message_id, mails[1]?.messageId)
      }).pipe(Effect.scoped)
    )

    it.effect("tries again under one Message-ID after growing waits, until the relay is back", () =>
      Effect.gen(function* () {
        const { outbox, answer, accepted } = yield* begin
        yield* answer(defer)
        yield* outbox.enqueue(mailTo("late@example.test", "late"))
        const pass = yield* startWatchedWorker({ firstBackoff: "10 seconds", longestBackoff: "1 minute" })
        const waits: Array<number> = []
        for (let attempts = 1; attempts <= 6; attempts++) {
          yield* eventually(Effect.map(delivery("late"), (it) => it.status === "retrying" && it.attempts === attempts))
          const due = (yield* delivery("late")).next_attempt_at?.getTime() ?? 0
          const now = DateTime.toEpochMillis(yield* DateTime.now)
          waits.push(due - now)
          // Not a moment too early.
          yield* pass(due - now - 1)
          assert.strictEqual((yield* delivery("late")).attempts, attempts)
          if (attempts === 6) yield* answer(accept)
          yield* eventually(
            Effect.map(delivery("late"), (it) => it.attempts > attempts),
            "1 second"
          )
        }
        const ceilings = [10, 20, 40, 60, 60, 60]
        waits.forEach((wait, at) => {
          assert.isAtMost(wait, (ceilings[at] ?? 0) * 1000)
          assert.isAtLeast(wait, (ceilings[at] ?? 0) * 500 - 1)
        })
        yield* eventually(hasStatus("late", "sent"))
        const row = yield* delivery("late")
        assert.deepStrictEqual(row.outcomes, [...Array.from({ length: 6 }, () => "deferred"), "sent"])
        assert.deepStrictEqual(row.errors.slice(0, 1), ["451 4.7.1"])
        const memory = yield* MemoryMail
        const offered = (yield* memory.offered).filter((it) => it.to === "late@example.test")
        assert.strictEqual(offered.length, 7)
        assert.strictEqual(new Set(offered.map((it) => it.messageId)).size, 1)
        assert.strictEqual((yield* accepted).length, 1)
      }).pipe(Effect.scoped)
    )

    it.effect("gives up a rejected mail at once and tells of it in the same transaction", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const sql = yield* SqlClient.SqlClient
        const told: Array<unknown> = []
        const lines: Array<string> = []
        const logged = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
        const counted = Metric.withAttributes(MailWorker.givenUp, { template_id: "lobby.invite", reason: "rejected" })
        const before = (yield* Metric.value(counted)).count
        yield* answer(reject)
        const deliveryId = yield* outbox.enqueue(mailTo("nobody@example.test", "nobody"))
        yield* startWorker({
          onDeadLetter: (letter) =>
            Effect.gen(function* () {
              told.push(letter)
              const rows = yield* sql`SELECT 1 FROM backend.mail_dead_letters WHERE delivery_id = ${letter.deliveryId}`
              told.push(rows.length)
            }).pipe(Effect.orDie)
        }).pipe(Effect.provide(logged))
        yield* eventually(hasStatus("nobody", "dead_lettered"))
        const row = yield* delivery("nobody")
        assert.deepInclude(row, {
          reason: "rejected",
          outcomes: ["rejected"],
          errors: ["550 5.1.1"],
          next_attempt_at: null
        })
        // An operator can send it again.
        assert.isAbove(row.body_length, 0)
        assert.deepStrictEqual(told, [{ deliveryId, templateId: "lobby.invite", attemptNo: 1, reason: "rejected" }, 1])
        yield* eventually(Effect.sync(() => lines.length > 0))
        const warnings = lines.filter((line) => line.includes("mail given up"))
        assert.lengthOf(warnings, 1)
        assert.include(warnings[0], "WARN")
        for (const part of [deliveryId, "lobby.invite", "rejected"]) assert.include(warnings[0], part)
        assert.notInclude(lines.join(), "nobody@")
        assert.strictEqual((yield* Metric.value(counted)).count, before + 1)
      }).pipe(Effect.scoped)
    )

    it.effect("logs which mail's delivery has a fault in it, and not what the fault says", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const lines: Array<string> = []
        const logged = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
        yield* answer(reject)
        const deliveryId = yield* outbox.enqueue(mailTo("nobody@example.test", "fault"))
        yield* startWorker({ onDeadLetter: () => Effect.die(new Error("about nobody@example.test")) }).pipe(
          Effect.provide(logged)
        )
        yield* eventually(Effect.sync(() => lines.some((it) => it.includes("failed unexpectedly"))))
        const line = lines.find((it) => it.includes("failed unexpectedly")) ?? ""
        for (const part of [deliveryId, '"reason":"defect"']) assert.include(line, part)
        assert.notInclude(lines.join(), "nobody@")
      }).pipe(Effect.scoped)
    )

    it.effect("gives up after the last attempt", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        yield* answer(defer)
        yield* outbox.enqueue(mailTo("never@example.test", "never"))
        yield* startWorker({ maxAttempts: 3, firstBackoff: "1 second", pollInterval: "1 second" })
        yield* eventually(hasStatus("never", "dead_lettered"), "1 second")
        const row = yield* delivery("never")
        assert.deepInclude(row, { reason: "attempts_exhausted", outcomes: ["deferred", "deferred", "deferred"] })
        assert.strictEqual(yield* offeredTimes("never@example.test"), 3)
      }).pipe(Effect.scoped)
    )

    it.effect("never sends an expired login code, and wipes it", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        yield* answer(defer)
        const expiresAt = DateTime.add(yield* DateTime.now, { minutes: 10 })
        yield* outbox.enqueue({ ...mailTo("old@example.test", "old", { templateId: loginCode }), expiresAt })
        yield* startWorker({ firstBackoff: "1 hour", longestBackoff: "1 hour", pollInterval: "10 seconds" })
        yield* eventually(hasStatus("old", "retrying"))
        yield* answer(accept)
        yield* TestClock.adjust("10 minutes")
        yield* eventually(hasStatus("old", "dead_lettered"), "10 seconds")
        const row = yield* delivery("old")
        assert.deepInclude(row, { reason: "expired", outcomes: ["deferred", "expired"], body_length: 0 })
        assert.strictEqual(yield* offeredTimes("old@example.test"), 1)
      }).pipe(Effect.scoped)
    )

    it.effect("breaks off a relay that is too slow and tries again", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        yield* answer(hang)
        yield* outbox.enqueue(mailTo("slow@example.test", "slow"))
        yield* startWorker({ sendTimeout: "20 seconds", firstBackoff: "1 second", pollInterval: "1 second" })
        yield* eventually(Effect.map(offeredTimes("slow@example.test"), (it) => it === 1))
        yield* TestClock.adjust("19 seconds")
        assert.isTrue(yield* hasStatus("slow", "sending"))
        yield* answer(accept)
        yield* eventually(hasStatus("slow", "sent"), "1 second")
        const row = yield* delivery("slow")
        assert.deepInclude(row, { outcomes: ["deferred", "sent"], errors: ["timeout", "250 2.0.0"] })
      }).pipe(Effect.scoped)
    )

    it.effect("good mails pass hundreds of bad ones: rejected, deferred and hanging", () =>
      Effect.gen(function* () {
        const { outbox, answer, accepted } = yield* begin
        const bad = ["reject.test", "defer.test", "hang.test", "hang-too.test"]
        yield* answer((mail) => {
          if (mail.to.includes("hang")) return Effect.never
          if (mail.to.includes("reject")) return reject(mail)
          if (mail.to.includes("defer")) return defer(mail)
          return accept(mail)
        })
        yield* Effect.forEach(
          Array.from({ length: 400 }, (_, i) => i),
          (i) => outbox.enqueue(mailTo(`bad@${bad[i % bad.length]}`, `bad-${i}`)),
          { concurrency: 8, discard: true }
        )
        yield* TestClock.adjust("1 second")
        for (let i = 0; i < 20; i++) yield* outbox.enqueue(mailTo(`good-${i}@good.test`, `good-${i}`))
        // With no grace, for the test's clock stands still when the hanging ones are broken off.
        yield* startWorker({ shutdownGrace: 0 })
        // Only a few seconds pass: not one of the hanging ones has timed out.
        yield* eventually(
          Effect.map(accepted, (it) => it.length === 20),
          "5 millis"
        )
        // And the others that can be settled are.
        yield* eventually(
          Effect.map(
            deliveries,
            (all) =>
              [...all.values()].filter((it) => it.reason === "rejected" || it.status === "retrying").length === 200
          ),
          "5 millis"
        )
      }).pipe(Effect.scoped)
    )

    it.effect("retries never take all slots from new mails", () =>
      Effect.gen(function* () {
        const { outbox, answer, accepted } = yield* begin
        yield* answer(defer)
        for (let i = 0; i < 20; i++) yield* outbox.enqueue(mailTo(`x@bad-${i}.test`, `bad-${i}`))
        // Neither send nor lease may end while the clock is moved on to the next poll.
        const patience = { sendTimeout: "10 hours", lease: "20 hours" } as const
        yield* startWorker({ concurrency: 4, firstBackoff: "1 second", shutdownGrace: 0, ...patience })
        yield* eventually(Effect.map(deliveries, (all) => [...all.values()].every((it) => it.status === "retrying")))
        // Now they hang, each in a domain of its own.
        yield* answer((mail) => (mail.to.includes("bad") ? Effect.never : accept(mail)))
        const hanging = Effect.map(
          deliveries,
          (all) => [...all.values()].filter((it) => it.status === "sending" && it.key !== "good").length
        )
        yield* eventually(
          Effect.map(hanging, (it) => it === 2),
          "1 second"
        )
        yield* outbox.enqueue(mailTo("good@good.test", "good"))
        yield* eventually(
          Effect.map(accepted, (it) => it.length === 1),
          "1 second"
        )
        assert.strictEqual(yield* hanging, 2)
      }).pipe(Effect.scoped)
    )

    it.effect("tries again with a single slot too", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        yield* answer(defer)
        yield* outbox.enqueue(mailTo("late@single.test", "late"))
        yield* startWorker({ concurrency: 1, firstBackoff: "1 second", pollInterval: "1 second" })
        yield* eventually(hasStatus("late", "retrying"))
        yield* answer(accept)
        yield* eventually(hasStatus("late", "sent"), "1 second")
      }).pipe(Effect.scoped)
    )

    it.effect("has at most three mails of a domain under way", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const before = yield* offeredTimes("x@slow.test")
        const offered = Effect.map(offeredTimes("x@slow.test"), (it) => it - before)
        const gate = yield* Deferred.make<void>()
        yield* answer((mail) => Effect.andThen(Deferred.await(gate), accept(mail)))
        for (let i = 0; i < 7; i++) yield* outbox.enqueue(mailTo("x@slow.test", `slow-${i}`))
        const pass = yield* startWatchedWorker({ sendTimeout: "10 hours", lease: "20 hours", shutdownGrace: 0 })
        yield* eventually(Effect.map(offered, (it) => it >= 3))
        yield* pass(100)
        assert.strictEqual(yield* offered, 3)
        // Those that have ended make room for as many.
        yield* answer(hang)
        yield* Deferred.succeed(gate, undefined)
        yield* eventually(Effect.map(offered, (it) => it >= 6))
        yield* pass(100)
        assert.strictEqual(yield* offered, 6)
      }).pipe(Effect.scoped)
    )

    it.effect("takes over from a worker that vanished once the lease ends, not before", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const sql = yield* SqlClient.SqlClient
        yield* outbox.enqueue(mailTo("orphan@example.test", "orphan"))
        // What a worker leaves behind that was killed after its claim.
        const now = DateTime.toEpochMillis(yield* DateTime.now)
        const until = new Date(now + 60_000)
        yield* sql`UPDATE backend.mail_deliveries SET status = 'sending', attempts = 1, claim_token = gen_random_uuid(),
          claimed_until = ${until}, next_attempt_at = ${until}`
        yield* sql`INSERT INTO backend.mail_attempts (attempt_id, delivery_id, attempt_no, started_at)
          SELECT gen_random_uuid(), delivery_id, 1, ${new Date(now)} FROM backend.mail_deliveries`
        yield* answer(accept)
        const pass = yield* startWatchedWorker()
        yield* pass(59_999)
        assert.strictEqual((yield* delivery("orphan")).attempts, 1)
        assert.strictEqual(yield* offeredTimes("orphan@example.test"), 0)
        yield* eventually(hasStatus("orphan", "sent"), "1 second")
        assert.deepStrictEqual((yield* delivery("orphan")).outcomes, ["lost", "sent"])
      }).pipe(Effect.scoped)
    )

    it.effect("what a killed worker has leased is sent within a minute by another, under the same Message-ID", () =>
      Effect.gen(function* () {
        const { accepted, answer, outbox } = yield* begin
        const clock = yield* Clock.Clock
        const names = ["one", "two", "three", "four"]
        for (const name of names) yield* outbox.enqueue(mailTo(`${name}@${name}.test`, `leased-${name}`))
        yield* answer(() => Effect.never)
        // Nothing of it goes on once it has offered them: its clock wakes nobody, and no answer comes.
        let isOver = false
        const stopped: Clock.Clock = {
          currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
          currentTimeMillis: clock.currentTimeMillis,
          currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
          currentTimeNanos: clock.currentTimeNanos,
          monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
          monotonicTimeNanos: clock.monotonicTimeNanos,
          sleep: (duration) => (isOver ? clock.sleep(duration) : Effect.never)
        }
        yield* Effect.provideService(startWorker({ shutdownGrace: 0 }), Clock.Clock, stopped)
        yield* Effect.addFinalizer(() => Effect.sync(() => void (isOver = true)))
        const times = Effect.map(
          Effect.forEach(names, (name) => offeredTimes(`${name}@${name}.test`)),
          (all) => all.join()
        )
        yield* eventually(Effect.map(times, (all) => all === "1,1,1,1"))
        yield* answer(accept)
        const pass = yield* startWatchedWorker()
        // One that isn't watched looks every 5 seconds.
        yield* pass(55_000)
        for (const name of names) yield* eventually(hasStatus(`leased-${name}`, "sent"))
        assert.strictEqual(yield* times, "2,2,2,2")
        const sent = yield* accepted
        assert.strictEqual(sent.length, names.length)
        for (const name of names) {
          const row = yield* delivery(`leased-${name}`)
          assert.deepStrictEqual(row.outcomes, ["lost", "sent"])
          assert.strictEqual(sent.find((it) => it.to === `${name}@${name}.test`)?.messageId, row.message_id)
        }
      }).pipe(Effect.scoped)
    )

    it.effect("sends what a clock that was ahead has put off", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const sql = yield* SqlClient.SqlClient
        yield* outbox.enqueue(mailTo("new@example.test", "put-off-new"))
        yield* outbox.enqueue(mailTo("retry@example.test", "put-off-retry"))
        yield* outbox.enqueue(mailTo("claimed@example.test", "put-off-claimed"))
        const later = new Date(DateTime.toEpochMillis(yield* DateTime.now) + 3 * 86_400_000)
        yield* sql`UPDATE backend.mail_deliveries SET next_attempt_at = ${later}`
        yield* sql`
          UPDATE backend.mail_deliveries SET status = 'retrying', attempts = 1 WHERE idempotency_key = 'put-off-retry'`
        yield* sql`
          UPDATE backend.mail_deliveries
          SET status = 'sending', attempts = 1, claim_token = gen_random_uuid(), claimed_until = ${later}
          WHERE idempotency_key = 'put-off-claimed'`
        yield* answer(accept)
        yield* startWorker({ pollInterval: "1 second" })
        for (const key of ["put-off-new", "put-off-retry", "put-off-claimed"]) yield* eventually(hasStatus(key, "sent"))
      }).pipe(Effect.scoped)
    )

    it.effect("a mail that kills its worker each time is given up in the end", () =>
      Effect.gen(function* () {
        const { outbox } = yield* begin
        const sql = yield* SqlClient.SqlClient
        yield* outbox.enqueue(mailTo("killer@example.test", "killer"))
        yield* sql`UPDATE backend.mail_deliveries SET status = 'sending', attempts = 10`
        yield* startWorker({ maxAttempts: 10 })
        yield* eventually(hasStatus("killer", "dead_lettered"))
        assert.strictEqual(yield* offeredTimes("killer@example.test"), 0)
        assert.strictEqual((yield* delivery("killer")).reason, "attempts_exhausted")
      }).pipe(Effect.scoped)
    )

    it.effect("a worker that was frozen until its lease ran out doesn't send what another may be sending", () =>
      Effect.gen(function* () {
        const { outbox } = yield* begin
        const box = yield* SecretBox.SecretBox
        const clock = yield* Clock.Clock
        yield* outbox.enqueue(mailTo("frozen@example.test", "frozen"))
        // Time goes on while the worker has the mail open, and none of its timers fires: as after a SIGSTOP.
        for (const which of ["wall", "monotonic"] as const) {
          const frozen = { wall: 0, monotonic: 0 }
          const now = () => clock.currentTimeMillisUnsafe() + frozen.wall
          const ran = () => clock.monotonicTimeNanosUnsafe() + BigInt(frozen.monotonic) * 1_000_000n
          const own: Clock.Clock = {
            currentTimeMillisUnsafe: now,
            currentTimeMillis: Effect.sync(now),
            currentTimeNanosUnsafe: () => BigInt(now()) * 1_000_000n,
            currentTimeNanos: Effect.sync(() => BigInt(now()) * 1_000_000n),
            monotonicTimeNanosUnsafe: ran,
            monotonicTimeNanos: Effect.sync(ran),
            sleep: (duration) => clock.sleep(duration)
          }
          const freezing = SecretBox.SecretBox.of({
            ...box,
            open: (sealed, id) =>
              Effect.tap(box.open(sealed, id), () => {
                frozen[which] = 31_000
                return Effect.void
              })
          })
          const done = yield* Deferred.make<void>()
          const late = Logger.make(({ message }) => {
            if (String(message).includes("its lease ran out")) Deferred.doneUnsafe(done, Exit.void)
          })
          yield* startWorker({ sendTimeout: "30 seconds", lease: "1 minute" }).pipe(
            Effect.provideService(SecretBox.SecretBox, freezing),
            Effect.provideService(Clock.Clock, own),
            Effect.provide(Logger.layer([late])),
            Effect.andThen(TestClock.withLive(Deferred.await(done))),
            Effect.scoped
          )
          assert.strictEqual(yield* offeredTimes("frozen@example.test"), 0)
          assert.isTrue(yield* hasStatus("frozen", "sending"))
          yield* TestClock.adjust("1 minute")
        }
        yield* startWorker()
        yield* eventually(hasStatus("frozen", "sent"))
        assert.strictEqual(yield* offeredTimes("frozen@example.test"), 1)
        assert.deepStrictEqual((yield* delivery("frozen")).outcomes, ["lost", "lost", "sent"])
      }).pipe(Effect.scoped)
    )

    it.effect("an outage in which no outcome can be stored is logged once, and so is its end", () =>
      Effect.gen(function* () {
        const { outbox, accepted } = yield* begin
        const { lines, logger } = storing()
        const down = yield* refusing("true", "25006")
        for (let n = 0; n < 3; n++) yield* outbox.enqueue(mailTo(`out-${n}@example.test`, `out-${n}`))
        yield* Effect.provide(startWorker(), logger)
        yield* eventually(Effect.map(accepted, (it) => it.length === 3))
        // Longer than the lease: nobody else has them, so the outcomes are still worth storing.
        for (let n = 0; n < 10; n++) {
          yield* TestClock.adjust("10 seconds")
          yield* TestClock.withLive(Effect.sleep("20 millis"))
        }
        yield* down.end
        for (let n = 0; n < 3; n++) yield* eventually(hasStatus(`out-${n}`, "sent"), "1 second")
        assert.deepStrictEqual(lines, [
          "outcomes of mails can't be stored; trying again",
          "outcomes of mails can be stored again"
        ])
        assert.lengthOf(yield* accepted, 3)
      }).pipe(Effect.scoped)
    )

    it.effect("an outcome that can never be stored gives its slot back when the lease has ended", () =>
      Effect.gen(function* () {
        const { outbox } = yield* begin
        const { lines, logger } = storing()
        const refused = yield* refusing("new.template_id = 'bad'", "23514")
        yield* outbox.enqueue(mailTo("bad@example.test", "bad", { templateId: "bad" }))
        yield* Effect.provide(startWorker({ concurrency: 1, maxAttempts: 1, pollInterval: "5 seconds" }), logger)
        yield* eventually(Effect.map(offeredTimes("bad@example.test"), (it) => it === 1))
        yield* outbox.enqueue(mailTo("good@example.test", "good"))
        yield* eventually(hasStatus("good", "sent"), "5 seconds")
        assert.deepStrictEqual(lines, ["the outcome of a mail can't be stored; the mail may be sent again"])
        yield* refused.end
      }).pipe(Effect.scoped)
    )

    it.effect("a settlement of a lost claim changes nothing", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const sql = yield* SqlClient.SqlClient
        const gate = yield* Deferred.make<void>()
        yield* answer((mail) => Effect.andThen(Deferred.await(gate), accept(mail)))
        yield* outbox.enqueue(mailTo("stolen@example.test", "stolen"))
        const done = yield* Deferred.make<void>()
        const lost = Logger.make(({ message }) => {
          if (String(message).includes("claim was lost")) Effect.runSync(Deferred.succeed(done, undefined))
        })
        yield* startWorker().pipe(Effect.provide(Logger.layer([lost])))
        yield* eventually(Effect.map(offeredTimes("stolen@example.test"), (it) => it === 1))
        const other = "00000000-0000-7000-8000-000000000001"
        yield* sql`UPDATE backend.mail_deliveries SET claim_token = ${other}`
        yield* Deferred.succeed(gate, undefined)
        yield* TestClock.withLive(Deferred.await(done))
        const row = yield* delivery("stolen")
        assert.deepInclude(row, { status: "sending", outcomes: [null] })
        assert.isAbove(row.body_length, 0)
      }).pipe(Effect.scoped)
    )

    it.effect("a stopping worker lets what is under way finish", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const gate = yield* Deferred.make<void>()
        yield* answer((mail) => Effect.andThen(Deferred.await(gate), accept(mail)))
        yield* outbox.enqueue(mailTo("last@example.test", "last"))
        const scope = yield* Scope.make()
        yield* startWorker().pipe(Scope.provide(scope))
        yield* eventually(Effect.map(offeredTimes("last@example.test"), (it) => it === 1))
        const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
        yield* outbox.enqueue(mailTo("next@example.test", "next"))
        yield* Deferred.succeed(gate, undefined)
        yield* Fiber.join(closing)
        assert.isTrue(yield* hasStatus("last", "sent"))
        assert.isTrue(yield* hasStatus("next", "pending"))
      }).pipe(Effect.scoped)
    )

    it.effect("a stopping worker gives back what doesn't finish, and the next sends it at once", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        yield* answer(hang)
        yield* outbox.enqueue(mailTo("back@example.test", "back"))
        const scope = yield* Scope.make()
        yield* startWorker({ shutdownGrace: "3 seconds" }).pipe(Scope.provide(scope))
        yield* eventually(Effect.map(offeredTimes("back@example.test"), (it) => it === 1))
        const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
        yield* eventually(
          Effect.sync(() => closing.pollUnsafe() !== undefined),
          "1 second"
        )
        const row = yield* delivery("back")
        assert.deepInclude(row, { status: "retrying", outcomes: ["interrupted"], claimed_until: null })
        yield* answer(accept)
        yield* startWorker()
        yield* eventually(hasStatus("back", "sent"))
      }).pipe(Effect.scoped)
    )

    it.effect("a mail sealed with another key waits until an operator has put that right", () =>
      Effect.gen(function* () {
        const { outbox } = yield* begin
        yield* outbox.enqueue(mailTo("sealed@example.test", "sealed"))
        const scope = yield* Scope.make()
        const other = SecretBox.layer({ secret: Redacted.make(new Uint8Array(32).fill(9)) })
        yield* startWorker({ firstBackoff: "1 second" }).pipe(
          Effect.provide(other, { local: true }),
          Scope.provide(scope)
        )
        yield* eventually(hasStatus("sealed", "retrying"))
        assert.deepStrictEqual((yield* delivery("sealed")).errors, ["unreadable"])
        yield* Scope.close(scope, Exit.void)
        yield* startWorker()
        yield* eventually(hasStatus("sealed", "sent"), "1 second")
      }).pipe(Effect.scoped)
    )

    it.effect("logs neither addresses nor codes, whatever happens", () =>
      Effect.gen(function* () {
        const { outbox, answer } = yield* begin
        const lines: Array<string> = []
        const capture = Logger.make((options) => {
          lines.push(JSON.stringify([Logger.formatStructured.log(options), Logger.formatJson.log(options)]))
        })
        yield* answer((mail) => {
          if (mail.to.startsWith("rejected")) return reject(mail)
          if (mail.to.startsWith("deferred")) return defer(mail)
          if (mail.to.startsWith("broken")) return Effect.die(new Error(`cannot mail ${mail.to}: ${mail.text}`))
          return accept(mail)
        })
        const logging = Layer.merge(Logger.layer([capture]), Layer.empty)
        yield* Effect.gen(function* () {
          yield* startWorker({ maxAttempts: 2, firstBackoff: "1 second", pollInterval: "1 second" })
          for (const kind of ["rejected", "deferred", "broken", "fine"]) {
            yield* outbox.enqueue({
              ...mailTo(`${kind}@private.test`, kind, { templateId: loginCode }),
              text: "Code 161803"
            })
          }
          yield* eventually(
            Effect.map(deliveries, (all) =>
              [...all.values()].every((it) => it.status === "sent" || it.status === "dead_lettered")
            ),
            "1 second"
          )
        }).pipe(Effect.provide(logging))
        assert.isAbove(lines.length, 3)
        const all = lines.join("\n")
        assert.include(all, "550 5.1.1")
        assert.notInclude(all, "private.test")
        assert.notInclude(all, "161803")
        const sql = yield* SqlClient.SqlClient
        const stored = yield* sql<{ all: string }>`
          SELECT string_agg(a::text, ' ') || ' ' || (SELECT string_agg(p::text, ' ') FROM backend.mail_payloads p) AS all
          FROM backend.mail_attempts a`
        assert.notInclude(stored[0]?.all ?? "", "private.test")
        assert.notInclude(stored[0]?.all ?? "", "161803")
      }).pipe(Effect.scoped)
    )
  })
})

onPostgres((database) => {
  layer(mailModule(database), { timeout: "240 seconds" })("many MailWorkers on PostgreSQL", (it) => {
    it.effect("send each mail once", () =>
      Effect.gen(function* () {
        const { outbox, answer, accepted } = yield* begin
        yield* answer((mail) => Effect.andThen(TestClock.withLive(Effect.sleep("2 millis")), accept(mail)))
        const count = 300
        const enqueue = (i: number) => outbox.enqueue(mailTo(`to-${i}@domain-${i % 30}.test`, `mail-${i}`))
        yield* Effect.forEach(
          Array.from({ length: count / 2 }, (_, i) => i),
          enqueue,
          { concurrency: 4, discard: true }
        )
        for (let i = 0; i < 3; i++) yield* startWorker({ pollInterval: "1 second" })
        yield* Effect.forEach(
          Array.from({ length: count / 2 }, (_, i) => count / 2 + i),
          enqueue,
          { concurrency: 4, discard: true }
        )
        yield* eventually(
          Effect.map(deliveries, (all) => [...all.values()].every((it) => it.status === "sent")),
          "100 millis"
        )
        const mails = yield* accepted
        assert.strictEqual(mails.length, count)
        assert.strictEqual(new Set(mails.map((it) => it.messageId)).size, count)
        assert.isTrue([...(yield* deliveries).values()].every((it) => it.attempts === 1))
      }).pipe(Effect.scoped)
    )
  })
})
