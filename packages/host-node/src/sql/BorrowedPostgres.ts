/**
 * A PostgreSQL server through somebody else's pool of node-postgres, with the deadlines and the owner's lock of
 * `Postgres`.
 *
 * Connections that are held for long, to listen and for the lock, are made as the pool makes its own, and aren't part of
 * it. The pool is never ended.
 */
import type { PgClient } from "@effect/sql-pg"
import * as DatabaseOwnership from "@galaxy/core/shared/DatabaseOwnership"
import { Context, Effect, Layer } from "effect"
import { Reactivity } from "effect/reactivity"
import type { SqlClient, SqlError } from "effect/sql"
import * as Outage from "../logging/Outage.ts"
import { LeasedConnection } from "./borrowed/LeasedConnection.ts"
import * as Lease from "./borrowed/Lease.ts"
import * as OwnClient from "./borrowed/ownClient.ts"
import type { PoolLike } from "./borrowed/PoolLike.ts"
import * as Prelude from "./borrowed/prelude.ts"
import * as Client from "./client.ts"
import * as PgDatabaseLock from "./PgDatabaseLock.ts"
import { reasonOf } from "./PgSession.ts"

/** The pool, and deadlines in milliseconds: 8 s for a statement, 5 s for a connection, 20 s for the lock by default. */
export interface BorrowedOptions {
  readonly pool: PoolLike
  /** How many of its connections may be in use by us; those of the pool but one, and 10 at most, by default. */
  readonly maxConnections?: number | undefined
  readonly statementTimeoutMs?: number | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly lockWaitMs?: number | undefined
}

const answerGraceMs = 2_000
const heartbeatMs = 3_000
const heartbeatTimeoutMs = 4_000

/** Some are left for the program, which may hold one while it waits for us. */
const shareOf = (pool: PoolLike): number => {
  const { max } = pool.options as { readonly max?: unknown }
  return typeof max === "number" && max > 0 ? Math.max(1, Math.min(10, max - 1)) : 9
}

/**
 * For a backend: waits until the previous one has ended, or fails with `DatabaseInUse`, and works only while it holds the
 * lock on the database.
 *
 * Statements fail with a retryable error while the lock is lost, or the pool has no connection in time.
 */
export const layerOwned = ({
  pool,
  maxConnections = shareOf(pool),
  statementTimeoutMs = 8_000,
  connectTimeoutMs = 5_000,
  lockWaitMs = 20_000
}: BorrowedOptions): Layer.Layer<
  PgClient.PgClient | SqlClient.SqlClient | DatabaseOwnership.DatabaseOwnership,
  SqlError.SqlError | PgDatabaseLock.DatabaseInUse
> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const runFork = Effect.runForkWith(yield* Effect.context())
      const outage = Outage.make({
        lost: "the connection to the database is lost",
        back: "the connection to the database is back"
      })
      const lock = yield* PgDatabaseLock.makeWith((given) => OwnClient.open(pool, { connectTimeoutMs, ...given }), {
        waitMs: lockWaitMs
      })
      const leases = Lease.make({
        pool,
        max: maxConnections,
        waitMs: connectTimeoutMs,
        answerTimeoutMs: statementTimeoutMs + answerGraceMs
      })
      lock.onLost(() => leases.loseAll("the lock on the database is lost"))

      const first = yield* Effect.scoped(
        Effect.gen(function* () {
          const { session } = yield* leases.get
          const [row] = yield* session.query(`SELECT current_setting('server_version_num') AS version`)
          return Number(row?.["version"])
        })
      )
      const prelude = Prelude.make({
        applicationName: lock.applicationName,
        statementTimeoutMs,
        serverVersion: first,
        gate: lock.gate,
        notOwner: PgDatabaseLock.notHeld
      })

      // A connection that the pool loses while nobody uses it would end the process, if nobody listened.
      const lost = (error: Error) => void runFork(outage.begun(error.message))
      yield* Effect.acquireRelease(
        Effect.sync(() => pool.on("error", lost)),
        () => Effect.sync(() => pool.removeListener("error", lost))
      )

      const connection = Effect.suspend(() => (lock.held() ? leases.get : Effect.fail(PgDatabaseLock.notHeld()))).pipe(
        Effect.tapError((error) => outage.begun(reasonOf(error))),
        Effect.tap(() => outage.over),
        Effect.flatMap((lease) =>
          Effect.acquireRelease(
            Effect.sync(() => new LeasedConnection(lease, prelude)),
            (it) => Effect.sync(() => it.leave())
          )
        )
      )

      const listen = (channel: string) =>
        Effect.flatMap(
          OwnClient.open(pool, {
            connectTimeoutMs,
            applicationName: "galaxy listener",
            answerTimeoutMs: heartbeatTimeoutMs
          }),
          (session) => session.listen(channel, heartbeatMs)
        )

      const client = yield* Client.make({
        driver: "pg",
        acquirer: connection,
        transactionAcquirer: connection,
        beginTransaction: Prelude.beginning,
        config: { applicationName: lock.applicationName },
        listen,
        at: []
      })
      return Client.contextOf(client).pipe(
        Context.add(DatabaseOwnership.DatabaseOwnership, { held: Effect.sync(lock.held) })
      )
    })
  ).pipe(Layer.provide(Reactivity.layer))

export { isSupported } from "./borrowed/ownClient.ts"
export type { PoolLike } from "./borrowed/PoolLike.ts"
