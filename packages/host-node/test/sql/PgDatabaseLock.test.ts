/** One backend at a time on a database, whatever becomes of its connections. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { DatabaseOwnership } from "@galaxy/core/shared/DatabaseOwnership"
import * as PgDatabaseLock from "@galaxy/host-node/sql/PgDatabaseLock"
import * as PgSession from "@galaxy/host-node/sql/PgSession"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Schedule, Scope } from "effect"
import { SqlClient } from "effect/sql"

const server = serverUrl()
if (server === undefined) console.warn("skipped: the lock on a database (GALAXY_TEST_DATABASE_URL names no server)")

const database = Effect.map(cloneUrl(server ?? ""), (it) => it.url)

/** A client that owns the database, until it is ended or the scope closes. */
const owner = Effect.fnUntraced(function* (url: string, options: Partial<Postgres.OwnedOptions> = {}) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const context = yield* Layer.buildWithScope(Postgres.layerOwned({ lockWaitMs: 30_000, ...options, url }), scope)
  return {
    run: <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient | DatabaseOwnership>) =>
      Effect.provideContext(effect, context),
    end: Scope.close(scope, Exit.void)
  }
})

/** On the server, without a lock. */
const aside = <A, E>(url: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  Effect.provide(effect, Postgres.layer({ url, maxConnections: 1 }))

/** The URL by way of a proxy that keeps every answer back for a while, and shows what is sent. */
const slowly = (url: string, millis: number, seen: (sent: string) => void) =>
  Effect.gen(function* () {
    const server = new URL(url)
    const to = new URL(url)
    const sockets = new Set<Socket>()
    const proxy = createServer((near) => {
      const far = connect(Number(server.port), server.hostname)
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.on("error", () => undefined)
        socket.on("close", () => {
          near.destroy()
          far.destroy()
        })
      }
      near.on("data", (chunk) => {
        seen(chunk.toString("latin1"))
        far.write(chunk)
      })
      far.on("data", (chunk) => setTimeout(() => near.write(chunk), millis))
    })
    yield* Effect.promise(() => new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve)))
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        proxy.close()
        for (const socket of sockets) socket.destroy()
      })
    )
    to.hostname = "127.0.0.1"
    to.port = String((proxy.address() as AddressInfo).port)
    return to.href
  })

const table = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.andThen(sql`CREATE TABLE things (id int PRIMARY KEY, n int)`, sql`INSERT INTO things VALUES (1, 0)`)
)

const set = (n: number) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql`UPDATE things SET n = ${n} WHERE id = 1`)
const n = Effect.flatMap(SqlClient.SqlClient, (sql) => sql<{ n: number }>`SELECT n FROM things`)

/** So many sessions that don't hold the lock have asked for it since now, and gone on waiting. */
const asked = (url: string, count: number) =>
  aside(
    url,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [begun] = yield* sql<{ now: Date }>`SELECT clock_timestamp() AS now`
      const waiting = sql<{ count: number }>`
        SELECT count(*)::int AS count FROM pg_stat_activity a
        WHERE a.datname = current_database() AND a.application_name LIKE 'galaxy lock %'
          AND a.query_start > ${begun?.now ?? new Date()} AND a.query LIKE '%pg_locks%' AND a.state = 'idle'
          AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)`
      yield* Effect.repeat(Effect.andThen(Effect.sleep("20 millis"), waiting), {
        until: ([row]) => (row?.count ?? 0) >= count
      }).pipe(Effect.timeout("60 seconds"))
    })
  )

/** What the server does of its own accord when the host of a session has vanished. */
const endLockSession = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql<{ name: string }>`
      SELECT a.application_name AS name, pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'galaxy lock %'
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`
)

