/** Which games need work, now or later: one statement, whose parts each read the front of an index. */
import { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Duration, Effect, Schema } from "effect"
import { type SqlClient, SqlSchema } from "effect/sql"
import { clockSlack } from "../shared/clockSlack.ts"
import { StorageError } from "../shared/StorageError.ts"

/** A game that needs work, and when; a time in the past means now. */
export interface Due {
  readonly gameId: GameId
  readonly at: DateTime.Utc
  /** Its last attempt has failed. One that was cut off by the end of its backend is no failure. */
  readonly retry: boolean
}

const DueRow = Schema.Struct({ game_id: GameId, at: Schema.DateTimeUtcFromDate, retry: Schema.Boolean })

/** `RuntimeStore.due` over PostgreSQL. */
export const dueGames = (sql: SqlClient.SqlClient) => {
  const selectDue = SqlSchema.findAll({
    Request: Schema.Struct({ limit: Schema.Int, now: Schema.Date, latestRetry: Schema.Date }),
    Result: DueRow,
    execute: ({ limit, now, latestRetry }) => sql`
      (SELECT game_id, least(next_attempt_at, ${now}::timestamptz) AS at, false AS retry FROM backend.runtime_records
        WHERE status IN ('starting', 'generation_in_progress') AND (attempts = 0 OR attempt_open)
        ORDER BY next_attempt_at LIMIT ${limit})
      UNION ALL
      (SELECT game_id, next_attempt_at, true FROM backend.runtime_records
        WHERE status IN ('starting', 'generation_in_progress') AND attempts > 0 AND NOT attempt_open
        ORDER BY next_attempt_at LIMIT ${limit})
      UNION ALL
      (SELECT game_id, 'epoch'::timestamptz, attempts > 0 AND NOT attempt_open FROM backend.runtime_records
        WHERE status IN ('starting', 'generation_in_progress') AND next_attempt_at > ${latestRetry} LIMIT ${limit})
      UNION ALL
      (SELECT game_id, 'epoch'::timestamptz, false FROM backend.runtime_records
        WHERE status = 'running' AND NOT paused AND next_turn_set_at > ${now} LIMIT ${limit})
      UNION ALL
      (SELECT game_id, next_turn_at, false FROM backend.runtime_records
        WHERE status = 'running' AND next_turn_at IS NOT NULL AND NOT force_next_turn AND NOT paused
        ORDER BY next_turn_at LIMIT ${limit})
      UNION ALL
      (SELECT game_id, 'epoch'::timestamptz, false FROM backend.runtime_records
        WHERE status IN ('running', 'generation_failed') AND force_next_turn AND NOT paused LIMIT ${limit})
      UNION ALL
      (SELECT game_id, CASE WHEN next_attempt_at <= ${latestRetry} THEN next_attempt_at ELSE 'epoch'::timestamptz END,
          attempts > 0 AND NOT attempt_open
        FROM backend.runtime_records
        WHERE engine_task IS NOT NULL AND status <> 'generation_in_progress'
        ORDER BY next_attempt_at NULLS FIRST LIMIT ${limit})
      UNION ALL
      (SELECT m.game_id, CASE WHEN m.seat_order_at <= ${latestRetry} THEN m.seat_order_at ELSE 'epoch'::timestamptz END,
          m.seat_order_attempts > 0 FROM backend.player_mappings m
        JOIN backend.runtime_records r USING (game_id)
        WHERE m.seat_order_at IS NOT NULL AND r.status = 'running'
        ORDER BY m.seat_order_at LIMIT ${limit})
      ORDER BY at, game_id`
  })

  return Effect.fnUntraced(function* (limit: number, longestWait: Duration.Duration) {
    const now = yield* DateTime.now
    const rows = yield* selectDue({
      limit,
      now: DateTime.toDate(now),
      latestRetry: DateTime.toDate(DateTime.addDuration(now, Duration.sum(longestWait, clockSlack)))
    })
    return rows.map((it): Due => ({ gameId: it.game_id, at: it.at, retry: it.retry }))
  }, StorageError.refail)
}
