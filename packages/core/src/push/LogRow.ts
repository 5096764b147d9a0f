/** One row of the push log as readers get it: a player's event, or an invalidation of sessions. */
import { Schema } from "effect"
import type { Cursor } from "./Cursor.ts"

/**
 * A row of the log. `sequence` is null for an invalidation, whose reason is in `kind`; an invalidation has either a
 * user or a session.
 */
export class LogRow extends Schema.Class<LogRow>("galaxy/push/LogRow")({
  xid: Schema.BigInt,
  eventNo: Schema.BigInt,
  eventType: Schema.Literals(["client_event", "session_invalidation"]),
  userId: Schema.NullOr(Schema.String),
  deviceSessionId: Schema.NullOr(Schema.String),
  sequence: Schema.NullOr(Schema.BigInt),
  kind: Schema.String,
  payload: Schema.Uint8Array,
  eventId: Schema.String,
  requestId: Schema.String,
  traceId: Schema.String,
  createdAt: Schema.DateTimeUtcFromDate
}) {
  get cursor(): Cursor {
    return { xid: this.xid, eventNo: this.eventNo }
  }
}

/** The columns to select from `backend.push_events e` for `LogRow` to decode. */
export const columns = `e.xid::text::bigint AS xid, e.event_no AS "eventNo", e.event_type AS "eventType",
  e.user_id AS "userId", e.device_session_id AS "deviceSessionId", e.sequence, e.kind, e.payload,
  e.event_id AS "eventId", e.request_id AS "requestId", e.trace_id AS "traceId", e.created_at AS "createdAt"`

/** SQL condition on a row `e`: every transaction that could still add a row before it is over. */
export const settled = "e.xid < pg_snapshot_xmin(pg_current_snapshot())"