// Each on a database of its own, and most of it waiting for deadlines: at once they take as long as the longest.
describe.skipIf(server === undefined)("the lock on a database", { concurrent: true }, () => {
  it.live("a second backend waits and is refused with a sentence", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* database
        const first = yield* owner(url)
        const error = yield* Effect.flip(owner(url, { lockWaitMs: 1_000 }))
        assert.strictEqual(error._tag, "DatabaseInUse")
        assert.match(
          error.message,
          /^another backend is using this database \(.*since 20.*\) and didn't stop within 1 s\./
        )
        assert.isTrue(yield* first.run(Effect.flatMap(DatabaseOwnership, (it) => it.held)))
      })
    )
  )

  it.live("a second backend waits no longer where the answers are slow", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* database
        yield* owner(url)
        let tries = 0
        const slow = yield* slowly(url, 600, (sent) => {
          if (sent.includes("pg_try_advisory_lock")) tries++
        })
        const error = yield* Effect.flip(
          PgDatabaseLock.make({ url: slow, connectTimeoutMs: 20_000, waitMs: 2_000, heartbeatTimeoutMs: 20_000 })
        )
        assert.strictEqual(error._tag, "DatabaseInUse")
        // The second try is answered 2.3 s after the beginning.
        assert.strictEqual(tries, 2)
      })
    )
  )

  it.live("a backend that waits gets in when the one before it ends", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* database
        const first = yield* owner(url)
        const second = yield* Effect.forkScoped(owner(url))
        yield* asked(url, 1)
        assert.isUndefined(second.pollUnsafe())
        yield* first.end
        const { run } = yield* Fiber.join(second)
        yield* run(table)
      })
    )
  )

  it.live("of several that wait one gets in, and the others go on waiting", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* database
        const first = yield* owner(url)
        const waiting = [yield* Effect.forkScoped(owner(url)), yield* Effect.forkScoped(owner(url))]
        yield* asked(url, 2)
        yield* first.end
        const second = yield* Effect.raceAll(waiting.map((it) => Fiber.join(it)))
        yield* second.run(table)
        yield* asked(url, 1)
        assert.lengthOf(
          waiting.filter((it) => it.pollUnsafe() === undefined),
          1
        )
        yield* second.end
        for (const each of waiting) yield* Fiber.join(each)
      })
    )
  )

  it.live("backends of different databases don't know each other", () =>
    Effect.scoped(Effect.andThen(Effect.flatMap(database, owner), Effect.flatMap(database, owner)))
  )

  it.live(
    "a backend that lost its lock works again when it has it back, and meanwhile fails at once",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const url = yield* database
          const link = yield* FaultyLink.to(url)
          const { run } = yield* owner(link.via(url))
          yield* run(table)
          yield* link.refuseNew(true)
          yield* link.swallow
          // Within a heartbeat and its deadline.
          yield* run(
            Effect.gen(function* () {
              const { held } = yield* DatabaseOwnership
              yield* Effect.repeat(held, { until: (it) => !it, schedule: Schedule.spaced("50 millis") })
            })
          )
          const error = yield* Effect.flip(run(set(1)))
          assert.isTrue(error.isRetryable)
          assert.match(error.message, /lock of this backend on its database is lost/)
          yield* link.refuseNew(false)
          // Although the server still believes in the old sessions, the one with the lock among them.
          yield* Effect.retry(run(set(2)), { schedule: Schedule.spaced("100 millis"), times: 150 })
          assert.deepStrictEqual(yield* run(n), [{ n: 2 }])
        })
      ),
    60_000
  )

  it.live(
    "whoever takes over ends what the one before it had open, so that nothing of it is written any more",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const url = yield* database
          const link = yield* FaultyLink.to(url)
          const first = yield* owner(link.via(url))
          yield* first.run(table)
          const open = yield* Deferred.make<void>()
          const goOn = yield* Deferred.make<void>()
          const late = yield* Effect.forkScoped(
            first
              .run(
                Effect.flatMap(SqlClient.SqlClient, (sql) =>
                  sql.withTransaction(
                    Effect.gen(function* () {
                      yield* set(1)
                      yield* Deferred.succeed(open, undefined)
                      yield* Deferred.await(goOn)
                    })
                  )
                )
              )
              .pipe(Effect.exit)
          )
          yield* Deferred.await(open)
          // The first knows nothing: its lock's session ends, and it isn't told.
          yield* link.swallow
          yield* aside(url, endLockSession)
          const second = yield* owner(url)
          // Would wait for the row of the first.
          yield* second.run(set(2))
          yield* Deferred.succeed(goOn, undefined)
          assert.isTrue(Exit.isFailure(yield* Fiber.join(late)))
          assert.deepStrictEqual(yield* second.run(n), [{ n: 2 }])
          yield* link.refuseNew(false)
          assert.isTrue(Exit.isFailure(yield* Effect.exit(first.run(set(3)))))
        })
      ),
    60_000
  )

  it.live("a connection that is opened after the lock was lost is good for nothing", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const url = yield* database
        const link = yield* FaultyLink.to(url)
        const lock = yield* PgDatabaseLock.make({ url: link.via(url), connectTimeoutMs: 5_000, waitMs: 0 })
        const session = yield* PgSession.open({
          url,
          applicationName: lock.applicationName,
          connectTimeoutMs: 5_000,
          answerTimeoutMs: 5_000
        })
        yield* lock.confirm(session)
        yield* link.swallow
        const [ended] = yield* aside(url, endLockSession)
        assert.isDefined(ended)
        assert.isTrue(lock.held())
        yield* Effect.repeat(Effect.exit(lock.confirm(session)), { until: Exit.isFailure, times: 50 })
      })
    )
  )
})
