/** Mails that were finished long ago go, with all that belongs to them; the others stay. */
import { MailDeliveries } from "@galaxy/core/mail/MailDeliveries"
import { MailOutbox } from "@galaxy/core/mail/MailOutbox"
import * as MailPruner from "@galaxy/core/mail/MailPruner"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { emptyOutbox, mailModule, mailTo } from "./harness.ts"

const pruner = (options: Partial<MailPruner.MailPrunerOptions>) =>
  Layer.build(MailPruner.layer({ every: "20 millis", ...options }).pipe(Layer.provide(BackgroundLoops.layer)))

/** An enqueued mail that was last touched so many days ago, with an attempt and, where it was given up, a dead letter. */
const aged = Effect.fnUntraced(function* (key: string, status: string, days: number) {
  const sql = yield* SqlClient.SqlClient
  const deliveryId = yield* (yield* MailOutbox).enqueue(mailTo(`${key}@example.test`, key))
  yield* sql`UPDATE backend.mail_deliveries
    SET status = ${status}, updated_at = now() - ${days}::int * interval '1 day', created_at = now() - interval '90 days'
    WHERE delivery_id = ${deliveryId}`
  yield* sql`INSERT INTO backend.mail_attempts (attempt_id, delivery_id, attempt_no, started_at)
    VALUES (gen_random_uuid(), ${deliveryId}, 1, now())`
  if (status !== "dead_lettered") return
  yield* sql`INSERT INTO backend.mail_dead_letters (dead_letter_id, delivery_id, archived_at, reason)
    VALUES (gen_random_uuid(), ${deliveryId}, now(), 'rejected')`
})

const keys = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ key: string }>`SELECT idempotency_key AS key FROM backend.mail_deliveries ORDER BY idempotency_key`,
    (rows) => rows.map((it) => it.key)
  )
)

const until = (wanted: ReadonlyArray<string>) =>
  Effect.repeat(Effect.andThen(Effect.sleep("2 millis"), keys), { until: (found) => found.join() === wanted.join() })

const rowsOf = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`SELECT (SELECT count(*)::int FROM backend.mail_payloads) AS payloads,
    (SELECT count(*)::int FROM backend.mail_recipients) AS recipients,
    (SELECT count(*)::int FROM backend.mail_attempts) AS attempts,
    (SELECT count(*)::int FROM backend.mail_dead_letters) AS letters`
)

eachDatabase((name, database) => {
  // On the running clock: connections of the pool are opened in the pruner's time.
  layer(mailModule(database), { timeout: "60 seconds", excludeTestServices: true })(`MailPruner on ${name}`, (it) => {
    it.effect("forgets what was sent or given up long ago, and nothing that isn't finished", () =>
      Effect.gen(function* () {
        yield* emptyOutbox
        yield* aged("a-sent-old", "sent", 31)
        yield* aged("b-sent-young", "sent", 29)
        yield* aged("c-given-up-old", "dead_lettered", 31)
        yield* aged("d-given-up-young", "dead_lettered", 29)
        for (const status of ["pending", "sending", "retrying"]) yield* aged(`e-${status}`, status, 400)
        yield* pruner({})
        yield* until(["b-sent-young", "d-given-up-young", "e-pending", "e-retrying", "e-sending"])
        assert.deepStrictEqual(yield* rowsOf, [{ payloads: 5, recipients: 5, attempts: 5, letters: 1 }])
        assert.lengthOf((yield* (yield* MailDeliveries).deadLetters({ limit: 10 })).dead_letters, 1)
      }).pipe(Effect.scoped)
    )

    it.effect("forgets more than a batch, and a bounded amount in one go", () =>
      Effect.gen(function* () {
        yield* emptyOutbox
        for (let n = 0; n < 7; n++) yield* aged(`${n}`, "sent", 40 - n)
        // The oldest first; then nothing more for an hour.
        yield* pruner({ batch: 2, maxBatches: 2, every: "1 hour" })
        yield* until(["4", "5", "6"])
        yield* Effect.sleep("50 millis")
        assert.deepStrictEqual(yield* keys, ["4", "5", "6"])
        yield* pruner({ batch: 2 })
        yield* until([])
        assert.deepStrictEqual(yield* rowsOf, [{ payloads: 0, recipients: 0, attempts: 0, letters: 0 }])
      }).pipe(Effect.scoped)
    )
  })
})
