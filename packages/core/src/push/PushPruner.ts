/**
 * Keeps the push log small: removes rows beyond their retention, a bounded batch at a time, at once and then at
 * intervals.
 */
import { Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as Pruning from "../shared/Pruning.ts"
import { PushLog } from "./PushLog.ts"

/** How often the log is pruned, and how much at once. Retention and batch size are in `PushLogOptions`. */
export type PushPrunerOptions = Omit<Pruning.PruningPace, "batch">

/**
 * Prunes in a supervised loop that ends with the layer's scope. Each pass first adopts rows restored from another
 * cluster.
 */
export const layer = (
  options: Partial<PushPrunerOptions> = {}
): Layer.Layer<never, never, PushLog | SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const log = yield* PushLog
      const adopt = Effect.flatMap(log.adoptRestored, (found) =>
        found ? Effect.logWarning("the push log comes from another database; gateways start afresh") : Effect.void
      )
      yield* Pruning.start({
        name: "push log pruner",
        ...Pruning.pace,
        ...options,
        // The log removes events and invalidations in batches of its own size. Only an empty one is the last.
        batch: 1,
        forget: [Effect.as(adopt, 0), log.prune]
      })
    })
  )
