import * as Probes from "@galaxy/core/http/probes"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as BackgroundLoop from "@galaxy/core/shared/BackgroundLoop"
import { databaseTrouble } from "@galaxy/core/shared/databaseTrouble"
import * as WriteProbe from "@galaxy/core/shared/WriteProbe"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Effect, Tracer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { type Answer, codeOf, services, surfaces } from "./harness.ts"

const patience = 120_000
const sendPath = "/api/v1/public/auth/send-email-code"

/** Looks again until it is as wanted; what was seen last tells why it never came. */
const until = (look: Effect.Effect<Answer>, wanted: (answer: Answer) => boolean) =>
  Effect.gen(function* () {
    let seen: Answer | undefined
    const deadline = performance.now() + 45_000
    while (performance.now() < deadline) {
      seen = yield* look
      if (wanted(seen)) return seen
      yield* Effect.sleep("50 millis")
    }
    return yield* Effect.die(new Error(`last seen: ${seen?.status} ${seen?.text}`))
  })

const reasonOf = (answer: Answer, name: string) =>
  (answer.body["reasons"] as Record<string, string> | undefined)?.[name]

/** Changes a setting for everybody, as an operator or a failover does: on a server, sessions begin anew with it. */
const change = (name: string, setting: string, value: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    if (name === "PGlite") return yield* sql.unsafe(`SET ${setting} = ${value}`)
    const [row] = yield* sql<{ database: string }>`SELECT current_database() AS database`
    yield* sql.withTransaction(
      Effect.andThen(
        sql`SET TRANSACTION READ WRITE`,
        sql.unsafe(`ALTER DATABASE ${row?.database} SET ${setting} = ${value}`)
      )
    )
    const others = sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`
    return yield* Effect.andThen(others, Effect.ignore(sql`SELECT pg_terminate_backend(pg_backend_pid())`))
  }).pipe(
    // A session that was just ended may be the one that is asked.
    Effect.retry({ times: 5 })
  )

eachDatabase((name, database) => {
  layer(services(database), { timeout: patience, excludeTestServices: true })(`readiness on ${name}`, (it) => {
    it.effect(
      "a database that is read-only or full is named, and writes are refused for the time being",
      () =>
        Effect.gen(function* () {
          const lines: Array<string> = []
          const call = yield* surfaces({ lines })
          const ready = call("GET", "/readyz")
          let users = 0
          const write = Effect.suspend(() => call("POST", sendPath, { json: { email: `user${users++}@example.org` } }))
          yield* until(ready, (it) => it.status === 200)
          for (const [setting, on, off, reason] of [
            ["default_transaction_read_only", "on", "off", "read-only"],
            // As a full disk: what is written beside the one row doesn't fit.
            ["temp_file_limit", "100", "-1", "at a configured limit"]
          ] as const) {
            yield* change(name, setting, on)
            const unready = yield* until(ready, (it) => reasonOf(it, "database") === reason)
            assert.strictEqual(unready.status, 503)
            assert.deepStrictEqual(unready.body["missing"], ["database"])
            if (reason === "read-only") {
              const refused = yield* write
              assert.deepStrictEqual([refused.status, codeOf(refused)], [503, "service_unavailable"])
              const line = lines.findLast((it) => it.includes("storage failed")) ?? ""
              assert.include(line, '"sqlstate":"25006"')
              assert.include(line, '"database":"read-only"')
              // One line, no dump.
              assert.notInclude(line, "    at ")
            }
            yield* change(name, setting, off)
            yield* until(ready, (it) => it.status === 200)
            yield* until(write, (it) => it.status === 200)
          }
        }).pipe(Effect.scoped),
      patience
    )

    it.effect(
      "a loop that gets nothing done is named until it does",
      () =>
        Effect.gen(function* () {
          const call = yield* surfaces()
          const ready = call("GET", "/readyz")
          const gate = yield* Deferred.make<void>()
          yield* BackgroundLoop.start({
            name: "stuck worker",
            pass: Deferred.await(gate),
            every: "10 millis",
            deadline: "50 millis"
          })
          const unready = yield* until(ready, (it) => it.status === 503)
          assert.deepStrictEqual(unready.body["missing"], ["stuck worker"])
          assert.match(reasonOf(unready, "stuck worker") ?? "", /^no pass completed for \d+ s$/)
          yield* Deferred.succeed(gate, undefined)
          yield* until(ready, (it) => it.status === 200)
        }).pipe(Effect.scoped),
      patience
    )
  })

  layer(database, { timeout: patience })(`the write probe on ${name}`, (it) => {
    it.effect(
      "writes once however many ask within a second, and its table doesn't grow",
      () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const probe = yield* WriteProbe.make
          const written = Effect.map(
            sql<{ at: Date; pages: number; rows: number }>`SELECT max(written_at) AS at, count(*)::int AS rows,
            (pg_relation_size('backend.write_probe') / 8192)::int AS pages FROM backend.write_probe`,
            ([row]) => row
          )
          const asked = yield* Effect.all(
            Array.from({ length: 20 }, () => probe),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(new Set(asked), new Set([undefined]))
          const first = yield* written
          yield* probe
          assert.deepStrictEqual(yield* written, first)
          for (let count = 0; count < 150; count++) {
            yield* TestClock.adjust("1 second")
            assert.isUndefined(yield* probe)
          }
          const last = yield* written
          assert.isAbove(last?.at.getTime() ?? 0, first?.at.getTime() ?? 0)
          assert.strictEqual(last?.rows, 1)
          // 150 versions of the row, and no vacuum: dead ones are overwritten.
          assert.isAtMost(last?.pages ?? 0, 2)
        }).pipe(Effect.scoped),
      patience
    )
  })
})

eachDatabase((name, database) => {
  layer(services(database), { timeout: patience })(`the migrations on ${name}`, (it) => {
    it.effect("are looked up at most once a second however many ask, and no more once all are applied", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const table = sql(Migrations.table)
        const { missing } = yield* Probes.Readiness
        const lookUps = (ask: Effect.Effect<unknown>) =>
          Effect.suspend(() => {
            const spans: Array<Tracer.NativeSpan> = []
            const tracer = Tracer.make({
              span: (options) => {
                const span = new Tracer.NativeSpan(options)
                spans.push(span)
                return span
              }
            })
            return Effect.map(
              Effect.withTracer(ask, tracer),
              () => spans.filter((it) => String(it.attributes.get("db.query.text")).includes(Migrations.table)).length
            )
          })
        const flood = lookUps(Effect.replicateEffect(missing, 30, { concurrency: 30 }))
        yield* sql`UPDATE ${table} SET migration_id = -migration_id WHERE migration_id = ${Migrations.latest}`
        assert.strictEqual(yield* flood, 1)
        const [part] = yield* missing
        assert.deepStrictEqual(part, { name: "migrations", reason: "not all applied" })
        yield* sql`UPDATE ${table} SET migration_id = -migration_id WHERE migration_id < 0`
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* flood, 1)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(yield* flood, 0)
        assert.deepStrictEqual(
          (yield* missing).filter((it) => it.name === "migrations"),
          []
        )
      })
    )
  })
})

describe("the database's own trouble", () => {
  const failure = (code: string, tag = "UnknownError", operation = "query") => ({
    reason: { _tag: tag, isRetryable: false, operation, cause: { code } }
  })

  it("is told from a statement at fault by the SQLSTATE", () => {
    for (const [code, trouble] of [
      ["08006", "not reachable"],
      ["25006", "read-only"],
      ["53000", "out of resources"],
      ["53100", "out of disk space"],
      ["53200", "out of memory"],
      ["53300", "out of connections"],
      ["53400", "at a configured limit"],
      ["57P01", "shutting down"],
      ["57P02", "shutting down"],
      ["57P03", "not accepting connections"],
      ["58030", "failing to read or write its files"]
    ] as const) {
      assert.deepStrictEqual([code, databaseTrouble(failure(code))], [code, trouble])
    }
    for (const code of ["23505", "22P02", "42P01", "XX000", "0A000", ""]) {
      assert.deepStrictEqual([code, databaseTrouble(failure(code))], [code, undefined])
    }
    assert.strictEqual(databaseTrouble(failure("28P01", "AuthenticationError", "connect")), "not reachable")
    assert.strictEqual(databaseTrouble(failure("", "ConnectionError")), "not reachable")
    for (const other of [undefined, null, "text", new Error("text"), {}]) assert.isUndefined(databaseTrouble(other))
  })
})
