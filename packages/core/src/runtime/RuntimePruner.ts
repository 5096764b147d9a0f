/**
 * Keeps the log of the runtime's operations small: removes old ones, a bounded batch at a time.
 *
 * A game's newest operations are kept whatever their age, and so is an operation that hasn't ended.
 */
import { DateTime, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { StorageError } from "../shared/StorageError.ts"

/** What is kept, and how much a pass may remove: at most `batch` × `maxBatches` operations. */
export interface RuntimePrunerOptions {
  /** Operations younger than this are kept. */
  readonly keepFor: Duration.Input
  /** How many of a game's newest operations are kept whatever their age; never less than one. */
  readonly keepPerGame: number
  /** The wait between two passes. */
  readonly every: Duration.Input
  /** Most operations that one statement removes. */
  readonly batch: number
  /** Most batches that one pass removes. */
  readonly maxBatches: number
}

/** Keeps 30 days, and 50 operations of each game. */
export const defaults: RuntimePrunerOptions = {
  keepFor: "30 days",
  keepPerGame: 50,
  every: "10 minutes",
  batch: 1_000,
  maxBatches: 100
}

/** Longest time for one pass; the next one removes the rest. */
const deadline = "2 minutes"

/** Removes a batch and returns how many went. Goes game by game along the index, so rows that are kept aren't read. */
const forget = (sql: SqlClient.SqlClient, before: Date, keepPerGame: number, batch: number) =>
  Effect.map(
    sql`
      WITH outdated AS (
        SELECT o.operation_id FROM backend.runtime_records r
        CROSS JOIN LATERAL (
          SELECT l.started_at FROM backend.runtime_operation_log l WHERE l.game_id = r.game_id
          ORDER BY l.started_at DESC OFFSET ${keepPerGame - 1}::int LIMIT 1) kept
        CROSS JOIN LATERAL (
          SELECT l.operation_id FROM backend.runtime_operation_log l
          WHERE l.game_id = r.game_id AND l.started_at < least(kept.started_at, ${before}::timestamptz)
            AND l.status <> 'started'
          ORDER BY l.started_at LIMIT ${batch}::int) o
        LIMIT ${batch}::int)
      DELETE FROM backend.runtime_operation_log WHERE operation_id IN (SELECT operation_id FROM outdated)
      RETURNING operation_id`,
    (gone) => gone.length
  )

/** Prunes at once and then at intervals, as a supervised loop that ends with the layer's scope. */
export const layer = (
  options: Partial<RuntimePrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { keepFor, keepPerGame, every, batch, maxBatches } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const prune = Effect.gen(function* () {
        const before = DateTime.subtractDuration(yield* DateTime.now, Duration.fromInputUnsafe(keepFor))
        return yield* forget(sql, DateTime.toDateUtc(before), Math.max(1, keepPerGame), batch)
      })
      yield* BackgroundLoop.start({
        name: "runtime pruner",
        pass: prune.pipe(
          Effect.repeat({ until: (removed) => removed < batch, times: maxBatches - 1 }),
          StorageError.refail,
          Effect.asVoid
        ),
        every,
        deadline
      })
    })
  )
