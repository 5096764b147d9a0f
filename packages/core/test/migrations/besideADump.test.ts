/** A migration beside a dump: nobody else waits for it. */
import * as Migrations from "@galaxy/core/migrations/Migrations"
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { migratedTo, numberOf } from "./migratedTo.ts"

/** The one after it changes the table. */
const last = 35

onPostgres((database) => {
  layer(database, { timeout: "240 seconds", excludeTestServices: true })("a migration", (it) => {
    it.effect("that waits for a table lets others read it meanwhile", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* migratedTo(last)
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
          { until: ([row]) => row?.waits === true || migrating.pollUnsafe() !== undefined }
        )
        yield* sql`SELECT incarnation FROM backend.installation`
        assert.isUndefined(migrating.pollUnsafe())
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(dumping)
        assert.deepStrictEqual(
          (yield* Fiber.join(migrating)).map(([id]) => id),
          Migrations.names.map(numberOf).filter((it) => it > last)
        )
      }).pipe(Effect.scoped)
    )
  })
})
