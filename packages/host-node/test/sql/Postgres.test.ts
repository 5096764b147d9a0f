/** Deadlines of the PostgreSQL client, on a real server behind a link that can be broken. */
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import * as PgSession from "@galaxy/host-node/sql/PgSession"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { StatementDeadline } from "@galaxy/core/shared/StatementDeadline"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch, Layer, Queue, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"

const server = serverUrl()
if (server === undefined) console.warn("skipped: PostgreSQL client (GALAXY_TEST_DATABASE_URL names no server)")

const quick = { maxConnections: 3, statementTimeoutMs: 1_000, connectTimeoutMs: 5_000 }

/** A client on a database of its own, over a link. */
const linked = Effect.fnUntraced(function* (options: Partial<Postgres.PostgresOptions> = {}) {
  const { url } = yield* cloneUrl(server ?? "")
  const link = yield* FaultyLink.to(url)
  const context = yield* Layer.build(
    PgDatabaseSignal.layer.pipe(Layer.provideMerge(Postgres.layer({ ...quick, ...options, url: link.via(url) })))
  )
  return { link, context, url }
})

/** The server is at work on a statement of this session. */
const runsOn = (url: string, pid: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const active = sql`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND state = 'active' AND query LIKE '%pg_sleep%'`
    yield* Effect.repeat(Effect.andThen(Effect.sleep("10 millis"), active), { until: (rows) => rows.length > 0 })
  }).pipe(Effect.provide(Postgres.layer({ url, maxConnections: 1 })), Effect.timeout("60 seconds"))

