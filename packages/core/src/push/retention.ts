/**
 * Which rows the push log removes, and what it does with rows of another PostgreSQL cluster.
 *
 * A player's event is removed when it is old and not among the player's newest, an invalidation when it is old. The
 * floor moves in the same transaction, so that a reader can tell afterwards whether rows were missing.
 */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import type { Cursor } from "./Cursor.ts"

/** What one `prune` keeps, and how much it may remove. */
export interface Retention {
  /** Rows created at this time or later are kept. */
  readonly before: Date
  /** How many of a player's newest events are kept whatever their age. */
  readonly keepPerUser: number
  /** Most events, and as many invalidations, to remove. */
  readonly batch: number
}

/** Removes a batch and returns how many rows it had. Rows that readers may not see yet are never removed. */
export const prune = (sql: SqlClient.SqlClient, { before, keepPerUser, batch }: Retention) =>
  sql.withTransaction(
    Effect.gen(function* () {
      // By player, along the index of their numbers, so that the newest events, which are kept, aren't read each time.
      const gone = yield* sql<Cursor>`
        WITH outdated AS (
          (SELECT e.event_no FROM backend.push_user_heads h
            CROSS JOIN LATERAL (
              SELECT p.event_no, p.xid FROM backend.push_events p
              WHERE p.user_id = h.user_id AND p.event_type = 'client_event'
                AND p.sequence <= h.last_sequence - ${keepPerUser}::bigint AND p.created_at < ${before}::timestamptz
              ORDER BY p.sequence LIMIT ${batch}::bigint) e
            WHERE h.last_sequence > ${keepPerUser}::bigint AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
            LIMIT ${batch}::bigint)
          UNION ALL
          (SELECT e.event_no FROM backend.push_events e
            WHERE e.event_type = 'session_invalidation' AND e.created_at < ${before}::timestamptz
              AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY e.created_at LIMIT ${batch}::bigint)
        ), gone AS (
          DELETE FROM backend.push_events WHERE event_no IN (SELECT event_no FROM outdated) RETURNING xid, event_no)
        SELECT xid::text::bigint AS xid, event_no AS "eventNo" FROM gone ORDER BY gone.xid DESC, gone.event_no DESC`
      const highest = gone[0]
      if (highest === undefined) return 0
      yield* sql`
        UPDATE backend.push_log_floor SET xid = ${String(highest.xid)}::text::xid8, event_no = ${highest.eventNo}
        WHERE (xid, event_no) < (${String(highest.xid)}::text::xid8, ${highest.eventNo})`
      return gone.length
    })
  )

/**
 * Moves rows whose transaction ids this cluster hasn't reached yet, since they came with a dump of another one, to the
 * id of this transaction, in their old order; returns whether there were any. Readers would otherwise wait for them
 * until the ids are reached. The floor rises with them, so every gateway restarts.
 */
export const adopt = (sql: SqlClient.SqlClient) =>
  sql.withTransaction(
    Effect.gen(function* () {
      const moved = yield* sql`
        WITH moved AS (
          UPDATE backend.push_events SET xid = pg_current_xact_id()
          WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()) RETURNING 1)
        SELECT 1 FROM moved LIMIT 1`
      const floor =
        yield* sql`SELECT 1 FROM backend.push_log_floor WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())`
      if (moved.length === 0 && floor.length === 0) return false
      // Cursors given out before belong to the other cluster: nobody may resume from them.
      yield* sql`UPDATE backend.push_log_floor SET xid = pg_current_xact_id(), event_no = 0`
      return true
    })
  )

/**
 * Ends what is known of the log: no cursor of before is resumed, and the players' next numbers are ones that nobody can
 * have seen. Numbers count up by one with each event, so the milliseconds since 1970 are above all that there can have been.
 * Players learn of the numbers in between as of any gap.
 */
export const startAfresh = (sql: SqlClient.SqlClient) =>
  sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`
        UPDATE backend.push_events SET xid = pg_current_xact_id() WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())`
      yield* sql`UPDATE backend.push_log_floor SET xid = pg_current_xact_id(), event_no = 0`
      yield* sql`
        UPDATE backend.push_user_heads
        SET last_sequence = greatest(last_sequence + 1, (extract(epoch FROM now()) * 1000)::bigint)`
    })
  )
