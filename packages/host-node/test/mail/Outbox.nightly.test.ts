/** The outbox over real sockets: relays that fail in every way, and workers that are killed at every point. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { assert, describe, it, layer } from "@effect/vitest"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import * as MailWorker from "@galaxy/core/mail/MailWorker"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as DatabaseSignal from "@galaxy/core/shared/DatabaseSignal"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import * as Smtp from "@galaxy/host-node/mail/SmtpMailTransport"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import { cloneUrl, eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import * as SmtpDouble from "@galaxy/testkit/mail/SmtpDouble"
import { Clock, type Duration, Effect, Fiber, Layer, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"

const secret = Redacted.make(new Uint8Array(32).fill(7))

const outbox = MailOutbox.layer({ messageIdDomain: "galaxy.test" }).pipe(
  Layer.provideMerge(SecretBox.layer({ secret }))
)

const worker = (relay: { readonly port: number }) =>
  MailWorker.layer({
    from: "Galaxy <galaxy@galaxy.test>",
    pollInterval: "50 millis",
    firstBackoff: "10 seconds",
    maxAttempts: 5
  }).pipe(
    Layer.provide(BackgroundLoops.layer),
    Layer.provide(
      Smtp.layer({
        host: "127.0.0.1",
        port: relay.port,
        tls: "none",
        connectTimeoutMillis: 300,
        greetingTimeoutMillis: 300,
        socketTimeoutMillis: 300
      })
    )
  )

const mail = (key: string) => ({
  templateId: "auth.login_code",
  idempotencyKey: key,
  to: `${key}@example.test`,
  subject: "Your code",
  text: `Code for ${key}`
})

interface Row {
  readonly key: string
  readonly status: string
  readonly message_id: string
  readonly outcomes: ReadonlyArray<string | null>
  readonly errors: ReadonlyArray<string | null>
}

const rows = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<Row>`
    SELECT idempotency_key AS key, status, message_id,
      ARRAY(SELECT outcome FROM backend.mail_attempts a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_no) AS outcomes,
      ARRAY(SELECT error FROM backend.mail_attempts a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_no) AS errors
    FROM backend.mail_deliveries d ORDER BY idempotency_key`
})

const row = (key: string) =>
  Effect.map(rows, (all) => {
    const found = all.find((it) => it.key === key)
    if (found === undefined) throw new Error(`no delivery ${key}`)
    return found
  })

const eventually = <E, R>(holds: Effect.Effect<boolean, E, R>, meanwhile: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function* () {
    for (let round = 0; round < 1_000; round++) {
      if (yield* holds) return
      yield* meanwhile
      yield* Effect.sleep("10 millis")
    }
    return yield* Effect.die(new Error("what was waited for did not come"))
  })

/** Runs with a clock that the test moves. */
const onMovableClock = <A, E, R>(
  use: (advance: (by: Duration.Input) => Effect.Effect<void>) => Effect.Effect<A, E, R | Scope.Scope>
) =>
  Effect.suspend(() => {
    const clock = MovableClock.make()
    return Effect.scoped(use(clock.advance)).pipe(Effect.provideService(Clock.Clock, clock))
  })

