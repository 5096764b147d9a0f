/**
 * A player's notices: their kept events as a list, with a mark of how far they have read.
 *
 * It shows what the player's streams carry and nothing else; notifications and their routes are for operators.
 */
import { payloadTable } from "@galaxy/contract/events/EventKinds"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Result } from "effect"
import { Base64Url } from "effect/encoding"
import { SqlClient } from "effect/sql"
import { CursorInvalid, limitOf, type PageRequest } from "../shared/Page.ts"
import { StorageError } from "../shared/StorageError.ts"

/** An event as its player reads it. */
export interface Notice {
  readonly sequence: number
  readonly kind: string
  readonly payload: codec.JsonObject
  readonly created_at: DateTime.Utc
  readonly read: boolean
}

/** Newest first. */
export interface NoticePage {
  readonly notices: ReadonlyArray<Notice>
  readonly next_cursor?: string
}

/** Reads notices, and moves the mark. */
export class Notices extends Context.Service<
  Notices,
  {
    /** Of a kind that this version doesn't know, or a payload that it can't read, the payload is empty. */
    list(userId: UserId, page: PageRequest): Effect.Effect<NoticePage, CursorInvalid | StorageError>
    /**
     * Marks everything up to a sequence as read, but nothing that hasn't been told yet; returns how many are unread. The
     * mark never moves back.
     */
    read(userId: UserId, upTo: number): Effect.Effect<number, StorageError>
  }
>()("@galaxy/core/push/Notices") {}

interface Row {
  readonly sequence: bigint
  readonly kind: string
  readonly payload: Uint8Array
  readonly createdAt: Date
  readonly read: boolean
}

const payloadOf = ({ kind, payload }: Row): codec.JsonObject => {
  const table = payloadTable(kind)
  if (table === undefined) return {}
  try {
    return codec.decode(tables, table, payload)
  } catch {
    // Stored by a version whose table was another one.
    return {}
  }
}

const cursorOf = (sequence: number) => Base64Url.encode(`notice:${sequence}`)

/** The sequence below which the page begins. */
const positionOf = ({ cursor }: PageRequest): number | CursorInvalid => {
  if (cursor === undefined || cursor === "") return Number.MAX_SAFE_INTEGER
  const text = Base64Url.decodeString(cursor)
  const digits = Result.isFailure(text) ? undefined : /^notice:(\d{1,15})$/.exec(text.success)?.[1]
  return digits === undefined ? new CursorInvalid() : Number(digits)
}

/** Events for one session only are no notices: they are about that session's stream. */
export const layer: Layer.Layer<Notices, never, SqlClient.SqlClient> = Layer.effect(
  Notices,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const mark = (userId: UserId) =>
      sql`coalesce((SELECT read_up_to FROM backend.notice_reads WHERE user_id = ${userId}), 0)`
    const own = (userId: UserId) =>
      sql`e.user_id = ${userId} AND e.event_type = 'client_event' AND e.device_session_id IS NULL`

    const list = Effect.fn("Notices.list")(function* (userId: UserId, page: PageRequest) {
      const before = positionOf(page)
      if (before instanceof CursorInvalid) return yield* before
      const limit = limitOf(page)
      const rows = yield* sql<Row>`
        SELECT e.sequence, e.kind, e.payload, e.created_at AS "createdAt", e.sequence <= ${mark(userId)} AS read
        FROM backend.push_events e
        WHERE ${own(userId)} AND e.sequence < ${before}::bigint
        ORDER BY e.sequence DESC LIMIT ${limit + 1}::int`
      const notices = rows.slice(0, limit).map((row) => ({
        sequence: Number(row.sequence),
        kind: row.kind,
        payload: payloadOf(row),
        created_at: DateTime.fromDateUnsafe(row.createdAt),
        read: row.read
      }))
      const last = notices.at(-1)
      return rows.length > limit && last !== undefined ? { notices, next_cursor: cursorOf(last.sequence) } : { notices }
    }, StorageError.refail)

    const read = Effect.fn("Notices.read")(function* (userId: UserId, upTo: number) {
      const now = yield* DateTime.nowAsDate
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          yield* sql`
            INSERT INTO backend.notice_reads AS r (user_id, read_up_to, created_at, updated_at)
            SELECT ${userId}::uuid, least(${upTo}::bigint, h.last_sequence), ${now}::timestamptz, ${now}::timestamptz
            FROM backend.push_user_heads h WHERE h.user_id = ${userId}
            ON CONFLICT (user_id) DO UPDATE SET read_up_to = excluded.read_up_to, updated_at = excluded.updated_at
            WHERE r.read_up_to < excluded.read_up_to`
          const [row] = yield* sql<{ unread: number }>`
            SELECT count(*)::int AS unread FROM backend.push_events e
            WHERE ${own(userId)} AND e.sequence > ${mark(userId)}`
          return row?.unread ?? 0
        })
      )
    }, StorageError.refail)

    return Notices.of({ list, read })
  })
)
