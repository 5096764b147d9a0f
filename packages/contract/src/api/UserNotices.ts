/** The caller's notices (`/api/v1/user/notices`): the events that they were told, with a mark of how far they have read. */
import { Schema } from "effect"
import { int, Timestamp } from "./Fields.ts"

/** One event that the player was told, whether or not a stream of theirs was open. */
export const Notice = Schema.Struct({
  /** The player's own numbering, as on their event stream. */
  sequence: Schema.Int,
  /** A kind of `EventKinds`, such as `game.turn.ready`. */
  kind: Schema.String,
  /** The fields of the kind's table; empty for a kind that this version doesn't know any more. */
  payload: Schema.Record(Schema.String, Schema.Json),
  created_at: Timestamp,
  read: Schema.Boolean
})

/** Newest first. Without `next_cursor` it is the last page. */
export const NoticeList = Schema.Struct({
  notices: Schema.Array(Notice),
  next_cursor: Schema.optionalKey(Schema.String)
})

/**
 * Body of `POST …/read`: the sequence of the newest notice that the player has seen. The mark never moves back, nor
 * beyond the newest notice.
 */
export const ReadNotices = Schema.Struct({ up_to: int(0, Number.MAX_SAFE_INTEGER) })

/** Answer of `POST …/read`: how many of the kept notices are unread. */
export const UnreadNotices = Schema.Struct({ unread: Schema.Int })
