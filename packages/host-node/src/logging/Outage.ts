/**
 * One log line when a dependency goes away and one when it is back, rather than one for each request that misses it.
 */
import { monotonicMillis } from "@galaxy/edge/monotonicMillis"
import { Effect } from "effect"

/** The state of one dependency, reported to by everything that uses it. */
export interface Outage {
  /** A use of it failed for this reason. Only the first failure in a row is logged. */
  readonly begun: (reason: string) => Effect.Effect<void>
  /** A use of it worked. Logged when it had failed before. */
  readonly over: Effect.Effect<void>
  /** Whether `over` would be logged: callers that are often here needn't run it otherwise. */
  readonly isOn: () => boolean
}

/** `lost` and `back` are what the log says. */
export const make = (words: { readonly lost: string; readonly back: string }): Outage => {
  let since: number | undefined
  return {
    isOn: () => since !== undefined,
    begun: (reason) =>
      Effect.flatMap(monotonicMillis, (now) => {
        if (since !== undefined) return Effect.void
        since = now
        return Effect.logWarning(words.lost).pipe(Effect.annotateLogs({ reason }))
      }),
    over: Effect.flatMap(monotonicMillis, (now) => {
      if (since === undefined) return Effect.void
      const away = Math.round(now - since)
      since = undefined
      return Effect.logInfo(words.back).pipe(Effect.annotateLogs({ away_ms: away }))
    })
  }
}