eachDatabase((name, database) => {
  layer(outbox.pipe(Layer.provideMerge(database)), { timeout: "240 seconds", excludeTestServices: true })(
    `outbox over SMTP on ${name}`,
    (it) => {
      const started = (key: string, prepare: (relay: SmtpDouble.SmtpDouble) => void) =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`TRUNCATE backend.mail_deliveries, backend.mail_payloads, backend.mail_recipients,
            backend.mail_attempts, backend.mail_dead_letters`
          const relay = yield* SmtpDouble.scoped
          prepare(relay)
          const outbox = yield* MailOutbox.MailOutbox
          yield* outbox.enqueue(mail(key))
          yield* Layer.build(Layer.fresh(worker(relay)))
          return relay
        })
      const isIn = (key: string, status: string) => Effect.map(row(key), (it) => it.status === status)

      it.effect("a relay that is down loses nothing: the mail goes out when it is up", () =>
        onMovableClock((advance) =>
          Effect.gen(function* () {
            const relay = yield* started("down", () => undefined)
            yield* eventually(isIn("down", "sent"))
            const { port } = relay
            yield* Effect.promise(() => relay.close())
            const outbox = yield* MailOutbox.MailOutbox
            yield* outbox.enqueue(mail("later"))
            yield* eventually(isIn("later", "retrying"))
            yield* Effect.promise(() => relay.listen(port))
            yield* advance("1 minute")
            yield* eventually(isIn("later", "sent"))
            const { outcomes, message_id } = yield* row("later")
            assert.deepStrictEqual(outcomes, ["deferred", "sent"])
            assert.deepStrictEqual(
              relay.received.map((it) => [it.messageId, it.recipients.join()]),
              [
                [(yield* row("down")).message_id, "down@example.test"],
                [message_id, "later@example.test"]
              ]
            )
          })
        )
      )

      const passing = [
        ["hang", "timeout"],
        ["mute", "timeout"],
        ["greylist", "450 4.2.0"],
        ["defer", "451 4.7.1"],
        ["gone", /^E[A-Z]+$/]
      ] as const
      for (const [mode, error] of passing) {
        it.effect(`a relay in mode ${mode} delays the mail and loses nothing`, () =>
          onMovableClock((advance) =>
            Effect.gen(function* () {
              const relay = yield* started(mode, (it) => {
                it.mode = mode
              })
              yield* eventually(isIn(mode, "retrying"))
              relay.mode = "accept"
              yield* advance("1 minute")
              yield* eventually(isIn(mode, "sent"))
              const { outcomes, errors, message_id } = yield* row(mode)
              assert.deepStrictEqual(outcomes, ["deferred", "sent"])
              if (typeof error === "string") assert.strictEqual(errors[0], error)
              else assert.match(errors[0] ?? "", error)
              assert.deepStrictEqual(
                relay.received.map((it) => it.messageId),
                [message_id]
              )
            })
          )
        )
      }

      for (const mode of ["reject", "reject-data"] as const) {
        it.effect(`a relay in mode ${mode} makes a dead letter after one attempt`, () =>
          onMovableClock(() =>
            Effect.gen(function* () {
              yield* started(mode, (it) => {
                it.mode = mode
              })
              yield* eventually(isIn(mode, "dead_lettered"))
              const { outcomes, errors } = yield* row(mode)
              assert.deepStrictEqual(outcomes, ["rejected"])
              assert.match(errors[0] ?? "", /^55\d \d\.\d\.\d$/)
            })
          )
        )
      }
    }
  )
})

const fixture = fileURLToPath(new URL("./fixtures/stoppedWorker.ts", import.meta.url))

