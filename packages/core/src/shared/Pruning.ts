/**
 * Loops that remove old rows in bounded batches: at the start and at intervals.
 *
 * A pass that has used half of its deadline ends and the next one begins at once, so a backlog never makes a loop that
 * is doing its work look stuck.
 */
import { Clock, DateTime, Duration, Effect, Option, type Scope } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import * as BackgroundLoop from "./BackgroundLoop.ts"
import type { BackgroundLoops } from "./BackgroundLoops.ts"
import { unlessOther } from "./oneBackend.ts"
import { StorageError } from "./StorageError.ts"

/** How fast rows are removed: at most `batch` times `maxBatches` of each kind between two waits. */
export interface PruningPace {
  /** Wait between two passes. */
  readonly every: Duration.Input
  /** Most rows that one statement or transaction removes. */
  readonly batch: number
  /** Most batches of each kind that one pass removes. */
  readonly maxBatches: number
}

/** What applies where a module sets nothing. */
export const pace: PruningPace = { every: "10 minutes", batch: 1_000, maxBatches: 100 }

/** A loop's name in the log and in `/readyz`, its pace, and what it removes. */
export interface Pruner<R> extends PruningPace {
  readonly name: string
  /**
   * Each removes one batch and returns how many rows went; fewer than `batch` means that none are left. It is part of a
   * transaction, unless `together` says otherwise.
   */
  readonly forget: ReadonlyArray<Effect.Effect<number, StorageError | SqlError.SqlError, R>>
  /** Several backends may remove at the same time, without a transaction around it; false when absent. */
  readonly together?: boolean
}

/** Longest time for one pass. */
const deadline = Duration.minutes(2)

const enough = Duration.toNanosUnsafe(deadline) / 2n

/** Everything from before this time is too old to be kept for `keepFor`. */
export const keptSince = (keepFor: Duration.Input): Effect.Effect<Date> =>
  Effect.map(DateTime.now, (now) =>
    DateTime.toDateUtc(DateTime.subtractDuration(now, Duration.fromInputUnsafe(keepFor)))
  )

/** Starts the loop; it ends with the scope. */
export const start = <R>({
  name,
  every,
  batch,
  maxBatches,
  forget,
  together = false
}: Pruner<R>): Effect.Effect<void, never, R | SqlClient.SqlClient | BackgroundLoops | Scope.Scope> => {
  // While another backend removes, there is nothing to do here.
  const removed = (one: Pruner<R>["forget"][number]) =>
    together
      ? one
      : Effect.map(
          unlessOther(name, one),
          Option.getOrElse(() => 0)
        )
  const pass = Effect.gen(function* () {
    const begun = yield* Clock.monotonicTimeNanos
    let batches = 0
    for (const one of forget) {
      for (let count = 0; count < maxBatches; count++) {
        if (batches++ > 0 && (yield* Clock.monotonicTimeNanos) - begun >= enough) return Duration.zero
        if ((yield* removed(one)) < batch) break
      }
    }
    return undefined
  })
  return BackgroundLoop.start({ name, pass: StorageError.refail(pass), every, deadline })
}
