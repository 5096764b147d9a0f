/** A clock on which every wait is over at once; its length is kept. */
import { type Clock, Effect } from "effect"

/** Real waits would only slow the tests down: every backoff is over at once, and its length is kept. */
export const hasty = (waits: Array<number>): Clock.Clock => {
  const started = Date.now()
  return {
    currentTimeMillisUnsafe: () => Date.now(),
    currentTimeMillis: Effect.sync(() => Date.now()),
    currentTimeNanosUnsafe: () => BigInt(Date.now()) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(Date.now()) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => BigInt(Date.now() - started) * 1_000_000n,
    monotonicTimeNanos: Effect.sync(() => BigInt(Date.now() - started) * 1_000_000n),
    sleep: (duration) => {
      const millis = duration.value._tag === "Millis" ? duration.value.millis : 0
      // The silence guard is the only long one.
      if (millis > 31_000) return Effect.never
      waits.push(millis)
      return Effect.yieldNow
    }
  }
}
