/**
 * Removes events of accounts that nobody has sent in time, in bounded batches. They are lost for their readers, which the
 * log says.
 *
 * Several processes may do so at once, and beside one that sends.
 */
import { Effect, Layer } from "effect"
import { SqlClient, type Statement } from "effect/sql"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as Pruning from "../shared/Pruning.ts"
import { keepFor } from "./UserEvents.ts"

/** How many events may wait, and how fast they are removed. */
export interface UserEventPrunerOptions extends Pruning.PruningPace {
  /** Most events that wait; beyond that the oldest are removed. */
  readonly most: number
}

/** What applies where the host sets nothing. */
export const defaults: UserEventPrunerOptions = { ...Pruning.pace, every: "1 minute", most: 100_000 }

/** Runs as long as the scope lives, at once and at intervals. */
export const layer = (
  options: Partial<UserEventPrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { most, ...pace } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const removed = Effect.fnUntraced(function* (oldest: Statement.Fragment, reason: "too old" | "too many") {
        const gone = yield* sql`
          DELETE FROM backend.user_events WHERE event_no IN (${oldest} LIMIT ${pace.batch}::int FOR UPDATE SKIP LOCKED)
          RETURNING 1`
        if (gone.length > 0) {
          yield* Effect.logWarning("events of accounts are lost, since no user process has sent them").pipe(
            Effect.annotateLogs({ count: gone.length, reason })
          )
        }
        return gone.length
      })
      yield* Pruning.start({
        name: "user event pruner",
        ...pace,
        forget: [
          Effect.flatMap(Pruning.keptSince(keepFor), (since) =>
            removed(
              sql`SELECT event_no FROM backend.user_events WHERE created_at < ${since} ORDER BY event_no`,
              "too old"
            )
          ),
          Effect.suspend(() =>
            removed(
              sql`
                SELECT event_no FROM backend.user_events WHERE event_no <= (
                  SELECT event_no FROM backend.user_events ORDER BY event_no DESC OFFSET ${most}::int LIMIT 1)
                ORDER BY event_no`,
              "too many"
            )
          )
        ]
      })
    })
  )
