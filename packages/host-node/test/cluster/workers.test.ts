/** Workers of several backends on one database: each mail and each event goes out once, also when a backend is lost. */
import { MailOutbox } from "@galaxy/core/mail/MailOutbox"
import { MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import { serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Logger, Queue } from "effect"
import * as Cluster from "./Cluster.ts"

const server = serverUrl()
if (server === undefined)
  console.warn("skipped: workers of several backends (GALAXY_TEST_DATABASE_URL names no server)")

const mail = (name: string, domain = "example.org") => ({
  to: `${name}@${domain}`,
  templateId: "test",
  idempotencyKey: name,
  subject: "Hello",
  text: name
})

describe.skipIf(server === undefined)("workers of several backends", () => {
  it.live(
    "send each mail once, and those of killed ones when their lease has ended",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { members, startOne, surroundings, sql } = yield* Cluster.make({
            server: server ?? "",
            members: 2,
            games: 0,
            workers: ["mail"],
            core: { mail: { sendTimeout: "2 seconds", lease: "4 seconds", pollInterval: "500 millis" } }
          })
          const relay = Context.get(surroundings, MemoryMail)
          const [one] = members
          if (one === undefined) return
          const outbox = Context.get(one.context, MailOutbox)
          const names = Array.from({ length: 120 }, (_, at) => `player${at}`)
          yield* Effect.forEach(names, (name) => outbox.enqueue(mail(name)), { concurrency: 4 })
          const waiting = Effect.map(
            sql<{ waiting: number }>`
              SELECT count(*)::int AS waiting FROM backend.mail_deliveries WHERE status <> 'sent'`,
            ([row]) => row?.waiting ?? 0
          )
          const allSent = Effect.repeat(Effect.andThen(Effect.sleep("50 millis"), waiting), {
            until: (count) => count === 0
          }).pipe(Effect.timeout("120 seconds"))
          yield* allSent
          const sent = yield* relay.offered
          assert.sameMembers(
            sent.map((it) => it.to),
            names.map((name) => `${name}@example.org`)
          )

          // Both are lost while the relay has mails of theirs, which it has accepted or not: nobody will know.
          const last = Array.from({ length: 6 }, (_, at) => `last${at}`)
          const asked = yield* Queue.unbounded<string>()
          yield* relay.answer(({ to }) => Effect.andThen(Queue.offer(asked, to), Effect.never))
          yield* Effect.forEach(last, (name) => outbox.enqueue(mail(name, `${name}.example.org`)))
          yield* Queue.takeN(asked, last.length).pipe(Effect.timeout("60 seconds"))
          yield* relay.answer(() => Effect.succeed({ reply: "250 2.0.0" }))
          yield* Effect.forEach(members, (it) => it.kill, { discard: true })
          const begun = performance.now()
          yield* startOne
          yield* allSent
          const tookMs = performance.now() - begun
          for (const name of last) {
            const offered = (yield* relay.offered).filter((it) => it.to === `${name}@${name}.example.org`)
            assert.strictEqual(offered.length, 2, name)
            assert.strictEqual(new Set(offered.map((it) => it.messageId)).size, 1, name)
          }
          console.log("mails of killed backends after", Math.round(tookMs), "ms, with a lease of 4 s")
          assert.isBelow(tookMs, 60_000)
        })
      ).pipe(Effect.provide(Logger.layer([]))),
    240_000
  )
})
