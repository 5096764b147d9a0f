/**
 * Deletes old notifications with their routes, and malformed intents, in bounded batches.
 *
 * A notification's idempotency key goes with it. That is safe, since no producer submits a fact of that age again: each
 * is told in the transaction that changes the state, under the lock of its row, and that change happens once.
 */
import { type Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as Pruning from "../shared/Pruning.ts"

/** How long notifications are kept, and how fast they are removed. */
export interface NotificationPrunerOptions extends Pruning.PruningPace {
  /** How long a notification is kept. At least a day, in which mails are counted (`NotificationLimits`). */
  readonly keepFor: Duration.Input
}

/** What applies where the host sets nothing. */
export const defaults: NotificationPrunerOptions = { ...Pruning.pace, keepFor: "30 days", batch: 500 }

/** Removes a batch of notifications from before a time; returns how many. */
const forget = (sql: SqlClient.SqlClient, before: Date, batch: number) =>
  sql.withTransaction(
    Effect.gen(function* () {
      const old = yield* sql<{ id: string }>`
        SELECT notification_id AS id FROM backend.notifications WHERE created_at < ${before}
        ORDER BY created_at LIMIT ${batch}::int FOR UPDATE SKIP LOCKED`
      if (old.length === 0) return 0
      const of = sql.in(
        "notification_id",
        old.map((it) => it.id)
      )
      yield* sql`DELETE FROM backend.notification_routes WHERE ${of}`
      yield* sql`DELETE FROM backend.notification_dead_letters WHERE ${of}`
      yield* sql`DELETE FROM backend.channel_deliveries WHERE ${of}`
      yield* sql`DELETE FROM backend.notifications WHERE ${of}`
      return old.length
    })
  )

/** Removes a batch of malformed intents from before a time; returns how many. */
const forgetMalformed = (sql: SqlClient.SqlClient, before: Date, batch: number) =>
  Effect.map(
    sql`
      DELETE FROM backend.notification_malformed_intents WHERE id IN (
        SELECT id FROM backend.notification_malformed_intents WHERE received_at < ${before}
        ORDER BY received_at LIMIT ${batch}::int FOR UPDATE SKIP LOCKED)
      RETURNING 1`,
    (gone) => gone.length
  )

/** Runs as long as the scope lives, at once and at intervals. */
export const layer = (
  options: Partial<NotificationPrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { keepFor, ...pace } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const since = Pruning.keptSince(keepFor)
      yield* Pruning.start({
        name: "notification pruner",
        ...pace,
        forget: [
          Effect.flatMap(since, (before) => forget(sql, before, pace.batch)),
          Effect.flatMap(since, (before) => forgetMalformed(sql, before, pace.batch))
        ]
      })
    })
  )
