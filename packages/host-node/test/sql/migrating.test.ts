/** A migration beside a dump: nobody else waits for it. */
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"

const server = serverUrl()
if (server === undefined) console.warn("skipped: migrating (GALAXY_TEST_DATABASE_URL names no server)")

describe.skipIf(server === undefined)("a migration", () => {
  it.live(
    "that waits for a table lets others read it meanwhile",
    () =>
      Effect.gen(function* () {
        const { url } = yield* cloneUrl(server ?? "")
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`DELETE FROM ${sql(Migrations.table)} WHERE migration_id = 36`
          yield* sql`ALTER TABLE backend.installation DROP COLUMN secret_check, DROP COLUMN secret_used_at`
          const [reading, done] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const dump = Effect.gen(function* () {
            yield* sql`LOCK TABLE backend.installation IN ACCESS SHARE MODE`
            yield* Deferred.succeed(reading, undefined)
            // Not idle, or the server ends it.
            yield* Effect.repeat(sql`SELECT pg_sleep(0.1)`, { until: () => Deferred.isDone(done) })
          })
          const dumping = yield* Effect.forkScoped(sql.withTransaction(dump))
          yield* Deferred.await(reading)
          const migrating = yield* Effect.forkScoped(Migrations.run)
          yield* Effect.repeat(
            sql<{ waits: boolean }>`SELECT count(*) > 0 AS waits FROM pg_locks WHERE NOT granted
              AND relation = 'backend.installation'::regclass`,
            { until: ([row]) => row?.waits === true }
          )
          yield* sql`SELECT incarnation FROM backend.installation`
          assert.isUndefined(migrating.pollUnsafe())
          yield* Deferred.succeed(done, undefined)
          yield* Fiber.join(dumping)
          assert.deepStrictEqual(yield* Fiber.join(migrating), [[36, "secret_check"]])
        }).pipe(Effect.provide(Postgres.layer({ url, maxConnections: 4 })))
      }).pipe(Effect.scoped),
    120_000
  )
})
