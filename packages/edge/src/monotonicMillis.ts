/** Time that only goes forward, for everything that asks how long ago something was. */
import { Clock, Effect } from "effect"

/** Whole milliseconds since an arbitrary moment. They make sense only within one process. */
export const monotonicMillis: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) =>
  Number(nanos / 1_000_000n)
)
