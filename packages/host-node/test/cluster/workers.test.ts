/** Workers of several backends on one database: each mail and each event goes out once, also when a backend is lost. */
import { MailOutbox } from "@galaxy/core/mail/MailOutbox"
import { MemoryMail } from "@galaxy/core/mail/MemoryMailTransport"
import { serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Logger } from "effect"
import * as Cluster from "./Cluster.ts"

const server = serverUrl()
if (server === undefined)
  console.warn("skipped: workers of several backends (GALAXY_TEST_DATABASE_URL names no server)")

const mail = (name: string) => ({
  to: `${name}@example.org`,
  templateId: "test",
  idempotencyKey: name,
  subject: "Hello",
  text: name
})

describe.skipIf(server === undefined)("workers of several backends", () => {
  it.live(
    "send each mail once, and those of a killed one when its lease has ended",
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

          // The first backend that is given the last mail is lost while the relay has it.
          const asked = yield* Deferred.make<void>()
          yield* relay.answer(() => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never))
          yield* outbox.enqueue(mail("last"))
          yield* Deferred.await(asked)
          yield* relay.answer(() => Effect.succeed({ reply: "250 2.0.0" }))
          yield* Effect.forEach(members, (it) => it.kill, { discard: true })
          const begun = performance.now()
          yield* startOne
          yield* allSent
          const offered = (yield* relay.offered).filter((it) => it.to === "last@example.org")
          assert.strictEqual(offered.length, 2)
          assert.strictEqual(new Set(offered.map((it) => it.messageId)).size, 1)
          console.log(
            "mail of a killed backend after",
            Math.round(performance.now() - begun),
            "ms, with a lease of 4 s"
          )
        })
      ).pipe(Effect.provide(Logger.layer([]))),
    240_000
  )
})
