/** The databases of a test's platform, with their faults: PGlite in memory, or a copy on a PostgreSQL server. */
import * as DatabaseOwnership from "@galaxy/core/shared/DatabaseOwnership"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import * as FaultyLink from "../FaultyLink.ts"
import * as TestDatabase from "../TestDatabase.ts"
import { FaultyPglite, slowMs } from "./FaultyPglite.ts"
import { migratedImage } from "./migratedImage.ts"
import * as seed from "./DatabaseSeed.ts"

/**
 * No connection; answers that come later; writes that are refused; a connection on which nothing arrives any more, while
 * new ones work.
 */
export type DatabaseFault = "cut" | "slow" | "read-only" | "half-open"

/** A database that outlives the backends on it. */
export interface FaultyDatabase {
  /** The services of one backend. */
  readonly layer: Layer.Layer<TestDatabase.Database>
  /** Begins a fault. The effect that it returns ends it. `sql` is the client of the present backend. */
  fail(fault: DatabaseFault, sql: SqlClient.SqlClient): Effect.Effect<Effect.Effect<void>>
  /** Makes the database what it was before the first backend. No backend may be at work on it. */
  readonly wipe: Effect.Effect<void>
}

/** A migrated PGlite of its own. */
export const pglite: Effect.Effect<FaultyDatabase, never, Scope.Scope> = Effect.gen(function* () {
  const { image, seed: first } = yield* migratedImage
  const instance = yield* Effect.orDie(Pglite.start({ image }))
  const wire = new FaultyPglite(instance)
  const client = Layer.effectContext(
    Effect.map(Pglite.client(wire), (made) =>
      Context.make(PgClient.PgClient, made).pipe(Context.add(SqlClient.SqlClient, made))
    )
  ).pipe(Layer.provide(Reactivity.layer))
  const wiped = Effect.flatMap(SqlClient.SqlClient, (sql) => seed.wipe(sql, first))
  const set = (fault: Parameters<FaultyPglite["set"]>[0]) => Effect.sync(() => wire.set(fault))
  return {
    layer: Layer.merge(PgDatabaseSignal.layer, DatabaseOwnership.layerExclusive).pipe(
      Layer.provideMerge(client),
      Layer.orDie
    ),
    fail: (fault, sql) => {
      if (fault === "cut" || fault === "slow") return Effect.as(set(fault), set(undefined))
      if (fault === "half-open") return Effect.as(set("stuck"), set(undefined))
      const readOnly = (on: boolean) =>
        Effect.suspend(() => {
          wire.readOnly = on
          return Effect.orDie(sql.unsafe(`SET default_transaction_read_only = ${on ? "on" : "off"}`))
        })
      return Effect.as(readOnly(true), Effect.asVoid(readOnly(false)))
    },
    wipe: Effect.orDie(Effect.provide(wiped, client))
  }
})

/** A migrated copy on the PostgreSQL server at `url`, behind a link that can be cut. */
export const postgres = (url: string): Effect.Effect<FaultyDatabase, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clone = yield* Effect.orDie(TestDatabase.cloneUrl(url))
    const link = yield* FaultyLink.to(clone.url)
    const connect = Postgres.layerOwned({ url: link.via(clone.url) })
    const directly = Postgres.layer({ url: clone.url, maxConnections: 1 })
    const first = yield* Effect.flatMap(SqlClient.SqlClient, seed.of).pipe(Effect.provide(directly), Effect.orDie)
    const wiped = Effect.flatMap(SqlClient.SqlClient, (sql) => seed.wipe(sql, first))
    const onServer = (statement: string) =>
      Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
        Effect.provide(Postgres.layer({ url, maxConnections: 1 })),
        Effect.orDie
      )
    const both = (first: Effect.Effect<void>) => Effect.andThen(first, link.cut)
    return {
      layer: PgDatabaseSignal.layer.pipe(Layer.provideMerge(connect), Layer.orDie),
      fail: (fault) => {
        switch (fault) {
          case "cut":
            return Effect.as(both(link.refuseNew(true)), link.refuseNew(false))
          case "slow":
            return Effect.as(both(link.slow(slowMs)), both(link.slow(0)))
          case "half-open":
            return Effect.as(link.swallow, Effect.void)
          case "read-only":
            return Effect.as(
              both(onServer(`ALTER DATABASE ${clone.name} SET default_transaction_read_only = on`).pipe(Effect.asVoid)),
              both(onServer(`ALTER DATABASE ${clone.name} RESET default_transaction_read_only`).pipe(Effect.asVoid))
            )
        }
      },
      wipe: Effect.orDie(Effect.provide(wiped, directly))
    }
  })
