/**
 * The background loops of this process, and when each last completed a pass: the source for `/readyz`.
 *
 * Measured on the monotonic clock: a wall clock that jumps makes no loop look stalled or busy.
 */
import { Clock, Context, Duration, Effect, Layer, type Scope } from "effect"

/** A loop that has not completed a pass for too long. */
export interface StalledLoop {
  readonly name: string
  /** Whole seconds since its last completed pass, or since its start. */
  readonly seconds: number
}

/** How long ago a loop completed its last pass. */
export interface LoopProgress {
  readonly name: string
  /** Whole seconds since its last completed pass, or since its start. */
  readonly seconds_since_pass: number
  readonly stalled: boolean
}

/** Registry of the running loops: `BackgroundLoop.start` adds them, and the readiness probe reads `stalled`. */
export class BackgroundLoops extends Context.Service<
  BackgroundLoops,
  {
    /**
     * Adds a loop for as long as the scope lives; returns the effect to run after each completed pass. The loop is
     * stalled when that hasn't happened for `patience`, counted from the start at first.
     */
    register(name: string, patience: Duration.Input): Effect.Effect<Effect.Effect<void>, never, Scope.Scope>
    /** Names of the loops that run now, in the order of their start. */
    readonly names: Effect.Effect<ReadonlyArray<string>>
    /** All loops that run now, in the order of their start. */
    readonly progress: Effect.Effect<ReadonlyArray<LoopProgress>>
    /** Loops that are stalled now, in the order of their start. */
    readonly stalled: Effect.Effect<ReadonlyArray<StalledLoop>>
  }
>()("@galaxy/core/shared/BackgroundLoops") {}

interface Entry {
  readonly name: string
  readonly patience: bigint
  completedAt: bigint
}

const second = 1_000_000_000n

/** One registry for everything that is built together. It keeps the clock it was built with, whoever asks it. */
export const layer: Layer.Layer<BackgroundLoops> = Layer.effect(
  BackgroundLoops,
  Effect.map(Clock.Clock, (clock) => {
    const entries = new Set<Entry>()
    const nanos = Effect.provideService(Clock.monotonicTimeNanos, Clock.Clock, clock)
    return BackgroundLoops.of({
      register: Effect.fnUntraced(function* (name, patience) {
        const entry: Entry = {
          name,
          patience: Duration.toNanosUnsafe(Duration.fromInputUnsafe(patience)),
          completedAt: yield* nanos
        }
        yield* Effect.acquireRelease(
          Effect.sync(() => entries.add(entry)),
          () => Effect.sync(() => entries.delete(entry))
        )
        return Effect.map(nanos, (now) => {
          entry.completedAt = now
        })
      }),
      names: Effect.sync(() => [...entries].map((it) => it.name)),
      progress: Effect.map(nanos, (now) =>
        [...entries].map((it) => ({
          name: it.name,
          seconds_since_pass: Number((now - it.completedAt) / second),
          stalled: now - it.completedAt > it.patience
        }))
      ),
      stalled: Effect.map(nanos, (now) =>
        [...entries]
          .filter((it) => now - it.completedAt > it.patience)
          .map((it) => ({ name: it.name, seconds: Number((now - it.completedAt) / second) }))
      )
    })
  })
)
