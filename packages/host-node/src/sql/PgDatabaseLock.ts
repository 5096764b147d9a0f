/**
 * The lock that lets only one backend work on its database, or only those of one cluster, held on a separate connection.
 *
 * It doesn't rely on clocks: whoever gets the lock ends every session of the previous owner and waits until they are
 * gone, and a backend's new connection is used only while its server says that this backend's lock is held
 * (docs/decisions/0407). Backends of a cluster share the lock, and each ends the sessions of those that hold it no more
 * (docs/decisions/1421).
 */
import { randomBytes } from "node:crypto"
import { Clock, Deferred, Effect, Exit, Schema, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import * as Outage from "../logging/Outage.ts"
import * as PgSession from "./PgSession.ts"

/** Another backend uses the database, and didn't end while this one waited. */
export class DatabaseInUse extends Schema.TaggedError<DatabaseInUse>()("DatabaseInUse", { message: Schema.String }) {}

/** What of a connection the lock needs. */
export interface LockSession {
  readonly query: (
    sql: string,
    params?: ReadonlyArray<unknown>
  ) => Effect.Effect<ReadonlyArray<Readonly<Record<string, unknown>>>, SqlError.SqlError>
  /** Fails when the connection is gone. */
  readonly gone: Effect.Effect<never, SqlError.SqlError>
}

/** How the lock is waited for. The heartbeat is sent every 2 s and must be answered within 4 s by default. */
export interface LockWait {
  /** How long a start waits for the previous backend to end, in milliseconds. */
  readonly waitMs: number
  /** Whether other backends that say the same may hold the lock at the same time; false when absent. */
  readonly shared?: boolean
  /** How often the server is asked whether the lock's session is alive, and how long it may take to answer. */
  readonly heartbeatMs?: number
  readonly heartbeatTimeoutMs?: number
}

/** The database to lock. */
export interface LockOptions extends LockWait {
  readonly url: string
  readonly connectTimeoutMs: number
}

/** Opens a connection of the lock's own. */
export type OpenSession = (given: {
  readonly applicationName: string
  readonly answerTimeoutMs: number
}) => Effect.Effect<LockSession, SqlError.SqlError, Scope.Scope>

/** The lock of one backend. It can be lost and taken again; nothing may be written in between. */
export interface PgDatabaseLock {
  /**
   * The application name of all sessions that may write: the same for all connections of this backend, and unique to
   * it.
   */
  readonly applicationName: string
  readonly held: () => boolean
  /** Fails unless the server of this session says that this backend's lock is held. */
  readonly confirm: (session: LockSession) => Effect.Effect<void, SqlError.SqlError>
  /**
   * A query for a transaction on any connection whose application name is ours by then: it fails with a division by zero
   * unless the lock is held. It costs far less than `confirm`.
   */
  readonly gate: string
  /** Called whenever the lock is lost. */
  readonly onLost: (callback: () => void) => void
}

/** Any constant would do, as long as nothing else uses it. `pg_locks` shows its two halves. */
const keyHigh = 1_677_624
const keyLow = 20_403
const key = (BigInt(keyHigh) << 32n) | BigInt(keyLow)

/** Whoever holds the lock holds another of this class, which is its own, so that holding it can be told at once. */
const ownClass = 1_677_625

/** Name prefixes of sessions that may write, and of those that hold or wait for the lock and write nothing. */
const writers = "galaxy backend "
const lockers = "galaxy lock "
const tryAgainMs = 500
const afterLossMs = 1_000
/** How often it is checked whether ended sessions are gone, and how many times at most. */
const goneMs = 50
const goneLooks = 200

/** The retryable error of statements while the lock isn't held. */
export const notHeld = () =>
  PgSession.connectionError(
    "the lock of this backend on its database is lost: nothing is read or written until it is held again",
    "acquire"
  )

/** A vanished host's lock is released by the server itself: after 5 + 3 × 2 seconds of silence. */
const keepAlive = `SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false),
  set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '11000', false)`

/** Sessions of backends that don't hold the lock any more, by the names of those that do. */
const writersWithoutLock = `starts_with(application_name, '${writers}') AND NOT EXISTS (
  SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.classid::bigint = ${keyHigh} AND l.objid::bigint = ${keyLow}
    AND a.application_name = '${lockers}' || substr(pg_stat_activity.application_name, ${writers.length + 1}))`

const holderOfLock = `FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND l.classid::bigint = ${keyHigh} AND l.objid::bigint = ${keyLow}`

/** A session that doesn't answer is lost, and its locks with it. */
const unlockWithin = "1 second"

const others = `FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`

const describe = ({ address, since }: { readonly address?: unknown; readonly since?: unknown }): string =>
  [
    typeof address === "string" ? `from ${address}` : undefined,
    since instanceof Date ? `since ${since.toISOString()}` : undefined
  ]
    .filter((it) => it !== undefined)
    .join(", ")

const inUse = (holder: string, waitMs: number, shared: boolean) =>
  new DatabaseInUse({
    message:
      `another backend is using this database${holder === "" ? "" : ` (${holder})`} and didn't stop within ` +
      `${waitMs / 1_000} s. ` +
      (shared
        ? "It isn't part of a cluster: stop it first, or set BACKEND_CLUSTER_ADDR for it too"
        : "Only one backend at a time can use a database, unless all of them have a BACKEND_CLUSTER_ADDR: stop the other one first, or use another database")
  })

const otherOwners = `pid IN (SELECT pid FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = ${ownClass}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`

/**
 * Holds the lock as long as the scope lives, and takes it again when it is lost. Succeeds once it is held for the first
 * time; fails with `DatabaseInUse`, or as connecting does.
 */
export const makeWith = Effect.fnUntraced(function* (
  open: OpenSession,
  options: LockWait
): Effect.fn.Return<PgDatabaseLock, SqlError.SqlError | DatabaseInUse, Scope.Scope> {
  const random = randomBytes(6)
  const own = random.toString("hex")
  const shared = options.shared ?? false
  const tryLock = shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock"
  const ownLock = `${ownClass}, ${random.readInt32BE(0)}`
  const applicationName = writers + own
  const heartbeatMs = options.heartbeatMs ?? 2_000
  const outage = Outage.make({ lost: "the lock on the database is lost", back: "the lock on the database is back" })
  const lostCallbacks = new Set<() => void>()
  const first = yield* Deferred.make<void, SqlError.SqlError | DatabaseInUse>()
  let held = false
  let everHeld = false
  let holder: string | undefined

  /** Ends the sessions that the condition selects, and waits until they are gone. */
  const end = Effect.fnUntraced(function* (
    session: LockSession,
    condition: string,
    values: ReadonlyArray<string> = []
  ) {
    for (let look = 0; look < goneLooks; look++) {
      const left = yield* session.query(`SELECT pg_terminate_backend(pid) ${others} AND ${condition}`, values)
      if (left.length === 0) return
      yield* Effect.sleep(goneMs)
    }
    return yield* PgSession.connectionError("sessions of the backend before this one don't end", "lock")
  })

  /**
   * Peers that hold the lock work on. Who is found without it twice has lost it: the server reads its locks and its
   * sessions one after the other, so a peer that is just starting may be found so once.
   */
  const endThoseWithoutLock = Effect.fnUntraced(function* (session: LockSession) {
    const found = yield* session.query(`SELECT pid ${others} AND ${writersWithoutLock}`)
    if (found.length === 0) return
    const pids = `{${found.map((it) => Number(it["pid"])).join(",")}}`
    yield* end(session, `pid = ANY($1::int[]) AND ${writersWithoutLock}`, [pids])
  })

  const lock = Effect.fnUntraced(function* (session: LockSession) {
    const begun = yield* Clock.monotonicTimeNanos
    for (;;) {
      const [answer] = yield* session.query(`SELECT ${tryLock}($1) AS locked`, [key])
      if (answer?.["locked"] === true) return
      const waitedMs = Number((yield* Clock.monotonicTimeNanos) - begun) / 1e6
      if (!everHeld && waitedMs >= options.waitMs) return yield* inUse(holder ?? "", options.waitMs, shared)
      const [found] = yield* session.query(
        `SELECT host(a.client_addr) AS address, a.backend_start AS since ${holderOfLock}`
      )
      if (holder === undefined) {
        yield* Effect.logInfo("waiting for another backend to leave the database").pipe(
          Effect.annotateLogs({ waiting_s: options.waitMs / 1_000, backend: describe(found ?? {}) })
        )
      }
      holder = describe(found ?? {})
      yield* Effect.sleep(tryAgainMs)
    }
  })

  const letGo = () => {
    if (!held) return
    held = false
    for (const callback of lostCallbacks) callback()
  }

  /** Takes the lock once, and fails when it is lost. */
  const hold = Effect.scoped(
    Effect.gen(function* () {
      const session = yield* open({
        applicationName: lockers + own,
        answerTimeoutMs: options.heartbeatTimeoutMs ?? 4_000
      })
      // The end of the session releases its locks, but the server may notice it only after whoever starts next has asked.
      const unlock = Effect.ignore(Effect.timeout(session.query("SELECT pg_advisory_unlock_all()"), unlockWithin))
      yield* Effect.addFinalizer(() => Effect.andThen(Effect.sync(letGo), unlock))
      yield* session.query(keepAlive)
      // The server may not have noticed yet that an earlier session of ours, which holds the lock, is lost.
      yield* end(session, "application_name IN ($1, $2)", [applicationName, lockers + own])
      yield* lock(session)
      if (shared) {
        yield* session.query(`SELECT pg_advisory_lock(${ownLock})`)
        yield* endThoseWithoutLock(session)
      } else {
        // The session of the previous owner is ending: its own lock must be gone too before others' gates close.
        yield* end(session, otherOwners)
        yield* session.query(`SELECT pg_advisory_lock(${ownLock})`)
        // Before any work starts under the lock, all work done under it before must be over.
        yield* end(session, "starts_with(application_name, $1)", [writers])
      }
      holder = undefined
      held = true
      everHeld = true
      yield* outage.over
      yield* Deferred.succeed(first, undefined)
      const beat = Effect.andThen(Effect.sleep(heartbeatMs), session.query("SELECT 1"))
      return yield* Effect.raceFirst(Effect.forever(beat), session.gone)
    })
  )

  const keep = Effect.gen(function* () {
    for (;;) {
      const exit = yield* Effect.exit(hold)
      const reason = Exit.isFailure(exit) ? exit.cause.reasons.find((it) => it._tag === "Fail")?.error : undefined
      if (reason === undefined) return yield* exit
      // A database that can't be reached fails the start; later it is waited for.
      yield* Deferred.fail(first, reason)
      yield* outage.begun(reason._tag === "SqlError" ? PgSession.reasonOf(reason) : reason.message)
      yield* Effect.sleep(afterLossMs)
    }
  })

  yield* Effect.forkScoped(keep)
  yield* Deferred.await(first)

  const confirm = Effect.fnUntraced(function* (session: LockSession) {
    const found = yield* session.query(`SELECT 1 ${holderOfLock} AND a.application_name = $1`, [lockers + own])
    if (found.length === 0) return yield* notHeld()
  })

  return {
    applicationName,
    held: () => held,
    confirm,
    // Nobody else can have it, not even shared, while our lock's session lives.
    gate: `SELECT 1 / (pg_try_advisory_xact_lock_shared(${ownLock})::int - 1)`,
    onLost: (callback) => {
      lostCallbacks.add(callback)
    }
  }
})

/** The same by connections of our own driver. */
export const make = ({ url, connectTimeoutMs, ...wait }: LockOptions) =>
  makeWith((given) => PgSession.open({ url, connectTimeoutMs, ...given }), wait)
