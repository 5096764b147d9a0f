/**
 * Keeps the push log small: removes rows beyond their retention, a bounded batch at a time, at once and then at
 * intervals.
 */
import { type Duration, Effect, Layer } from "effect"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { PushLog } from "./PushLog.ts"

/** How often the log is pruned. The retention itself and the batch size are in `PushLogOptions`. */
export interface PushPrunerOptions {
  /** The wait between two passes. */
  readonly every: Duration.Input
  /** Most batches that one pass removes. */
  readonly maxBatches: number
}

const defaults: PushPrunerOptions = { every: "10 minutes", maxBatches: 100 }

/** Longest time for one pass; the next one removes the rest. */
const deadline = "2 minutes"

/**
 * Prunes in a supervised loop that ends with the layer's scope. Each pass first adopts rows restored from another
 * cluster.
 */
export const layer = (options: Partial<PushPrunerOptions> = {}): Layer.Layer<never, never, PushLog | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { every, maxBatches } = { ...defaults, ...options }
      const log = yield* PushLog
      const adopt = Effect.flatMap(log.adoptRestored, (found) =>
        found ? Effect.logWarning("the push log comes from another database; gateways start afresh") : Effect.void
      )
      const prune = log.prune.pipe(Effect.repeat({ until: (removed) => removed === 0, times: maxBatches - 1 }))
      yield* BackgroundLoop.start({
        name: "push log pruner",
        pass: Effect.asVoid(Effect.andThen(adopt, prune)),
        every,
        deadline
      })
    })
  )
