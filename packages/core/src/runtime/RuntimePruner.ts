/**
 * Keeps the logs of the runtime small, those of its operations and of the health of engines: removes old rows, a
 * bounded batch at a time.
 *
 * A game's newest rows are kept whatever their age, and so is an operation that hasn't ended.
 */
import { type Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as Pruning from "../shared/Pruning.ts"

/** What is kept, and how fast the rest is removed. */
export interface RuntimePrunerOptions extends Pruning.PruningPace {
  /** Operations and snapshots younger than this are kept. */
  readonly keepFor: Duration.Input
  /** How many of a game's newest ones are kept whatever their age; never less than one. */
  readonly keepPerGame: number
}

/** Keeps 30 days, and 50 operations and snapshots of each game. */
export const defaults: RuntimePrunerOptions = { ...Pruning.pace, keepFor: "30 days", keepPerGame: 50 }

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

/** The same for snapshots of health. */
const forgetHealth = (sql: SqlClient.SqlClient, before: Date, keepPerGame: number, batch: number) =>
  Effect.map(
    sql`
      WITH outdated AS (
        SELECT o.snapshot_id FROM backend.runtime_records r
        CROSS JOIN LATERAL (
          SELECT l.observed_at FROM backend.runtime_health_snapshots l WHERE l.game_id = r.game_id
          ORDER BY l.observed_at DESC OFFSET ${keepPerGame - 1}::int LIMIT 1) kept
        CROSS JOIN LATERAL (
          SELECT l.snapshot_id FROM backend.runtime_health_snapshots l
          WHERE l.game_id = r.game_id AND l.observed_at < least(kept.observed_at, ${before}::timestamptz)
          ORDER BY l.observed_at LIMIT ${batch}::int) o
        LIMIT ${batch}::int)
      DELETE FROM backend.runtime_health_snapshots WHERE snapshot_id IN (SELECT snapshot_id FROM outdated)
      RETURNING snapshot_id`,
    (gone) => gone.length
  )

/** Prunes at once and then at intervals, as a supervised loop that ends with the layer's scope. */
export const layer = (
  options: Partial<RuntimePrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { keepFor, keepPerGame, ...pace } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const batches = [forget, forgetHealth].map((one) =>
        Effect.flatMap(Pruning.keptSince(keepFor), (before) => one(sql, before, Math.max(1, keepPerGame), pace.batch))
      )
      yield* Pruning.start({ name: "runtime pruner", ...pace, forget: batches })
    })
  )
