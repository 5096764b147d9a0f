/**
 * A clock that runs with real time and that a test can move ahead.
 *
 * Sockets, retries and polls go on as usual; whatever waits for an hour is woken by `advance("1 hour")`. Sleepers wake
 * in the order of their deadlines, and none sees a time before its own deadline.
 */
import { DeadlineClock } from "@galaxy/core/shared/BackgroundLoop"
import { Clock, Context, Duration, Effect, Layer } from "effect"

interface Sleeper {
  readonly deadline: number
  readonly wake: () => void
}

/** Effect's clock: real time plus an offset, which only grows. */
export interface MovableClock extends Clock.Clock {
  /** Moves the clock ahead and wakes every sleeper whose deadline has passed. */
  readonly advance: (by: Duration.Input) => Effect.Effect<void>
  /** Sets the wall clock alone, ahead or back by this many milliseconds, as an operator or a wrong time server does. */
  readonly setWall: (byMillis: number) => Effect.Effect<void>
}

/** Gives tests the clock that the platform runs on, so that they can move it. */
export class MovableClockService extends Context.Service<MovableClockService, MovableClock>()(
  "@galaxy/testkit/MovableClock"
) {}

/** A clock that starts at the present. Wall clock and monotonic time move together, except by `setWall`. */
export const make = (): MovableClock => {
  let offset = 0
  let wallOffset = 0
  const sleepers = new Set<Sleeper>()
  const elapsed = () => Date.now() + offset
  const now = () => elapsed() + wallOffset
  const monotonic = () => process.hrtime.bigint() + BigInt(Math.round(offset * 1e6))

  const wakeDue = () => {
    const due = [...sleepers].filter((it) => it.deadline <= elapsed()).toSorted((a, b) => a.deadline - b.deadline)
    for (const sleeper of due) sleeper.wake()
  }

  return {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now),
    currentTimeNanosUnsafe: () => BigInt(Math.round(now() * 1e6)),
    currentTimeNanos: Effect.sync(() => BigInt(Math.round(now() * 1e6))),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const millis = Duration.toMillis(duration)
        if (millis <= 0) {
          resume(Effect.void)
          return Effect.void
        }
        const finish = () => {
          clearTimeout(timer)
          sleepers.delete(sleeper)
          resume(Effect.void)
        }
        const sleeper: Sleeper = { deadline: elapsed() + millis, wake: finish }
        // A wait that is too long for a timer ends only when the clock is moved.
        const timer = millis < 2 ** 31 ? setTimeout(finish, millis) : undefined
        sleepers.add(sleeper)
        return Effect.sync(() => {
          clearTimeout(timer)
          sleepers.delete(sleeper)
        })
      }),
    advance: (by) =>
      Effect.sync(() => {
        offset += Duration.toMillis(Duration.fromInputUnsafe(by))
        wakeDue()
      }),
    setWall: (byMillis) =>
      Effect.sync(() => {
        wallOffset += byMillis
      })
  }
}

/**
 * Makes a movable clock the clock of everything that is built from the layer. Passes of background loops keep real time
 * for their deadlines: moving the clock makes nothing late that is at work meanwhile.
 */
export const layer: Layer.Layer<MovableClockService> = Layer.unwrap(
  Effect.map(Clock.Clock, (real) => {
    const clock = make()
    return Layer.mergeAll(
      Layer.succeed(MovableClockService, clock),
      Layer.succeed(Clock.Clock, clock),
      Layer.succeed(DeadlineClock, real)
    )
  })
)
