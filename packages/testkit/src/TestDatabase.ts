/**
 * A separate migrated database for each suite, on each database that Galaxy runs on.
 *
 * PGlite starts in memory from an image that is made once per version of the migrations; PostgreSQL clones a template
 * database. PostgreSQL suites run if `GALAXY_TEST_DATABASE_URL` names a server; otherwise they are skipped with a
 * message.
 */
import { randomUUID } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { PgClient } from "@effect/sql-pg"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as DatabaseOwnership from "@galaxy/core/shared/DatabaseOwnership"
import type { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import * as DataImage from "@galaxy/host-node/sql/DataImage"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { fingerprint } from "./internal/fingerprint.ts"
import { migratedImage } from "./internal/migratedImage.ts"

/** The services that a host supplies for storage. */
export type Database = SqlClient.SqlClient | PgClient.PgClient | DatabaseSignal | DatabaseOwnership.DatabaseOwnership

/** URL of this run's PostgreSQL server, if there is one. */
export const serverUrl = (): string | undefined => process.env["GALAXY_TEST_DATABASE_URL"] || undefined

const withSignal = <E>(layer: Layer.Layer<SqlClient.SqlClient | PgClient.PgClient, E>) =>
  Layer.merge(PgDatabaseSignal.layer, DatabaseOwnership.layerExclusive).pipe(Layer.provideMerge(layer))

/** Makes a new folder with a migrated PGlite, for those that open one on a disk. */
export const migratedFolder = (path: string): Effect.Effect<void> =>
  Effect.map(migratedImage, ({ image }) => {
    mkdirSync(path, { mode: 0o700 })
    for (const { bytes, path: below } of DataImage.entries(readFileSync(image))) {
      if (bytes === undefined) mkdirSync(join(path, below), { mode: 0o700 })
      else writeFileSync(join(path, below), bytes, { mode: 0o600 })
    }
  })

/** A migrated PGlite of its own, in memory. */
export const layerPglite = withSignal(
  Layer.unwrap(Effect.map(migratedImage, ({ image }) => Pglite.layer({ image })))
).pipe(Layer.orDie)

const templateLock = 4_242_001n

/** Copying databases is slow when many suites do it at once. */
const patient = { statementTimeoutMs: 120_000, connectTimeoutMs: 30_000 }

/** Runs against the server's own database, to make others. */
const onServer = <A, E>(url: string, effect: Effect.Effect<A, E, SqlClient.SqlClient | Scope.Scope>) =>
  Effect.scoped(effect).pipe(Effect.provide(Postgres.layer({ url, maxConnections: 1, ...patient })))

const databaseUrl = (url: string, name: string) => {
  const parsed = new URL(url)
  parsed.pathname = `/${name}`
  return parsed.toString()
}

const template = (url: string) =>
  Effect.gen(function* () {
    const name = `galaxy_template_${fingerprint()}`
    yield* onServer(
      url,
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`SELECT pg_advisory_lock(${templateLock})`
        yield* Effect.gen(function* () {
          const found = yield* sql`SELECT 1 FROM pg_database WHERE datname = ${name}`
          if (found.length > 0) return
          const building = `${name}_building`
          yield* sql.unsafe(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`)
          yield* sql.unsafe(`CREATE DATABASE ${building}`)
          yield* Migrations.run.pipe(
            Effect.provide(Postgres.layer({ url: databaseUrl(url, building), maxConnections: 1, ...patient }))
          )
          yield* sql.unsafe(`ALTER DATABASE ${building} RENAME TO ${name}`)
        }).pipe(Effect.ensuring(Effect.ignore(sql`SELECT pg_advisory_unlock(${templateLock})`)))
      })
    )
    return name
  })

/** A clone of the migrated template on the server, dropped with the scope; returns its name and URL. */
export const cloneUrl = (url: string) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const name = `galaxy_test_${randomUUID().replaceAll("-", "")}`
      const from = yield* template(url)
      yield* onServer(
        url,
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          // One clone at a time: a template must have no other reader while it is copied.
          yield* sql`SELECT pg_advisory_lock(${templateLock})`
          yield* sql
            .unsafe(`CREATE DATABASE ${name} TEMPLATE ${from}`)
            .pipe(Effect.ensuring(Effect.ignore(sql`SELECT pg_advisory_unlock(${templateLock})`)))
        })
      )
      return { name, url: databaseUrl(url, name) }
    }),
    ({ name }) =>
      Effect.ignore(
        onServer(
          url,
          Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
        )
      )
  )

/** A migrated database on the PostgreSQL server at `url`. */
export const layerPostgres = (url: string, maxConnections = 10) =>
  withSignal(
    Layer.unwrap(Effect.map(cloneUrl(url), (clone) => Postgres.layer({ url: clone.url, maxConnections })))
  ).pipe(Layer.orDie)

/** A database that a test has made by `cloneUrl`, for those that several programs open one after the other. */
export const layerAt = (
  url: string,
  options: Pick<Postgres.PostgresOptions, "maxConnections" | "watch"> = {}
): Layer.Layer<Database> => withSignal(Postgres.layer({ ...options, url })).pipe(Layer.orDie)

/**
 * Runs a suite once per database: `eachDatabase((name, layer) => { … })`. With `GALAXY_TEST_DATABASES=one` it runs on the
 * server alone where there is one, which takes half the time.
 */
export const eachDatabase = (suite: (name: string, layer: Layer.Layer<Database>) => void): void => {
  const url = serverUrl()
  if (url === undefined || process.env["GALAXY_TEST_DATABASES"] !== "one") suite("PGlite", layerPglite)
  if (url === undefined) console.warn("skipped: PostgreSQL suites (GALAXY_TEST_DATABASE_URL names no server)")
  else suite("PostgreSQL", layerPostgres(url))
}

/** For suites whose point is real concurrency: PostgreSQL only. */
export const onPostgres = (suite: (layer: Layer.Layer<Database>, url: string) => void): void => {
  const url = serverUrl()
  if (url === undefined) console.warn("skipped: PostgreSQL suite (GALAXY_TEST_DATABASE_URL names no server)")
  else suite(layerPostgres(url), url)
}
