/** One connection of a foreign pool, from the wait for it until it is given back. */
import { Effect, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import { connectionError } from "../PgSession.ts"
import { ClientSession } from "./ClientSession.ts"
import { sqlError } from "./faults.ts"
import { clientOf, type PooledClientLike, type PoolLike } from "./PoolLike.ts"

/** How many connections may be asked for and held at once, and for how long a call waits. */
export interface LeaseOptions {
  readonly pool: PoolLike
  readonly max: number
  /** Longest wait for a connection, in milliseconds. */
  readonly waitMs: number
  readonly answerTimeoutMs: number
}

/** A connection on loan. */
export interface Lease {
  readonly session: ClientSession
  /** What node-postgres knows of a transaction that is open; undefined where it doesn't say. */
  readonly status: () => string | undefined
}

/** Lends connections. */
export interface Leases {
  /**
   * A connection until the scope closes; then it goes back, or is closed where its session has ended. Fails with a
   * retryable error when none is had in time.
   */
  readonly get: Effect.Effect<Lease, SqlError.SqlError, Scope.Scope>
  /** Closes all connections that are on loan. */
  readonly loseAll: (reason: string) => void
}

/** Nothing is asked of the pool before the first `get`. */
export const make = ({ pool, max, waitMs, answerTimeoutMs }: LeaseOptions): Leases => {
  const onLoan = new Set<ClientSession>()
  const waiting = new Set<() => void>()
  let places = max
  const connected = async () => pool.connect()

  const leave = () => {
    places++
    const [next] = waiting
    if (next === undefined) return
    waiting.delete(next)
    next()
  }

  const get = Effect.suspend(() => {
    let wanted = true
    let giveBack: (() => void) | undefined

    const adopt = (client: PooledClientLike): Lease => {
      const session = new ClientSession(clientOf(client), {
        answerTimeoutMs,
        // Not once it is given back; the pool closes it then.
        destroy: () => giveBack?.()
      })
      onLoan.add(session)
      giveBack = () => {
        giveBack = undefined
        onLoan.delete(session)
        const broken = session.end !== undefined
        // The pool listens to it before we cease to.
        client.release(broken)
        session.detach()
        leave()
      }
      const { getTransactionStatus } = client as { readonly getTransactionStatus?: () => string | null }
      return { session, status: () => getTransactionStatus?.call(client) ?? undefined }
    }

    const lease = Effect.callback<Lease, SqlError.SqlError>((resume) => {
      const late = () => {
        wanted = false
        waiting.delete(ask)
        const reason = `the pool had no connection for us within ${waitMs} ms`
        resume(Effect.fail(connectionError(reason, "acquire")))
      }
      const timer = setTimeout(late, waitMs)
      /** The place is taken until the pool has answered, however late: so no more than `max` wait in its queue. */
      const ask = () => {
        places--
        connected().then(
          (client) => {
            clearTimeout(timer)
            if (wanted) {
              resume(Effect.succeed(adopt(client)))
              return
            }
            client.release()
            leave()
          },
          (cause: unknown) => {
            clearTimeout(timer)
            leave()
            if (wanted) resume(Effect.fail(sqlError(cause, "connect")))
          }
        )
      }
      if (places > 0) ask()
      else waiting.add(ask)
      return Effect.sync(() => {
        wanted = false
        clearTimeout(timer)
        waiting.delete(ask)
      })
    })

    return Effect.acquireRelease(Effect.void, () =>
      Effect.sync(() => {
        wanted = false
        giveBack?.()
      })
    ).pipe(Effect.andThen(lease))
  })

  return {
    get,
    loseAll: (reason) => {
      for (const session of onLoan) session.lose(reason)
    }
  }
}
