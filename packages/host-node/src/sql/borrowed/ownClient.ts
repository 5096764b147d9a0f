/**
 * Connections that are made as the pool makes its own, and aren't part of it: those that are held for ever would be
 * missing there.
 */
import { Effect, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import { ClientSession } from "./ClientSession.ts"
import { sqlError } from "./faults.ts"
import type { Client, PoolLike } from "./PoolLike.ts"

/** Silence before the first keep-alive probe, so that a vanished peer is noticed even while nothing is asked. */
const keepAliveMs = 5_000
/** The driver gives up by itself at the deadline. */
const graceMs = 500
const goodbyeMs = 500

const clientOf = (pool: PoolLike, connectTimeoutMs: number): Client => {
  const { Client } = pool as PoolLike & { readonly Client: new (options: object) => Client }
  const { options } = pool as { readonly options: { readonly password?: unknown } }
  return new Client({
    ...options,
    // Hidden from enumeration, so that it isn't printed.
    password: options.password,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: undefined,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs
  })
}

/** Whether the pool is one that is built as those of node-postgres are, and answers one statement after the other. */
export const isSupported = (pool: PoolLike): boolean => {
  const { Client } = pool as PoolLike & { readonly Client?: unknown }
  const { pipeline } = pool.options as { readonly pipeline?: unknown }
  return typeof Client === "function" && pipeline !== true
}

/** Ends a client with a goodbye; a peer that doesn't take it isn't waited for. */
const end = (client: Client): void => {
  client.end().catch(() => undefined)
  const { connection } = client as { readonly connection?: { readonly stream?: { destroy?(): void } } }
  setTimeout(() => connection?.stream?.destroy?.(), goodbyeMs).unref()
}

/** What a connection is for. */
export interface OwnClientOptions {
  readonly applicationName: string
  readonly connectTimeoutMs: number
  readonly answerTimeoutMs: number
}

/** Connects; the connection is closed with the scope. */
export const open = (
  pool: PoolLike,
  options: OwnClientOptions
): Effect.Effect<ClientSession, SqlError.SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    const client = yield* Effect.acquireRelease(
      Effect.try({ try: () => clientOf(pool, options.connectTimeoutMs), catch: (cause) => sqlError(cause, "connect") }),
      (made) => Effect.sync(() => end(made))
    )
    const session = new ClientSession(client, {
      answerTimeoutMs: options.answerTimeoutMs,
      destroy: () => end(client)
    })
    const { connectTimeoutMs } = options
    yield* Effect.tryPromise({ try: () => client.connect(), catch: (cause) => sqlError(cause, "connect") }).pipe(
      Effect.raceFirst(late(connectTimeoutMs + graceMs))
    )
    // An URL of the pool's may name another, and each of its connections its own bounds.
    yield* session.query(
      `SELECT set_config('application_name', $1, false), set_config('statement_timeout', '0', false),
        set_config('lock_timeout', '0', false), set_config('idle_session_timeout', '0', false)`,
      [options.applicationName]
    )
    return session
  })

const late = (millis: number): Effect.Effect<never, SqlError.SqlError> =>
  Effect.callback((resume) => {
    const timer = setTimeout(
      () => resume(Effect.fail(sqlError(new Error(`no connection within ${millis} ms`), "connect"))),
      millis
    )
    return Effect.sync(() => {
      clearTimeout(timer)
    })
  })
