/**
 * The backend of Galaxy inside a server of your own.
 *
 * `createGalaxy` connects, migrates the database and starts all background work before it returns, or rejects once. From
 * then on it answers requests through `fetch`, until `close`.
 */
import { build } from "./internal/build.ts"
import { type Caller, callerOf, type HasHeaders } from "./internal/caller.ts"
import { checked } from "./internal/checked.ts"
import { remember } from "./internal/internals.ts"
import { lobbyOf } from "./internal/lobby.ts"
import { intentOf, submit } from "./internal/notify.ts"
import { sqlOf } from "./internal/statements.ts"
import { runIn, transaction } from "./internal/transaction.ts"
import type { Kinds } from "./kinds.ts"
import type { Lobby } from "./lobby.ts"
import type { GalaxyOptions } from "./options.ts"
import type { Notify, Sql, Transaction } from "./transaction.ts"

/** A running backend. After `close` every call but `fetch` and `close` rejects with `GalaxyClosed`. */
export interface Galaxy<K extends Kinds = Kinds> {
  /**
   * Answers a request to the backend's REST surfaces, whose path begins with `/api/v1/`, `/healthz` or `/readyz`. Never
   * rejects. A server that mounts it elsewhere takes its own prefix away first, as Express and Hono do.
   */
  readonly fetch: (request: Request) => Promise<Response>
  /**
   * The player on whose behalf a gateway sends this request to a route of yours, or null: the very check of our own
   * routes for players. Takes requests of the Web, and those of Express, Fastify and Node.
   */
  readonly caller: (request: HasHeaders) => Promise<Caller | null>
  /** Tells players of something, once for each key. */
  readonly notify: Notify<K>
  readonly lobby: Lobby
  /** Statements on the same database. Keep your tables out of the schema `backend`; refer to our ids, not our columns. */
  readonly sql: Sql
  /**
   * Runs `body` in one transaction over your tables and ours. Commits when it resolves. When it rejects, everything is
   * rolled back, notifications and their mails included, and its error is passed on. Statements that take longer than 8
   * seconds, and as long a silence in between, end it.
   */
  readonly transaction: <A>(body: (tx: Transaction<K>) => Promise<A>) => Promise<A>
  /**
   * Answers new requests with 503, lets running ones, calls and mails under way end, and releases the database. Resolves after
   * `timeoutMs` at the latest, 10 seconds when absent. What still runs after half of it is cut off: transactions are
   * rolled back, and their calls reject with `GalaxyClosed`.
   */
  readonly close: (options?: { readonly timeoutMs?: number }) => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Starts a backend. Rejects with `GalaxyStartFailed`, whose `code` says why. */
export const createGalaxy = async <const K extends Kinds = {}>(options: GalaxyOptions<K>): Promise<Galaxy<K>> => {
  const { fetch, call, close, internals } = await build(checked(options))
  const { context, callers } = internals
  const kinds = options.kinds ?? ({} as K)
  const open: ReturnType<typeof runIn> = (effect) => call((cut) => runIn(context, cut)(effect))
  const galaxy: Galaxy<K> = {
    fetch,
    caller: (request) => open(callerOf(callers, request)),
    notify: (kind, given) => call(async (cut) => runIn(context, cut)(submit(await intentOf(kinds, kind, given)))),
    lobby: lobbyOf(open),
    sql: sqlOf(open),
    transaction: (body) => call((cut) => transaction(context, kinds, body, cut)),
    close: ({ timeoutMs } = {}) => close(timeoutMs),
    [Symbol.asyncDispose]: () => close()
  }
  remember(galaxy, internals)
  return galaxy
}
