/** A clock on which everything happens so many times faster; both ends of a model live by it. */
import { type Clock, Duration, Effect } from "effect"

export const fastClock = (times: number): Clock.Clock => {
  const begun = Date.now()
  const millis = () => begun + (performance.now() - begunAt) * times
  const begunAt = performance.now()
  const nanos = () => BigInt(Math.round(millis() * 1e6))
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const timer = setTimeout(() => resume(Effect.void), Duration.toMillis(duration) / times)
        return Effect.sync(() => clearTimeout(timer))
      })
  }
}
