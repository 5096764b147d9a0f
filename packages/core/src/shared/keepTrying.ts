/**
 * Work that must succeed at some time: tried again with growing waits, however long the database is away.
 *
 * The first failure and the recovery are logged, and nothing in between.
 */
import { Duration, Effect, Result } from "effect"
import type { StorageError } from "./StorageError.ts"

/** What the log says about the work, and the longest wait between two tries; the first wait is a second. */
export interface Insistence {
  readonly failing: string
  readonly working: string
  readonly longestWait: Duration.Input
}

/** Fails never: returns the result of the first try that succeeds. */
export const keepTrying = <A, R>(
  work: Effect.Effect<A, StorageError, R>,
  { failing, working, longestWait }: Insistence
): Effect.Effect<A, never, R> =>
  Effect.gen(function* () {
    const longest = Duration.fromInputUnsafe(longestWait)
    for (let failures = 0; ; failures++) {
      const result = yield* Effect.result(work)
      if (Result.isSuccess(result)) {
        if (failures > 0) yield* Effect.annotateLogs(Effect.logInfo(working), { failures })
        return result.success
      }
      if (failures === 0) yield* Effect.annotateLogs(Effect.logWarning(failing), result.failure.logFields)
      yield* Effect.sleep(Duration.min(longest, Duration.seconds(2 ** Math.min(failures, 30))))
    }
  })
