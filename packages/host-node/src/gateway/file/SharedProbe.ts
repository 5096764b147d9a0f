/**
 * A probe whose result is reused for a second, however many ask: the probes of a gateway are open to anybody.
 *
 * The second is one of the monotonic clock: a wall clock that is set back doesn't make an old result recent.
 */
import { monotonicMillis } from "@galaxy/edge/monotonicMillis"
import { Deferred, Effect } from "effect"

/** How long a result is reused, in monotonic milliseconds. */
const lastsMs = 1_000

/** Makes the shared probe; `run` gets the monotonic time in milliseconds. Who comes during a run waits for its result. */
export const make = <E>(run: (now: number) => Effect.Effect<void, E>): Effect.Effect<Effect.Effect<void, E>> =>
  Effect.sync(() => {
    let latest: { readonly result: Deferred.Deferred<void, E>; readonly begunAt: number } | undefined
    return Effect.flatMap(monotonicMillis, (now) => {
      if (latest !== undefined && now - latest.begunAt < lastsMs) return Deferred.await(latest.result)
      const result = Deferred.makeUnsafe<void, E>()
      latest = { result, begunAt: now }
      // Outlives its caller: others may be waiting for the same result.
      return Effect.andThen(
        Effect.forkDetach(Effect.onExit(run(now), (exit) => Deferred.done(result, exit))),
        Deferred.await(result)
      )
    })
  })
