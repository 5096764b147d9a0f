/**
 * A pool of PostgreSQL connections that drops lost ones.
 *
 * Where one connection is lost, the idle ones are closed too: whatever broke the one has most likely broken them, and
 * each would cost somebody a timeout.
 */
import { StatementDeadline } from "@galaxy/core/shared/StatementDeadline"
import { gauge, histogram } from "@galaxy/contract/telemetry/instruments"
import { Effect, Pool, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import * as Outage from "../logging/Outage.ts"
import * as PgSession from "./PgSession.ts"

const connections = gauge("db.client.connection.count")
const most = gauge("db.client.connection.max")
const pending = gauge("db.client.connection.pending_requests")
const waited = histogram("db.client.connection.wait_time")
const openConnections = gauge("db_sql_connection_open")
const connectionsInUse = gauge("db_sql_connection_in_use")

/** How connections are opened, and when nobody gets one. */
export interface PoolOptions {
  readonly session: PgSession.SessionOptions
  readonly maxConnections: number
  /** Tells the pools of a process apart in metrics. */
  readonly name: string
  /** Connections beyond this many are closed as soon as nobody uses them; all are kept for a while when absent. */
  readonly maxIdle?: number | undefined
  /** Connections older than this are replaced before their next use, in milliseconds; none is when absent. */
  readonly maxAgeMs?: number | undefined
  /** Longest wait for a connection while all are in use, in milliseconds. */
  readonly waitMs: number
  /** Runs on each new connection before anybody gets it. */
  readonly prepare: (session: PgSession.PgSession) => Effect.Effect<void, SqlError.SqlError>
  /** Why nobody may have a connection at present; undefined when there is no reason. */
  readonly refusal: () => SqlError.SqlError | undefined
}

/**
 * Both `get` and `use` fail with a retryable `SqlError` when no connection can be opened or is free in time, or while
 * `refusal` gives a reason.
 */
export interface PgPool {
  /** A connection until the scope closes. */
  readonly get: Effect.Effect<PgSession.PgSession, SqlError.SqlError, Scope.Scope>
  /** A connection for one effect. */
  readonly use: <A, E, R>(
    work: (session: PgSession.PgSession) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | SqlError.SqlError, R>
  /** Closes all connections, those in use too. */
  readonly closeAll: (reason: string) => void
  /** Closes the idle connections, since they may be lost. */
  readonly closeIdle: (reason: string) => void
}

/**
 * Opens connections on demand, and closes those unused for 60 seconds. Never fails; the database is first needed with
 * the first connection.
 */
export const make = Effect.fnUntraced(function* (options: PoolOptions): Effect.fn.Return<PgPool, never, Scope.Scope> {
  const context = yield* Effect.context()
  const runFork = Effect.runForkWith(context)
  const outage = Outage.make({
    lost: "the connection to the database is lost",
    back: "the connection to the database is back"
  })
  const sessions = new Map<PgSession.PgSession, { readonly openedAt: number }>()
  let inUse = 0
  let asking = 0
  let closing = false

  const measure = () => {
    connections(inUse, options.name, "used")
    connections(Math.max(0, sessions.size - inUse), options.name, "idle")
    pending(asking, options.name)
    openConnections(sessions.size)
    connectionsInUse(inUse)
  }

  most(options.maxConnections, options.name)
  measure()

  const closeIdle = (reason: string) => {
    for (const session of sessions.keys()) if (session.users === 0) session.lose(reason)
  }
  const closeAll = (reason: string) => {
    for (const session of sessions.keys()) {
      sessions.delete(session)
      session.lose(reason)
    }
  }

  const acquire = Effect.gen(function* () {
    const session = yield* PgSession.open(options.session)
    let released = false
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        sessions.set(session, { openedAt: performance.now() })
        measure()
      }),
      () =>
        Effect.sync(() => {
          released = true
          sessions.delete(session)
          measure()
        })
    )
    session.onEnd((reason) => {
      if (released) return
      if (sessions.delete(session) && session.lost) {
        runFork(outage.begun(reason))
        closeIdle(reason)
      }
      runFork(Pool.invalidate(pool, session))
    })
    // Others wait until it is open: a pool opens one connection after the other.
    session.users++
    yield* Effect.provideService(options.prepare(session), StatementDeadline, options.session.connectTimeoutMs)
    session.users--
    yield* outage.over
    return session
  }).pipe(Effect.tapError((error) => (closing ? Effect.void : outage.begun(PgSession.reasonOf(error)))))

  const pool: Pool.Pool<PgSession.PgSession, SqlError.SqlError> = yield* Pool.makeWithTTL({
    acquire,
    min: 0,
    max: options.maxConnections,
    timeToLive: "60 seconds",
    timeToLiveStrategy: "usage"
  })
  // Runs before the pool closes: what is being opened then fails, and nobody is to hear of a loss.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      closing = true
    })
  )

  const enter = (session: PgSession.PgSession) => {
    session.users++
    inUse++
    measure()
  }
  const leave = (session: PgSession.PgSession) => {
    session.users--
    inUse--
    measure()
    if (session.users > 0 || options.maxIdle === undefined) return
    const idle = [...sessions.keys()].filter((it) => it.users === 0).length
    if (idle > options.maxIdle) runFork(Pool.invalidate(pool, session))
  }

  const tooOld = (session: PgSession.PgSession) =>
    options.maxAgeMs !== undefined &&
    session.users === 0 &&
    performance.now() - (sessions.get(session)?.openedAt ?? 0) > options.maxAgeMs

  /** Fails after `waitMs`, by a timer of the machine and not of the Effect clock. */
  const patience = Effect.callback<never, SqlError.SqlError>((resume) => {
    const timer = setTimeout(() => {
      resume(
        Effect.fail(
          PgSession.connectionError(`no connection to the database was free within ${options.waitMs} ms`, "acquire")
        )
      )
    }, options.waitMs)
    return Effect.sync(() => {
      clearTimeout(timer)
    })
  })

  const fromPool = Effect.suspend(() => {
    const free = inUse + asking < options.maxConnections
    asking++
    measure()
    const since = performance.now()
    return (free ? Pool.get(pool) : Effect.raceFirst(Pool.get(pool), patience)).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          asking--
          waited((performance.now() - since) / 1_000, options.name)
        })
      )
    )
  })

  const usable: Effect.Effect<PgSession.PgSession, SqlError.SqlError, Scope.Scope> = Effect.suspend(() => {
    const refused = options.refusal()
    if (refused !== undefined) return Effect.fail(refused)
    return Effect.flatMap(fromPool, (session) => {
      const since = options.refusal()
      if (since !== undefined) return Effect.fail(since)
      return session.usable && !tooOld(session)
        ? Effect.succeed(session)
        : Effect.andThen(Pool.invalidate(pool, session), usable)
    })
  })

  const get = Effect.flatMap(usable, (session) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        enter(session)
        return session
      }),
      () =>
        Effect.sync(() => {
          leave(session)
        })
    )
  )

  return { get, use: (work) => Effect.scoped(Effect.flatMap(get, work)), closeAll, closeIdle }
})
