/** A database that a later release has migrated. */
import * as Migrations from "@galaxy/core/migrations/Migrations"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

eachDatabase((name, database) => {
  layer(database, { timeout: "240 seconds", excludeTestServices: true })(`a newer database on ${name}`, (it) => {
    it.effect("is refused, with a sentence that says what to do", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        assert.deepStrictEqual(yield* Migrations.run, [])
        const later = Migrations.latest + 1
        yield* sql`INSERT INTO ${sql(Migrations.table)} (migration_id, name) VALUES (${later}, 'later')`
        const error = yield* Effect.flip(Migrations.run)
        assert.strictEqual(error._tag, "DatabaseNewer")
        assert.include(error.message, `to ${later}, while this one knows migrations to ${Migrations.latest}`)
      })
    )
  })
})
