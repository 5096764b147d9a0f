/** A database without its backend: how it is, bringing it up to date, and what is wrong with it. */
import type { Finding } from "@galaxy/contract/api/admin/Diagnostics"
import * as DatabaseFacts from "@galaxy/core/http/DatabaseFacts"
import { check, databaseFindings } from "@galaxy/core/http/databaseFindings"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as WriteProbe from "@galaxy/core/shared/WriteProbe"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { LocalFailure } from "../failures.ts"
import { Offline } from "./Offline.ts"

/** Backends that are connected now: the lock on the database is theirs, or they wait for it. */
const backends = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ since: Date }>`
    SELECT min(backend_start) AS since FROM pg_stat_activity
    WHERE datname = current_database() AND starts_with(application_name, 'galaxy backend ')
    GROUP BY application_name ORDER BY 1 LIMIT 10`
)

const numbered = (name: string) => Number.parseInt(name, 10)

/** Migrations of this release that the database doesn't have. */
const missing = ({ migration }: DatabaseFacts.DatabaseFacts) =>
  Migrations.names.filter((it) => numbered(it) > migration)

/** What `db status` tells. */
export const status = Effect.gen(function* () {
  const { kind, place } = yield* Offline
  const facts = yield* DatabaseFacts.read
  const { version, size_bytes, migration, latest_migration } = facts
  return {
    database: place,
    kind,
    postgresql: version,
    size_bytes,
    migration,
    latest_migration,
    missing_migrations: missing(facts),
    backends_since: (yield* backends).map(({ since }) => since.toISOString())
  }
})

const newer = ({ migration, latest_migration }: DatabaseFacts.DatabaseFacts) =>
  new LocalFailure({
    message: `The database is at migration ${migration}, which is newer than this release (${latest_migration}). Nothing was done.`,
    hint: "Use the release that has migrated it, or a newer one."
  })

/** Fails unless the database has exactly this release's migrations. */
export const upToDate = Effect.gen(function* () {
  const facts = yield* DatabaseFacts.read
  if (facts.migration > facts.latest_migration) return yield* newer(facts)
  if (facts.migration < facts.latest_migration) {
    return yield* new LocalFailure({
      message: `The database is at migration ${facts.migration}, and this release needs ${facts.latest_migration}. Nothing was done.`,
      hint: "Back it up, then: galaxy-admin db migrate"
    })
  }
})

/** Applies what is missing, under the lock that backends take for it. A database that is newer is refused. */
export const migrate = Effect.gen(function* () {
  const { place } = yield* Offline
  const facts = yield* DatabaseFacts.read
  if (facts.migration > facts.latest_migration) return yield* newer(facts)
  const applied = yield* Migrations.run
  return {
    database: place,
    changed: applied.length > 0,
    applied: applied.map(([id, name]) => `${String(id).padStart(4, "0")}_${name}`),
    migration: facts.latest_migration
  }
})

/** The migrations that `migrate` would apply. */
export const wouldMigrate = Effect.gen(function* () {
  const { place } = yield* Offline
  const facts = yield* DatabaseFacts.read
  if (facts.migration > facts.latest_migration) return yield* newer(facts)
  return { database: place, dry_run: true, would_apply: missing(facts) }
})

/** Indexes that were left half-made, by which nothing is found. */
const invalidIndexes = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND n.nspname = 'backend' ORDER BY 1 LIMIT 20`
  return check(
    "database.indexes",
    "All indexes are valid.",
    rows.length === 0
      ? undefined
      : {
          state: "problem",
          message: `Indexes that aren't valid: ${rows.map((it) => it.name).join(", ")}.`,
          help: "Rebuild each: REINDEX INDEX CONCURRENTLY backend.NAME"
        }
  )
})

/** What `db check` and `doctor --database` find. */
export const findings = Effect.gen(function* () {
  const facts = yield* DatabaseFacts.read
  // Without its tables it can't be written to as a backend does.
  const trouble = facts.migration < 3 ? undefined : yield* yield* WriteProbe.make
  const found: ReadonlyArray<typeof Finding.Type> = databaseFindings(facts, trouble)
  const known = facts.migration < 3 ? found.filter((it) => it.id !== "database.writable") : found
  return [...known, yield* invalidIndexes]
}).pipe(Effect.scoped)