/** Runs the worker process until it says that it has come to the point, and kills it there. */
const killAt = (
  database: string,
  relay: SmtpDouble.SmtpDouble,
  stopAt: string,
  arrived: Effect.Effect<void>,
  line: string | undefined
) =>
  Effect.gen(function* () {
    const child = spawn(process.execPath, ["--conditions=@galaxy/source", fixture], {
      env: { ...process.env, MAIL_DATABASE: database, MAIL_SMTP_PORT: String(relay.port), MAIL_STOP_AT: stopAt },
      stdio: ["ignore", "pipe", "inherit"]
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
    const gone = once(child, "exit")
    if (line === undefined) yield* arrived
    else {
      yield* Effect.promise(async () => {
        for await (const said of createInterface({ input: child.stdout })) if (said === line) return
        throw new Error("the worker ended before it came to the point")
      })
    }
    child.kill("SIGKILL")
    yield* Effect.promise(() => gone)
  })

type Where = "claimed" | "sending" | "accepted"

const sealed = (database: string) =>
  outbox.pipe(
    Layer.provideMerge(
      DatabaseSignal.layerProcess.pipe(
        Layer.provideMerge(
          database.startsWith("postgres") ? Postgres.layer({ url: database }) : Pglite.layer({ dataDir: database })
        )
      )
    )
  )

const keys = ["one", "two", "three", "four"]

/** Enqueues, lets a worker be killed at the point, and looks at what a new one makes of it after the lease. */
const killed = (database: string, where: Where) =>
  onMovableClock((advance) =>
    Effect.gen(function* () {
      const relay = yield* SmtpDouble.scoped
      yield* Effect.gen(function* () {
        yield* Migrations.run
        const outbox = yield* MailOutbox.MailOutbox
        for (const key of keys) yield* outbox.enqueue(mail(key))
      }).pipe(Effect.provide(sealed(database), { local: true }))

      const reached = new Promise<void>((resolve) => {
        relay.onMessage = () => resolve()
      })
      const inBody = Effect.promise(() => reached)
      if (where === "sending") relay.mode = "hang"
      yield* killAt(database, relay, where, inBody, where === "sending" ? undefined : where)
      relay.mode = "accept"
      const before = relay.received.length
      if (where === "accepted") assert.isAtLeast(before, 1)
      else assert.strictEqual(before, 0)

      yield* Effect.gen(function* () {
        // Killed between the relay's answer and the commit: nobody knows yet that it was sent.
        assert.isTrue((yield* rows).some((it) => it.status === "sending"))
        assert.isFalse((yield* rows).some((it) => it.status === "sent"))
        yield* Layer.build(Layer.fresh(worker(relay)))
        yield* advance("61 seconds")
        yield* eventually(Effect.map(rows, (all) => all.every((it) => it.status === "sent")))
        for (const { key, message_id, outcomes } of yield* rows) {
          const copies = relay.received.filter((it) => it.recipients.includes(`${key}@example.test`))
          assert.isAtLeast(copies.length, 1, key)
          assert.isAtMost(copies.length, 2, key)
          assert.deepStrictEqual([...new Set(copies.map((it) => it.messageId))], [message_id])
          assert.include([["lost", "sent"].join(), "sent"], outcomes.join())
        }
        if (where !== "accepted") assert.strictEqual(relay.received.length, keys.length)
      }).pipe(Effect.provide(sealed(database), { local: true }))
    })
  )

const points: ReadonlyArray<[Where, string]> = [
  ["claimed", "after its claim"],
  ["sending", "while the relay has the text and has not answered"],
  ["accepted", "between the relay's answer and the commit"]
]

describe("a mail worker that is killed, on PGlite", () => {
  for (const [where, text] of points) {
    it.live(text, () =>
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-outbox-"))),
          (it) => Effect.promise(() => rm(it, { recursive: true, force: true }))
        )
        yield* killed(join(folder, "db"), where)
      }).pipe(Effect.scoped)
    )
  }
})

onPostgres((_database, server) => {
  describe("a mail worker that is killed, on PostgreSQL", () => {
    for (const [where, text] of points) {
      it.live(text, () => Effect.scoped(Effect.flatMap(cloneUrl(server), (clone) => killed(clone.url, where))))
    }

    it.live("inside the statement that settles", () =>
      Effect.gen(function* () {
        const { url } = yield* cloneUrl(server)
        const relay = yield* SmtpDouble.scoped
        yield* onMovableClock((advance) =>
          Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            const outbox = yield* MailOutbox.MailOutbox
            yield* outbox.enqueue(mail("held"))
            const waiting = Effect.map(
              sql`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
              (it) => it.length > 0
            )
            // The relay holds its answer until the row is locked, so the worker gets stuck in its settlement.
            relay.mode = "hang"
            const child = yield* Effect.forkScoped(
              killAt(url, relay, "nowhere", Effect.orDie(eventually(waiting)), undefined)
            )
            yield* eventually(Effect.sync(() => relay.messages === 1))
            yield* sql.withTransaction(
              Effect.gen(function* () {
                yield* sql`SELECT 1 FROM backend.mail_deliveries FOR UPDATE`
                relay.answerHeld()
                yield* Fiber.join(child)
              })
            )
            // The server may still be ending what the dead worker began.
            const busy = sql`SELECT 1 FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`
            yield* eventually(Effect.map(busy, (it) => it.length === 0))
            // The statement is the worker's last one, and the server carries it out whether or not anybody still listens.
            assert.strictEqual((yield* row("held")).status, "sent")
            relay.mode = "accept"
            yield* Layer.build(Layer.fresh(worker(relay)))
            yield* advance("61 seconds")
            yield* eventually(Effect.map(row("held"), (it) => it.status === "sent"))
            const { message_id, outcomes } = yield* row("held")
            assert.deepStrictEqual(outcomes, ["sent"])
            assert.deepStrictEqual(
              relay.received.map((it) => it.messageId),
              [message_id]
            )
          }).pipe(Effect.provide(sealed(url), { local: true }))
        )
      }).pipe(Effect.scoped)
    )
  })
})
