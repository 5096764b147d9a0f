/**
 * A clock that runs with real time and that a test can move ahead.
 *
 * Sockets, retries and polls go on as ever; what waits for an hour is woken by `advance("1 hour")`. Sleepers wake in the
 * order of their deadlines, each seeing its own deadline as the present or later, never earlier.
 */
import { Clock, Context, Duration, Effect, Layer } from "effect"

interface Sleeper {
  readonly deadline: number
  readonly wake: () => void
}

export interface MovableClock extends Clock.Clock {
  /** Moves the clock ahead and wakes everybody whose time has come. */
  readonly advance: (by: Duration.Input) => Effect.Effect<void>
}

export class MovableClockService extends Context.Service<MovableClockService, MovableClock>()(
  "@galaxy/testkit/MovableClock"
) {}

export const make = (): MovableClock => {
  let offset = 0
  const sleepers = new Set<Sleeper>()
  const now = () => Date.now() + offset
  const monotonic = () => process.hrtime.bigint() + BigInt(Math.round(offset * 1e6))

  const wakeDue = () => {
    const due = [...sleepers].filter((it) => it.deadline <= now()).toSorted((a, b) => a.deadline - b.deadline)
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
        const sleeper: Sleeper = { deadline: now() + millis, wake: finish }
        // Longer than a timer can count is as good as for ever, unless the clock is moved.
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
      })
  }
}

/** Makes a movable clock the clock of everything that is built from the layer. */
export const layer: Layer.Layer<MovableClockService> = Layer.unwrap(
  Effect.sync(() => {
    const clock = make()
    return Layer.mergeAll(Layer.succeed(MovableClockService, clock), Layer.succeed(Clock.Clock, clock))
  })
)
