/** A pool of node-postgres that belongs to somebody else, on a real server. */
import * as BorrowedPostgres from "@galaxy/host-node/sql/BorrowedPostgres"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Schedule, Scope } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Pool, type PoolConfig } from "pg"

const server = serverUrl()
if (server === undefined) console.warn("skipped: foreign pools (GALAXY_TEST_DATABASE_URL names no server)")

/** A pool that is ended with the scope. */
const pooled = (connectionString: string, config: PoolConfig = {}) =>
  Effect.acquireRelease(
    Effect.sync(() => new Pool({ connectionString, max: 4, ...config })),
    (pool) => {
      // The database is dropped while the last goodbyes are still on their way.
      pool.on("error", () => undefined)
      return Effect.promise(() => pool.end())
    }
  )

const clientOf = (pool: Pool, options: Partial<BorrowedPostgres.BorrowedOptions> = {}) =>
  Effect.map(Layer.build(BorrowedPostgres.layerOwned({ pool, ...options })), (context) => ({
    run: <A, E>(effect: Effect.Effect<A, E, SqlClient.SqlClient>) => Effect.provideContext(effect, context)
  }))

const sql = (strings: TemplateStringsArray, ...values: ReadonlyArray<unknown>) =>
  Effect.flatMap(SqlClient.SqlClient, (client) =>
    client<Record<string, unknown>>(strings, ...(values as Array<string>))
  )

const reasonOf = (error: SqlError.SqlError): string => error.reason._tag

const everyType = `SELECT true AS yes, false AS no, 1::int2 AS small, -2::int4 AS whole, 9007199254740993::int8 AS big,
  0.1::float4 AS single, 1e-7::float8 AS double, 'NaN'::float8 AS nan, '-Infinity'::float8 AS low, 12.340::numeric AS exact,
  'a"b\\c'::text AS text, 'x'::varchar AS varchar, 'y'::char(3) AS padded, 'n'::name AS name, 7::oid AS oid,
  '\\x00ff80'::bytea AS bytes, ''::bytea AS nothing, '0195c0de-0000-7000-8000-000000000001'::uuid AS uuid,
  '{"a": [1, "b"]}'::json AS json, '{"a": null}'::jsonb AS jsonb, 'null'::jsonb AS json_null, NULL::text AS none,
  '2026-11-30 07:11:30.123456+02'::timestamptz AS at, '1969-12-31 23:59:59.9996'::timestamp AS before,
  '1999-12-31 23:59:59.9996+00'::timestamptz AS eve, '0044-03-15 12:00 BC'::timestamp AS ides,
  '12345-06-07 08:09:10+00'::timestamptz AS later, 'infinity'::timestamptz AS never,
  '2026-11-30'::date AS day, 'infinity'::date AS no_day, '04:05:06.789'::time AS time, '04:05:06+02'::timetz AS zoned,
  '1 year 2 mons -3 days 04:05:06.7'::interval AS long, '-04:05:06'::interval AS back, '0'::interval AS no_time,
  '10.1.2.3'::inet AS address, '10.0.0.0/8'::cidr AS network, '2001:db8::1/64'::inet AS six,
  ARRAY['a', 'b,"c"', '\\', NULL, 'NULL', '']::text[] AS texts, ARRAY[1, NULL]::int4[] AS wholes, '{}'::int8[] AS empty,
  ARRAY[1.5]::float8[] AS doubles, ARRAY['2026-11-30 00:00+00']::timestamptz[] AS times, ARRAY['{"a":1}']::jsonb[] AS docs,
  ARRAY['\\x01', '\\x']::bytea[] AS blobs, ARRAY[true, false] AS flags,
  ARRAY['0195c0de-0000-7000-8000-000000000001']::uuid[] AS ids`

const given = {
  text: "'; --",
  whole: 1,
  big: 2n,
  beyond: 3_000_000_000,
  half: 0.5,
  yes: true,
  none: null,
  at: new Date(86_400_123),
  bytes: Uint8Array.of(0, 255),
  texts: ["a", 'b"c', null],
  wholes: [1, 2],
  ids: ["0195c0de-0000-7000-8000-000000000001"]
}
const back =
  () => sql`SELECT ${given.text} AS text, ${given.whole} AS whole, ${given.big} AS big, ${given.beyond} AS beyond,
  ${given.half} AS half, ${given.yes} AS yes, ${given.none}::text AS none, ${given.at} AS at, ${given.bytes} AS bytes,
  ${given.texts} AS texts, ${given.wholes} AS wholes, ${given.ids}::uuid[] AS ids, ${[]}::int[] AS empty,
  pg_typeof(${given.whole})::text AS type, ${"7"}::int + ${1} AS sum`

