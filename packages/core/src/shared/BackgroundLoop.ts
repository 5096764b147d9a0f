/**
 * Work that a process does again and again for as long as it lives.
 *
 * A pass that fails, dies or takes too long is ended, and the loop goes on with growing waits. Failing and working
 * again are logged once each, and `/readyz` names a loop that hasn't completed a pass for too long. An interruption is
 * not a failure.
 */
import { Cause, Clock, Context, Duration, Effect, Exit, Fiber, Option, Schema, type Scope, Stream } from "effect"
import { BackgroundLoops } from "./BackgroundLoops.ts"
import { failureFields } from "./failureFields.ts"

/** A loop's work and pace. A pass may fail with anything: the loop logs it and goes on. */
export interface BackgroundLoopOptions<E, R> {
  /** For operators, in the log and in `/readyz`: "mail worker". */
  readonly name: string
  /** Does what is due. May return how long the next pass can wait where that is less than `every`. */
  readonly pass: Effect.Effect<Duration.Duration | void, E, R>
  /** Longest wait between two passes. */
  readonly every: Duration.Input
  /** Longest time for one pass, which is then interrupted. */
  readonly deadline: Duration.Input
  /** Ends the wait early, but not the backoff after a failure. Must not fail. */
  readonly wake?: Effect.Effect<unknown>
  /** The wait after a failed pass doubles with each further one, up to the longest; it is never above `every`. */
  readonly firstBackoff?: Duration.Input
  readonly longestBackoff?: Duration.Input
}

/** A pass was still at work at its deadline. */
class PassOverdue extends Schema.TaggedError<PassOverdue>()("PassOverdue", {}) {}

/**
 * The clock by which passes are late; that of the loop itself when absent. A test that moves the loop's clock by days
 * sets real time here: the pass that is at work meanwhile isn't late.
 */
export const DeadlineClock = Context.Reference<Clock.Clock | undefined>("@galaxy/core/shared/DeadlineClock", {
  defaultValue: () => undefined
})

const defaults = { firstBackoff: "500 millis", longestBackoff: "5 seconds" } as const

/** How long an interrupted pass may take to end before the loop goes on without it. */
const grace = Duration.seconds(2)

/** Most passes that may ignore their interruption: after that the loop waits for one of them to end. */
const mostLeftBehind = 3

/** A loop is stalled after two intervals and two deadlines without a completed pass. */
const patienceOf = (every: Duration.Duration, deadline: Duration.Duration) =>
  Duration.sum(Duration.times(every, 2), Duration.times(deadline, 2))

/** Starts the loop; it ends with the scope. The first pass begins at once. */
export const start = <E, R>(
  given: BackgroundLoopOptions<E, R>
): Effect.Effect<void, never, R | BackgroundLoops | Scope.Scope> =>
  Effect.gen(function* () {
    const options = { ...defaults, ...given }
    const every = Duration.fromInputUnsafe(options.every)
    const deadline = Duration.fromInputUnsafe(options.deadline)
    const longest = Duration.min(every, Duration.fromInputUnsafe(options.longestBackoff))
    const first = Duration.fromInputUnsafe(options.firstBackoff)
    const loops = yield* BackgroundLoops
    const clock = (yield* DeadlineClock) ?? (yield* Clock.Clock)
    const within = <A>(exit: Effect.Effect<A>, time: Duration.Duration) =>
      Effect.provideService(Effect.timeoutOption(exit, time), Clock.Clock, clock)
    const scope = yield* Effect.scope
    const completed = yield* loops.register(options.name, patienceOf(every, deadline))
    const leftBehind = new Set<Fiber.Fiber<Duration.Duration | void, E>>()
    let failures = 0

    /** The pass's own exit, or `PassOverdue`. */
    const bounded = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        while (leftBehind.size >= mostLeftBehind) {
          yield* restore(Effect.raceAll([...leftBehind].map((it) => Fiber.await(it))))
        }
        const fiber = yield* Effect.forkIn(options.pass, scope, { uninterruptible: false })
        const exit = yield* restore(within(Fiber.await(fiber), deadline)).pipe(
          Effect.onInterrupt(() => Fiber.interrupt(fiber))
        )
        if (Option.isSome(exit)) return yield* exit.value
        leftBehind.add(fiber)
        fiber.addObserver(() => leftBehind.delete(fiber))
        fiber.interruptUnsafe()
        yield* restore(within(Fiber.await(fiber), grace))
        return yield* new PassOverdue()
      })
    )

    const round = Effect.gen(function* () {
      const exit = yield* Effect.exit(bounded)
      if (Exit.isSuccess(exit)) {
        yield* completed
        if (failures > 0) {
          yield* Effect.logInfo("a background loop works again").pipe(Effect.annotateLogs({ failures }))
        }
        failures = 0
        const pause = Duration.isDuration(exit.value) ? Duration.min(exit.value, every) : every
        yield* options.wake === undefined ? Effect.sleep(pause) : Effect.raceFirst(options.wake, Effect.sleep(pause))
        return
      }
      // A pass that was interrupted hasn't failed: the process is ending, or something under the pass was replaced.
      if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.sleep(Duration.min(longest, first))
      if (failures === 0) {
        yield* Effect.logWarning("a background loop is failing and keeps retrying").pipe(
          Effect.annotateLogs(failureFields(exit.cause))
        )
      }
      yield* Effect.sleep(Duration.min(longest, Duration.times(first, 2 ** Math.min(failures, 30))))
      failures++
    })

    yield* Effect.forkScoped(Effect.annotateLogs(Effect.forever(round), { loop: options.name }))
  })

/** How long after a stream of signals has ended it is subscribed to again. */
const listenAgain = Duration.seconds(5)

/**
 * Runs `wake` at each signal. A stream that ends, dies or is interrupted from inside is subscribed to again; until then
 * the loop only polls.
 */
export const wakenBy = (
  name: string,
  signals: Stream.Stream<void>,
  wake: Effect.Effect<unknown>
): Effect.Effect<void, never, Scope.Scope> =>
  // In a fiber of its own: only an interruption of the waiting fiber ends the listening for good.
  Effect.forkChild(Stream.runForEach(signals, () => wake)).pipe(
    Effect.flatMap(Fiber.await),
    Effect.flatMap((exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.annotateLogs(
            Effect.logWarning("the connection for signals was lost; listening again"),
            failureFields(exit.cause)
          )
    ),
    Effect.andThen(Effect.sleep(listenAgain)),
    Effect.forever,
    Effect.annotateLogs({ loop: name }),
    Effect.forkScoped,
    Effect.asVoid
  )
