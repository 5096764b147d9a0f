/** Removes what the push log need not keep any longer, a bounded batch at a time. */
import { Duration, Effect, Layer } from "effect"
import { PushLog } from "./PushLog.ts"

export interface PushPrunerOptions {
  readonly every: Duration.Input
}

/** Runs as long as the scope lives. */
export const layer = (options: PushPrunerOptions = { every: "10 minutes" }): Layer.Layer<never, never, PushLog> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const log = yield* PushLog
      const round = log.prune.pipe(
        Effect.repeat({ until: (removed) => removed === 0, times: 100 }),
        Effect.catch((error) => Effect.logWarning("the push log wasn't pruned", error))
      )
      yield* Effect.forkScoped(
        Effect.forever(Effect.andThen(Effect.sleep(Duration.fromInputUnsafe(options.every)), round))
      )
    })
  )
