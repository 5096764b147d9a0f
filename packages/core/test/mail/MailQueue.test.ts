import { assert, layer } from "@effect/vitest"
import { MailOutbox } from "@galaxy/core/mail/MailOutbox"
import * as MailQueue from "@galaxy/core/mail/MailQueue"
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { DateTime, Effect } from "effect"
import { emptyOutbox, mailModule, mailTo } from "./harness.ts"

onPostgres((database) => {
  layer(mailModule(database), { timeout: "240 seconds" })("MailQueue on PostgreSQL", (it) => {
    it.effect("claims that race never get the same delivery", () =>
      Effect.gen(function* () {
        yield* emptyOutbox
        const outbox = yield* MailOutbox
        const queue = yield* MailQueue.make
        const count = 400
        yield* Effect.forEach(
          Array.from({ length: count }, (_, i) => i),
          (i) => outbox.enqueue(mailTo(`to@domain-${i}.test`, `mail-${i}`)),
          { concurrency: 8, discard: true }
        )
        const now = yield* DateTime.now
        const claim = queue.claim({
          now,
          until: DateTime.add(now, { minutes: 1 }),
          latest: DateTime.add(now, { minutes: 1 }),
          slots: 4,
          retrySlots: 2,
          perDomain: 2,
          underWay: new Map(),
          held: new Set()
        })
        const claimed: Array<string> = []
        // One that finds nothing may have come while the others held every lock, so each asks often enough.
        const racer = Effect.gen(function* () {
          for (let round = 0; round < count / 4; round++) {
            for (const it of yield* claim) claimed.push(it.deliveryId)
          }
        })
        yield* Effect.all(
          Array.from({ length: 10 }, () => racer),
          { concurrency: "unbounded", discard: true }
        )
        assert.strictEqual(claimed.length, count)
        assert.strictEqual(new Set(claimed).size, count)
      })
    )
  })
})
