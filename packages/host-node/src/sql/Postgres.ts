/**
 * A PostgreSQL server through a pool of connections, with deadlines on everything.
 *
 * `layer` is for tools and tests. A backend uses `layerOwned`, whose client works only while this process holds the
 * lock on its database.
 */
import type { PgClient } from "@effect/sql-pg"
import * as DatabaseOwnership from "@galaxy/core/shared/DatabaseOwnership"
import { Context, Effect, Layer, Redacted, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"
import * as Client from "./client.ts"
import * as PgDatabaseLock from "./PgDatabaseLock.ts"
import * as PgPool from "./PgPool.ts"
import * as PgSession from "./PgSession.ts"

/**
 * The server, the size of the pool and its deadlines. By default 10 connections, 8 s for a statement, 5 s to connect.
 */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  readonly maxConnections?: number
  /** The name of its pool in metrics; `primary` when absent. */
  readonly poolName?: string
  /** Connections beyond this many are closed as soon as nobody uses them. */
  readonly maxIdle?: number
  /** Older connections are replaced before their next use. Milliseconds. */
  readonly maxAgeMs?: number
  /** After this time the server cancels a statement, or ends an idle transaction. Milliseconds. */
  readonly statementTimeoutMs?: number
  /** Longest time to connect, and to wait for a connection while all are in use. Milliseconds. */
  readonly connectTimeoutMs?: number
  /** Wraps each connection, for programs that count or record statements. */
  readonly watch?: (connection: SqlConnection.Connection) => SqlConnection.Connection
}

/** Options of a backend, which waits up to 20 s for the lock by default. */
export interface OwnedOptions extends PostgresOptions {
  /** How long a start waits for the previous backend to end. Milliseconds. */
  readonly lockWaitMs?: number
  /** Whether the database is shared with other backends that say the same; false when absent. */
  readonly shared?: boolean
}

const defaults = {
  maxConnections: 10,
  statementTimeoutMs: 8_000,
  connectTimeoutMs: 5_000,
  lockWaitMs: 20_000
} as const

/** A server that cancels in time keeps the connection; only one that is silent for longer loses it. */
const answerGraceMs = 2_000
const heartbeatMs = 3_000
const heartbeatTimeoutMs = 4_000

type Lock = Pick<PgDatabaseLock.PgDatabaseLock, "applicationName" | "held" | "confirm" | "onLost">

const nobodyElse: Lock = {
  applicationName: "galaxy",
  held: () => true,
  confirm: () => Effect.void,
  onLost: () => undefined
}

const makeClient = Effect.fnUntraced(function* (
  given: PostgresOptions,
  lock: Lock
): Effect.fn.Return<PgClient.PgClient, SqlError.SqlError, Scope.Scope | Reactivity.Reactivity> {
  const options = { ...defaults, ...given }
  const { watch = (it) => it } = options
  const session = {
    url: options.url,
    applicationName: lock.applicationName,
    connectTimeoutMs: options.connectTimeoutMs,
    answerTimeoutMs: options.statementTimeoutMs + answerGraceMs
  }

  const prepare = Effect.fnUntraced(function* (made: PgSession.PgSession) {
    const timeout = `${options.statementTimeoutMs}`
    // The server ends what its client has given up, so that no lock of a lost session blocks the next one.
    yield* made.query(
      `SELECT set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false),
        set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false),
        set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '11000', false)`,
      [timeout]
    )
    yield* lock.confirm(made)
  })

  const pool = yield* PgPool.make({
    session,
    maxConnections: options.maxConnections,
    name: options.poolName ?? "primary",
    maxIdle: options.maxIdle,
    maxAgeMs: options.maxAgeMs,
    waitMs: options.connectTimeoutMs,
    prepare,
    refusal: () => (lock.held() ? undefined : PgDatabaseLock.notHeld())
  })
  lock.onLost(() => {
    pool.closeAll("the lock on the database is lost")
  })

  /** On a connection outside the pool, whose users can't take it. */
  const listen = (channel: string) =>
    Effect.gen(function* () {
      const listener = yield* PgSession.open({
        ...session,
        applicationName: "galaxy listener",
        answerTimeoutMs: heartbeatTimeoutMs
      })
      listener.onEnd((reason) => {
        if (listener.lost) pool.closeIdle(reason)
      })
      return yield* listener.listen(channel, heartbeatMs)
    })

  const { hostname, pathname, port } = new URL(options.url)
  return yield* Client.make({
    driver: "pg",
    acquirer: Effect.map(pool.get, (it) => watch(it.connection)),
    borrower: (work) => pool.use((it) => work(watch(it.connection))),
    transactionAcquirer: Effect.flatMap(pool.get, (it) => Effect.map(it.pinned, watch)),
    config: { url: Redacted.make(options.url), applicationName: lock.applicationName },
    listen,
    at: [
      ["db.namespace", decodeURIComponent(pathname.slice(1))],
      ["server.address", hostname],
      ["server.port", port === "" ? 5432 : Number(port)]
    ]
  })
})

/** Without a lock: for tools and tests, and for databases that are otherwise known to have one writer. */
export const layer = (
  options: PostgresOptions
): Layer.Layer<PgClient.PgClient | SqlClient.SqlClient, SqlError.SqlError> =>
  Layer.effectContext(Effect.map(makeClient(options, nobodyElse), Client.contextOf)).pipe(
    Layer.provide(Reactivity.layer)
  )

/**
 * For a backend: waits until the previous one has ended, or fails with `DatabaseInUse`, and works only while it holds
 * the lock on the database. Backends that are `shared` hold it together.
 *
 * Statements fail with a retryable error while the lock is lost.
 */
export const layerOwned = (
  options: OwnedOptions
): Layer.Layer<
  PgClient.PgClient | SqlClient.SqlClient | DatabaseOwnership.DatabaseOwnership,
  SqlError.SqlError | PgDatabaseLock.DatabaseInUse
> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const lock = yield* PgDatabaseLock.make({
        url: options.url,
        connectTimeoutMs: options.connectTimeoutMs ?? defaults.connectTimeoutMs,
        waitMs: options.lockWaitMs ?? defaults.lockWaitMs,
        shared: options.shared ?? false
      })
      const client = yield* makeClient(options, lock)
      return Client.contextOf(client).pipe(
        Context.add(DatabaseOwnership.DatabaseOwnership, { held: Effect.sync(lock.held) })
      )
    })
  ).pipe(Layer.provide(Reactivity.layer))