// Each on a database of its own, and most of it waiting for deadlines: at once they take as long as the longest.
describe.skipIf(server === undefined)("the PostgreSQL client", { concurrent: true }, () => {
  it.live("a statement whose bytes are swallowed fails in time, and the idle connections go with its own", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { context, link } = yield* linked()
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const sleepers = Effect.forEach([1, 2, 3], () => sql`SELECT pg_sleep(0.1)`, { concurrency: 3 })
          yield* sleepers
          assert.strictEqual(yield* link.passing, 3)
          yield* link.swallow
          const error = yield* Effect.flip(sql`SELECT 1`)
          assert.strictEqual(error._tag, "SqlError")
          assert.isTrue(error.isRetryable)
          // Had the idle ones stayed, each of these would cost a deadline of its own and fail.
          yield* sleepers
        }).pipe(Effect.provideContext(context))
      })
    )
  )

  it.live("keeps no more idle connections than it may, and replaces one that is too old", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { context, link } = yield* linked({ maxIdle: 1, maxAgeMs: 300 })
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* Effect.forEach([1, 2, 3], () => sql`SELECT pg_sleep(0.1)`, { concurrency: 3 })
          // One that opens too late for whoever asked for it goes when the next is given back.
          const used = Effect.andThen(sql`SELECT 1`, Effect.sleep("10 millis"))
          const one = Effect.repeat(Effect.andThen(used, link.passing), { until: (it) => it <= 1 })
          yield* one
          const pid = Effect.map(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`, ([row]) => row?.pid)
          const before = yield* pid
          yield* Effect.sleep("400 millis")
          assert.notStrictEqual(yield* pid, before)
          yield* one
        }).pipe(Effect.provideContext(context), Effect.timeout("60 seconds"))
      })
    )
  )

  it.live("a transaction that is swallowed fails, and its row locks don't outlive it for long", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { context, link } = yield* linked()
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`CREATE TABLE things (id int PRIMARY KEY, n int)`
          yield* sql`INSERT INTO things VALUES (1, 0)`
          const error = yield* sql
            .withTransaction(
              Effect.gen(function* () {
                yield* sql`UPDATE things SET n = 1 WHERE id = 1`
                yield* link.swallow
                yield* sql`UPDATE things SET n = 2 WHERE id = 1`
              })
            )
            .pipe(Effect.flip)
          assert.isTrue(error.isRetryable)
          yield* Effect.retry(sql`UPDATE things SET n = 3 WHERE id = 1`, { times: 5 })
          assert.deepStrictEqual(yield* sql`SELECT n FROM things`, [{ n: 3 }])
        }).pipe(Effect.provideContext(context))
      })
    )
  )

  it.live("the server cancels a statement that takes too long, and the connection stays", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { context } = yield* linked({ maxConnections: 1 })
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const [before] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
          yield* Effect.flip(sql`SELECT pg_sleep(60)`)
          const [after] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
          assert.strictEqual(after?.pid, before?.pid)
        }).pipe(Effect.provideContext(context))
      })
    )
  )

  it.live("a statement may be given more time", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { context } = yield* linked()
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`SET LOCAL statement_timeout = 0`
              yield* sql`SELECT pg_sleep(4)`
            })
          )
        }).pipe(Effect.provideService(StatementDeadline, 60_000), Effect.provideContext(context))
      })
    )
  )

  it.live("whoever waits for a connection while all are taken is told after a while", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { context } = yield* linked({ maxConnections: 1, connectTimeoutMs: 1_000, statementTimeoutMs: 60_000 })
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const begun = yield* Latch.make()
          const taken = yield* Effect.forkScoped(
            sql.withTransaction(sql`SELECT 1`.pipe(Effect.andThen(begun.open), Effect.andThen(Effect.never)))
          )
          yield* begun.await
          const error = yield* Effect.flip(sql`SELECT 1`)
          assert.match(error.message, /no connection to the database was free within 1000 ms/)
          yield* Fiber.interrupt(taken)
          yield* sql`SELECT 1`
        }).pipe(Effect.provideContext(context))
      })
    )
  )

  it.live("an interrupted statement is cancelled on the server, and its connection isn't used again", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { context, url } = yield* linked({ maxConnections: 1, statementTimeoutMs: 60_000 })
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const [before] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
          const slow = yield* Effect.forkScoped(sql`SELECT pg_sleep(120)`)
          yield* runsOn(url, before?.pid ?? 0)
          yield* Fiber.interrupt(slow)
          const [after] = yield* sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
          assert.notStrictEqual(after?.pid, before?.pid)
        }).pipe(Effect.provideContext(context))
      })
    )
  )

  it.live("a connection that is closed in good order isn't lost, however the server answers", () =>
    Effect.gen(function* () {
      const ends: Array<string> = []
      const session = yield* Effect.scoped(
        Effect.tap(
          PgSession.open({
            url: server ?? "",
            applicationName: "galaxy test",
            connectTimeoutMs: 5_000,
            answerTimeoutMs: 5_000
          }),
          (it) =>
            Effect.sync(() => {
              it.onEnd((reason) => ends.push(reason))
            })
        )
      )
      assert.deepStrictEqual([ends, session.usable, session.lost], [["the connection was closed"], false, false])
    })
  )

  it.live(
    "who listens notices that it hears nothing any more, and hears again",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { context, link } = yield* linked()
          yield* Effect.gen(function* () {
            const signal = yield* DatabaseSignal
            const heard = yield* Queue.unbounded<void>()
            yield* Effect.forkScoped(
              Stream.runForEach(signal.signals("galaxy_mail"), () => Queue.offer(heard, undefined))
            )
            const sent = Effect.andThen(
              Effect.ignore(signal.send("galaxy_mail")),
              Effect.timeout(Queue.take(heard), "500 millis")
            )
            yield* Effect.retry(sent, { schedule: Schedule.spaced("10 millis"), times: 100 })
            yield* link.swallow
            yield* Effect.retry(sent, { schedule: Schedule.spaced("100 millis"), times: 100 })
            // Not only once, for having listened again.
            yield* Effect.retry(sent, { schedule: Schedule.spaced("100 millis"), times: 100 })
          }).pipe(Effect.provideContext(context))
        })
      ),
    60_000
  )
})
