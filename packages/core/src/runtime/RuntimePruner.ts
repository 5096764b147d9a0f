/**
 * Keeps the log of the runtime's operations small: removes old ones, a bounded batch at a time.
 *
 * A game's newest operations stay however old they are, and so does one that hasn't ended.
 */
import { DateTime, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { StorageError } from "../shared/StorageError.ts"

export interface RuntimePrunerOptions {
  /** How long operations are kept at least. */
  readonly keepFor: Duration.Input
  /** How many of a game's newest operations are kept however old they are; the newest one always is. */
  readonly keepPerGame: number
  readonly every: Duration.Input
  /** Operations that one statement removes. */
  readonly batch: number
  /** Most batches that are removed in one go. */
  readonly maxBatches: number
}

export const defaults: RuntimePrunerOptions = {
  keepFor: "30 days",
  keepPerGame: 50,
  every: "10 minutes",
  batch: 1_000,
  maxBatches: 100
}

/** Longest time for one go; what is left then is removed by the next. */
const deadline = "2 minutes"

/** Removes a batch; answers how many went. Game by game, along the index: what is kept isn't read. */
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

/** Runs as long as the scope lives, at once and at intervals. */
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