describe.skipIf(server === undefined)("a foreign pool", () => {
  it.live("gives values of every type as our own driver does, whatever the pool's own parsers make of them", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const types = { getTypeParser: () => () => "from the pool's own parser" }
      const pool = yield* pooled(url, { types })
      const { run } = yield* clientOf(pool)
      const plain = Layer.succeedContext(yield* Layer.build(Postgres.layer({ url })))
      const all = Effect.flatMap(SqlClient.SqlClient, (client) => client.unsafe(everyType))
      assert.deepStrictEqual(yield* run(all), yield* Effect.provide(all, plain))
      assert.deepStrictEqual(yield* run(back()), yield* Effect.provide(back(), plain))
      const refused = yield* Effect.flip(run(sql`SELECT ${"x"}::int`))
      assert.strictEqual(
        reasonOf(refused),
        reasonOf(yield* Effect.flip(Effect.provide(sql`SELECT ${"x"}::int`, plain)))
      )
    }).pipe(Effect.scoped)
  )

  it.live("has no say by what was set on its connections, and gets them back as they were", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const pool = yield* pooled(url, { application_name: "theirs" })
      const set = `SET search_path TO elsewhere; SET statement_timeout TO 70; SET timezone TO 'Asia/Tokyo';
        SET datestyle TO 'German'; SET bytea_output TO 'escape'; SET intervalstyle TO 'iso_8601'; SET extra_float_digits TO -5;
        SET default_transaction_read_only TO on; SET default_transaction_isolation TO 'serializable';
        SET synchronous_commit TO local; SET lock_timeout TO 1; SET ROLE pg_read_all_data`
      const asked = `SELECT name, setting FROM pg_settings
        WHERE name NOT IN ('in_hot_standby', 'transaction_read_only', 'transaction_isolation', 'transaction_deferrable')`
      const all = async () => [
        (await pool.query(asked)).rows as Array<unknown>,
        (await pool.query("SELECT name FROM pg_prepared_statements")).rows,
        (await pool.query("SELECT current_user, session_user, pg_listening_channels()")).rows
      ]
      const { run } = yield* clientOf(pool, { maxConnections: 1 })
      // One connection, so that it is the one that was set.
      const one = yield* Effect.promise(() => pool.query(set).then(all))
      assert.strictEqual(pool.totalCount, 1)
      yield* run(sql`CREATE TABLE public.things (n int)`)
      const [seen] = yield* run(sql`
        SELECT current_setting('application_name') LIKE 'galaxy backend %' AS ours, current_setting('timezone') AS zone,
          current_setting('transaction_isolation') AS isolation, current_user = session_user AS self,
          current_setting('synchronous_commit') <> 'local' AS safe, pg_sleep(0.1)::text AS slept, 0.1::float8 AS tenth, n
        FROM (SELECT count(*)::int AS n FROM things) AS counted`)
      assert.deepStrictEqual(seen, {
        ours: true,
        zone: "UTC",
        isolation: "read committed",
        self: true,
        safe: true,
        slept: "",
        tenth: 0.1,
        n: 0
      })
      yield* run(Effect.flatMap(SqlClient.SqlClient, (it) => it.withTransaction(sql`INSERT INTO things VALUES (1)`)))
      yield* Effect.exit(run(sql`SELECT 1 / 0`))
      assert.deepStrictEqual(yield* Effect.promise(all), one)
      assert.strictEqual(pool.totalCount, 1)
    }).pipe(Effect.scoped)
  )

  it.live("loses what a transaction left open by others had begun, and nothing of ours", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const pool = yield* pooled(url)
      const { run } = yield* clientOf(pool)
      yield* run(sql`CREATE TABLE things (n int)`)
      yield* Effect.promise(() => pool.query("BEGIN; INSERT INTO things VALUES (1)"))
      yield* run(sql`INSERT INTO things VALUES (2)`)
      yield* Effect.promise(() => pool.query("BEGIN"))
      yield* Effect.promise(() => pool.query("SELECT 1 / 0").catch(() => undefined))
      assert.deepStrictEqual(yield* run(sql`SELECT n FROM things`), [{ n: 2 }])
      assert.strictEqual(pool.totalCount, 1)
    }).pipe(Effect.scoped)
  )

  it.live("that is exhausted refuses in time, and its queue doesn't grow", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const pool = yield* pooled(url, { max: 2 })
      const { run } = yield* clientOf(pool, { connectTimeoutMs: 300, maxConnections: 2 })
      const held = yield* Effect.promise(() => Promise.all([pool.connect(), pool.connect()]))
      const asked = yield* Effect.forEach([1, 2, 3, 4, 5], () => Effect.flip(run(sql`SELECT 1`)), {
        concurrency: "unbounded"
      })
      for (const error of asked) assert.strictEqual(reasonOf(error), "ConnectionError")
      assert.isAtMost(pool.waitingCount, 2)
      for (const it of held) it.release()
      assert.deepStrictEqual(yield* run(sql`SELECT 1 AS one`), [{ one: 1 }])
      assert.strictEqual(pool.waitingCount, 0)
    }).pipe(Effect.scoped)
  )

  it.live("keeps a connection whose statement the server ends in time, and loses one whose server falls silent", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const { hostname, port } = new URL(url)
      const link = yield* FaultyLink.make(hostname, Number(port))
      const pool = yield* pooled(link.via(url))
      const { run } = yield* clientOf(pool, { statementTimeoutMs: 100 })
      const slow = yield* Effect.flip(run(sql`SELECT pg_sleep(1)`))
      assert.strictEqual(reasonOf(slow), "StatementTimeoutError")
      assert.deepStrictEqual(yield* run(sql`SELECT 1 AS one`), [{ one: 1 }])
      assert.strictEqual(pool.totalCount, 1)
      yield* link.swallow
      const silent = yield* Effect.flip(run(sql`SELECT 1`))
      assert.strictEqual(reasonOf(silent), "ConnectionError")
      assert.strictEqual(pool.totalCount, 0)
      yield* link.cut
    }).pipe(Effect.scoped)
  )

  it.live("has no connection of ours any more after an interrupted statement, and none in a transaction", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const pool = yield* pooled(url)
      const { run } = yield* clientOf(pool)
      yield* run(sql`CREATE TABLE things (n int)`)
      const transaction = Effect.flatMap(SqlClient.SqlClient, (it) =>
        it.withTransaction(Effect.andThen(sql`INSERT INTO things VALUES (1)`, sql`SELECT pg_sleep(30)`))
      )
      yield* Effect.timeoutOption(run(transaction), "300 millis")
      assert.deepStrictEqual(yield* run(sql`SELECT n FROM things`), [])
      assert.strictEqual(pool.idleCount, pool.totalCount)
    }).pipe(Effect.scoped)
  )

  it.live("is of no use to a backend that has lost its database and hasn't heard of it, until it has it back", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const { hostname, port } = new URL(url)
      const link = yield* FaultyLink.make(hostname, Number(port))
      // Each connection is used once, so that none is left to be swallowed.
      const pool = yield* pooled(link.via(url), { maxUses: 1 })
      const aside = yield* pooled(url)
      const { run } = yield* clientOf(pool)
      yield* run(sql`CREATE TABLE things (n int)`)
      yield* link.swallow
      yield* Effect.promise(() =>
        aside.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'galaxy lock %'`)
      )
      const statement = sql`INSERT INTO things VALUES (1)`
      const refused = yield* Effect.flip(run(statement))
      assert.include(refused.message + refused.reason.message, "the lock of this backend on its database is lost")
      const transaction = Effect.flatMap(SqlClient.SqlClient, (it) => it.withTransaction(statement))
      assert.strictEqual(reasonOf(yield* Effect.flip(run(transaction))), "ConnectionError")
      assert.deepStrictEqual(
        yield* Effect.promise(() => aside.query("SELECT n FROM things").then(({ rows }) => rows)),
        []
      )
      yield* link.cut
      yield* Effect.retry(run(statement), { times: 400, schedule: Schedule.spaced("50 millis") })
      assert.deepStrictEqual(yield* run(sql`SELECT n FROM things`), [{ n: 1 }])
    }).pipe(Effect.scoped)
  )

  it.live("is left as it is at the end, and is free for the next backend", () =>
    Effect.gen(function* () {
      const { url } = yield* cloneUrl(server ?? "")
      const pool = yield* pooled(url)
      const scope = yield* Scope.make()
      yield* Scope.provide(
        Effect.flatMap(clientOf(pool), ({ run }) => run(sql`SELECT 1`)),
        scope
      )
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(pool.listenerCount("error"), 0)
      const rows = yield* Effect.promise(() => pool.query("SELECT 1 AS one"))
      assert.deepStrictEqual(rows.rows, [{ one: 1 }])
      const { run } = yield* clientOf(pool, { lockWaitMs: 0 })
      assert.deepStrictEqual(yield* run(sql`SELECT 1 AS one`), [{ one: 1 }])
    }).pipe(Effect.scoped)
  )
})
