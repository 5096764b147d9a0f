/**
 * Retries after the wait that the gateway asks for, where the same command may be sent again.
 *
 * The gateway asks for a wait only in two refusals, both before anything has run, so a new envelope for the same
 * command can't make it run twice. A call without any answer may have run and is never retried here.
 */
import { Effect, Random } from "effect"
import type { ClientError } from "./ClientError.ts"

/** Milliseconds that the gateway asked for; `undefined` when it didn't, or when the command may have run. */
export const toldToWait = (error: { readonly _tag: string }): number | undefined => {
  const it = error as ClientError
  if (it._tag === "Refused" && it.reason === "rate_limited") return it.retryAfterMs
  if (it._tag === "Unavailable" && it.reason === "replay_store_unavailable") return it.retryAfterMs
  return undefined
}

/** Many clients may be given the same time to wait for; each adds a random delay of up to this much. */
const spreadMs = 500
/** Most waits for one command, however short they are. */
const maxWaits = 8

/**
 * Retries as long as the gateway names a time to wait, up to `patienceMs` of waiting in total (without the random
 * delays). A longer wait fails at once with the refusal.
 */
export const waiting = <A, E extends { readonly _tag: string }, R>(
  attempt: Effect.Effect<A, E, R>,
  patienceMs: number
): Effect.Effect<A, E, R> => {
  const from = (waits: number, leftMs: number): Effect.Effect<A, E, R> =>
    Effect.catch(attempt, (error) => {
      const told = toldToWait(error)
      if (told === undefined || told > leftMs || waits >= maxWaits) return Effect.fail(error)
      return Random.next.pipe(
        Effect.flatMap((share) => Effect.sleep(told + share * Math.min(spreadMs, told))),
        Effect.andThen(from(waits + 1, leftMs - told))
      )
    })
  return from(0, patienceMs)
}
