/** Which backends there are, and which of them holds the lock on which share of the games: tables and locks of the database. */
import { Effect, Layer } from "effect"
import type { RunnerStorage, ShardingConfig } from "effect/cluster"
import { SqlRunnerStorage } from "effect/cluster"
import { SqlClient } from "effect/sql"

/** Tables are named after it; its dot sets them into the backend's schema. */
const prefix = "backend.cluster"

// Any constant would do, as long as no other lock uses it.
const lockKey = 7_205_159_403_792_795n

/** Backends that start together take turns. */
const migrate = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`SELECT pg_advisory_xact_lock(${lockKey})`
      yield* Layer.build(Layer.fresh(SqlRunnerStorage.layerMigrations({ prefix })))
    })
  )
}).pipe(Effect.scoped, Effect.orDie)

/** Makes the tables where they are missing. Takes one connection of the pool for as long as it lives. */
export const layer: Layer.Layer<
  RunnerStorage.RunnerStorage,
  never,
  SqlClient.SqlClient | ShardingConfig.ShardingConfig
> = SqlRunnerStorage.layerStorage({ prefix }).pipe(Layer.provide(Layer.effectDiscard(migrate)))
