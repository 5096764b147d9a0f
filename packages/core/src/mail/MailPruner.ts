/**
 * Deletes mails that were sent or given up long ago, with their texts, addresses and attempts, in bounded batches.
 *
 * A mail that isn't finished stays however old it is. A mail's idempotency key goes with it, so nothing may cause a
 * mail for the same fact again once mails of that age are pruned.
 */
import { type Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import * as Pruning from "../shared/Pruning.ts"

/** How long finished mails are kept, and how fast they are removed. */
export interface MailPrunerOptions extends Pruning.PruningPace {
  /** How long a mail is kept after it was sent or given up. */
  readonly keepFor: Duration.Input
}

/** What applies where the host sets nothing. */
export const defaults: MailPrunerOptions = { ...Pruning.pace, keepFor: "30 days", batch: 500 }

interface Finished {
  readonly delivery_id: string
  readonly payload_id: string
}

/** Removes a batch of mails that were finished before a time; returns how many. */
const forget = (sql: SqlClient.SqlClient, before: Date, batch: number) =>
  sql.withTransaction(
    Effect.gen(function* () {
      // A mail that an operator is resending is locked. It is skipped, since it won't be finished afterwards.
      const finished = yield* sql<Finished>`
        SELECT delivery_id, payload_id FROM backend.mail_deliveries
        WHERE status IN ('sent', 'dead_lettered') AND updated_at < ${before}
        ORDER BY updated_at LIMIT ${batch}::int FOR UPDATE SKIP LOCKED`
      if (finished.length === 0) return 0
      const of = sql.in(
        "delivery_id",
        finished.map((it) => it.delivery_id)
      )
      yield* sql`DELETE FROM backend.mail_attempts WHERE ${of}`
      yield* sql`DELETE FROM backend.mail_recipients WHERE ${of}`
      yield* sql`DELETE FROM backend.mail_dead_letters WHERE ${of}`
      yield* sql`DELETE FROM backend.mail_deliveries WHERE ${of}`
      const payloads = finished.map((it) => it.payload_id)
      yield* sql`DELETE FROM backend.mail_payloads WHERE ${sql.in("payload_id", payloads)}`
      return finished.length
    })
  )

/** Runs as long as the scope lives, at once and at intervals. */
export const layer = (
  options: Partial<MailPrunerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | BackgroundLoops> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { keepFor, ...pace } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const batch = Effect.flatMap(Pruning.keptSince(keepFor), (before) => forget(sql, before, pace.batch))
      yield* Pruning.start({ name: "mail pruner", ...pace, forget: [batch] })
    })
  )
