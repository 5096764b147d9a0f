/** Whether the durations of calls are measured, and how: by a clock that nobody sets, whatever a call's outcome. */
import { Clock, Context, Effect, type Exit } from "effect"

/** Off unless a host says that somebody reads its metrics. */
export const Measuring = Context.Reference<boolean>("@galaxy/core/shared/Measuring", { defaultValue: () => false })

/** Tells how many seconds an effect took, and how it ended; nothing where nobody reads metrics. */
export const timed = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  took: (seconds: number, exit: Exit.Exit<A, E>) => void
): Effect.Effect<A, E, R> =>
  Effect.flatMap(Measuring, (isMeasuring) => {
    if (!isMeasuring) return effect
    return Clock.clockWith((clock) => {
      const started = clock.monotonicTimeNanosUnsafe()
      return Effect.onExit(effect, (exit) =>
        Effect.sync(() => took(Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9, exit))
      )
    })
  })
