/** Time that only goes forward, for everything that asks how long ago something was. */
import { Clock, Effect } from "effect"

/** Whole milliseconds since an arbitrary moment. They make sense only within one process. */
export const monotonicMillis: Effect.Effect<number> = Clock.clockWith((clock) =>
  Effect.sync(() => monotonicMillisOf(clock))
)

/** The same by a clock that is at hand. */
export const monotonicMillisOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
