/**
 * Waiting as the gateway says, where the same thing may be sent again.
 *
 * Both refusals come before anything has run, so a new envelope for the same command can't make it run twice. Whoever has
 * no answer at all knows nothing of that kind and is never tried again here.
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

/** What everybody was told to wait for ends at one moment: each comes a little later, by up to this much. */
const spreadMs = 500
/** Waits for one command, however short. */
const maxWaits = 8

/** Tries again for as long as the gateway says when, within `patienceMs` of waiting in all. */
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
