/** Databases as earlier releases left them. */
import * as Migrations from "@galaxy/core/migrations/Migrations"
import { Effect } from "effect"
import { Migrator, SqlClient } from "effect/sql"

/** A migration's number, of its name such as `0033_turn_due`. */
export const numberOf = (name: string): number => Number.parseInt(name, 10)

/** Empties the database and applies the migrations up to this one, as a release that ended with it did. */
export const migratedTo = (last: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const names = Migrations.names.filter((it) => numberOf(it) <= last)
    const modules = yield* Effect.forEach(names, (name) =>
      Effect.promise(
        () => import(`@galaxy/core/migrations/${name}`) as Promise<{ readonly default: Effect.Effect<void> }>
      )
    )
    const sequence = Object.fromEntries(names.map((name, index) => [name, modules[index]?.default ?? Effect.void]))
    yield* sql`DROP SCHEMA backend CASCADE`
    yield* sql`DROP TABLE ${sql(Migrations.table)}`
    yield* sql.withTransaction(Migrator.make({})({ loader: Migrator.fromRecord(sequence), table: Migrations.table }))
  })
