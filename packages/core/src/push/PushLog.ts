/**
 * The durable log of everything that gateways are told: events of players, invalidations of sessions.
 *
 * Rows are part of the transaction of the fact they tell of. A player's events are numbered 1, 2, 3, … in commit order
 * without holes; gateways read all rows in the order (transaction, number), which keeps each player's order, and none
 * before every older transaction is over, so that a late commit is never skipped (docs/decisions/0002, 0301).
 */
import type { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Duration, Effect, Layer, Schema } from "effect"
import * as Base64 from "effect/encoding/Base64"
import { SqlClient } from "effect/sql"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as Cursor from "./Cursor.ts"
import { columns, LogRow, settled } from "./LogRow.ts"
import * as retention from "./retention.ts"

/** An event for one player, or for one of the player's sessions. */
export interface NewEvent {
  readonly userId: UserId
  readonly deviceSessionId?: DeviceSessionId
  readonly kind: string
  readonly payload: Uint8Array
  /** A UUID; made here where it is left out. */
  readonly eventId?: string
  readonly requestId?: string
  readonly traceId?: string
}

export type InvalidationTarget = { readonly deviceSessionId: DeviceSessionId } | { readonly userId: UserId }

/** A player's kept events above a number; `oldest`..`newest` is all that is kept, 0 and 0 before the first event. */
export interface UserEvents {
  readonly events: ReadonlyArray<LogRow>
  readonly oldest: number
  readonly newest: number
}

/** How the log stands to a reader at some position. */
export interface LogStanding {
  /** The highest position that was removed: what is above it is complete. */
  readonly floor: Cursor.Cursor
  /** There are committed rows above the reader's position that an older transaction still holds back. */
  readonly pending: boolean
}

export class PushLog extends Context.Service<
  PushLog,
  {
    /**
     * Joins the caller's transaction, which keeps the players' numbers locked until it ends: one call for all players
     * of a transaction, since two calls in another order could deadlock with someone else's.
     */
    append(events: ReadonlyArray<NewEvent>): Effect.Effect<void, StorageError>
    /** Tells gateways that sessions are over. Joins the caller's transaction. */
    invalidate(target: InvalidationTarget, reason: string): Effect.Effect<void, StorageError>
    eventsAfter(userId: UserId, after: number, limit: number): Effect.Effect<UserEvents, StorageError>
    /** Rows above the cursor, in order, as far as they are settled. */
    read(after: Cursor.Cursor, limit: number): Effect.Effect<ReadonlyArray<LogRow>, StorageError>
    standing(after: Cursor.Cursor): Effect.Effect<LogStanding, StorageError>
    /** Where a reader begins who wants only what is to come. */
    readonly head: Effect.Effect<Cursor.Cursor, StorageError>
    /** Removes a batch of what nobody has a right to any more; answers how many rows went. */
    readonly prune: Effect.Effect<number, StorageError>
    /** Takes over rows that were restored from another PostgreSQL cluster; answers whether there were any. */
    readonly adoptRestored: Effect.Effect<boolean, StorageError>
  }
>()("@galaxy/core/push/PushLog") {}

export interface PushLogOptions {
  /** How long rows are kept at least. */
  readonly keepFor: Duration.Input
  /** How many of a player's newest events are kept however old they are; the newest one always is. */
  readonly keepPerUser: number
  /** Most events, and most invalidations, that one `prune` removes. */
  readonly pruneBatch: number
}

export const defaults: PushLogOptions = { keepFor: "24 hours", keepPerUser: 1_000, pruneBatch: 5_000 }

/** Rows of one statement: more take several. */
const insertBatch = 500

const Bounds = Schema.Struct({ oldest: Schema.BigInt, newest: Schema.BigInt })
const decodeBounds = Schema.decodeUnknownEffect(Schema.NonEmptyArray(Bounds))
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(LogRow))

export const layer = (
  options: Partial<PushLogOptions> = {}
): Layer.Layer<PushLog, never, SqlClient.SqlClient | DatabaseSignal> =>
  Layer.effect(
    PushLog,
    Effect.gen(function* () {
      const { keepFor, keepPerUser, pruneBatch } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const signal = yield* DatabaseSignal
      const rowColumns = sql.literal(columns)
      const isSettled = sql.literal(settled)

      /**
       * Takes the next numbers of players and keeps others from taking any until the commit. Always in the order of the
       * ids: writers with the same players wait for each other instead of deadlocking.
       */
      const takeNumbers = Effect.fnUntraced(function* (counts: ReadonlyMap<UserId, number>, now: Date) {
        const wanted = JSON.stringify([...counts].map(([user_id, count]) => ({ user_id, count })))
        const heads = yield* sql<{ userId: UserId; last: bigint }>`
          INSERT INTO backend.push_user_heads AS h (user_id, last_sequence, created_at)
          SELECT w.user_id, w.count, ${now}::timestamptz
          FROM jsonb_to_recordset(${wanted}::text::jsonb) AS w(user_id uuid, count bigint) ORDER BY w.user_id
          ON CONFLICT (user_id) DO UPDATE SET last_sequence = h.last_sequence + excluded.last_sequence
          RETURNING user_id AS "userId", last_sequence AS last`
        return new Map(heads.map((it) => [it.userId, Number(it.last) - (counts.get(it.userId) ?? 0)]))
      })

      // A transaction may be older than one that told the same player something before it: the row then takes its place
      // by the later of both, so that the log as a whole keeps each player's order.
      const insert = (rows: ReadonlyArray<object>, now: Date) => sql`
        INSERT INTO backend.push_events
          (xid, event_type, user_id, device_session_id, sequence, kind, payload, event_id, request_id, trace_id, created_at)
        SELECT greatest(pg_current_xact_id(), (
            SELECT p.xid FROM backend.push_events p WHERE p.user_id = n.user_id AND p.event_type = 'client_event'
            ORDER BY p.sequence DESC LIMIT 1)),
          'client_event', n.user_id, n.device_session_id, n.sequence, n.kind, decode(n.payload, 'base64'),
          n.event_id, n.request_id, n.trace_id, ${now}::timestamptz
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) AS n(place int, user_id uuid, device_session_id uuid,
          sequence bigint, kind text, payload text, event_id uuid, request_id text, trace_id text)
        ORDER BY n.place`

      const append = Effect.fn("PushLog.append")(function* (events: ReadonlyArray<NewEvent>) {
        if (events.length === 0) return
        const now = DateTime.toDateUtc(yield* DateTime.now)
        const counts = new Map<UserId, number>()
        for (const { userId } of events) counts.set(userId, (counts.get(userId) ?? 0) + 1)
        yield* sql.withTransaction(
          Effect.gen(function* () {
            const last = yield* takeNumbers(counts, now)
            const rows = yield* Effect.forEach(
              events,
              Effect.fnUntraced(function* (event, place) {
                const sequence = (last.get(event.userId) ?? 0) + 1
                last.set(event.userId, sequence)
                return {
                  place,
                  user_id: event.userId,
                  device_session_id: event.deviceSessionId,
                  sequence,
                  kind: event.kind,
                  payload: Base64.encode(event.payload),
                  event_id: event.eventId ?? (yield* newId),
                  request_id: event.requestId ?? "",
                  trace_id: event.traceId ?? ""
                }
              })
            )
            for (let at = 0; at < rows.length; at += insertBatch) yield* insert(rows.slice(at, at + insertBatch), now)
            yield* signal.send("galaxy_push")
          })
        )
      }, StorageError.refail)

      const invalidate = Effect.fn("PushLog.invalidate")(function* (target: InvalidationTarget, reason: string) {
        const now = DateTime.toDateUtc(yield* DateTime.now)
        const userId = "userId" in target ? target.userId : null
        const sessionId = "deviceSessionId" in target ? target.deviceSessionId : null
        yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`
              INSERT INTO backend.push_events
                (event_type, user_id, device_session_id, kind, payload, event_id, created_at)
              VALUES ('session_invalidation', ${userId}, ${sessionId}, ${reason}, ${new Uint8Array()}, ${yield* newId}, ${now})`
            yield* signal.send("galaxy_push")
          })
        )
      }, StorageError.refail)

      const eventsAfter = Effect.fn("PushLog.eventsAfter")(function* (userId: UserId, after: number, limit: number) {
        // One statement, so that the bounds and the events are of one moment. Without events above, one row of bounds.
        const rows = yield* sql`
          WITH bounds AS (
            SELECT coalesce((SELECT last_sequence FROM backend.push_user_heads WHERE user_id = ${userId}), 0) AS newest,
              coalesce((SELECT sequence FROM backend.push_events WHERE user_id = ${userId} AND event_type = 'client_event'
                ORDER BY sequence LIMIT 1), 0) AS oldest)
          SELECT b.oldest, b.newest, events.* FROM bounds b LEFT JOIN LATERAL (
            SELECT ${rowColumns} FROM backend.push_events e
            WHERE e.user_id = ${userId} AND e.event_type = 'client_event' AND e.sequence > ${after}::bigint
            ORDER BY e.sequence LIMIT ${limit}::bigint) events ON true
          ORDER BY events.sequence`
        const [{ oldest, newest }] = yield* decodeBounds(rows)
        const events = yield* decodeRows(rows.filter((it) => it["eventNo"] !== null))
        return { events, oldest: Number(oldest), newest: Number(newest) }
      }, StorageError.refail)

      const read = Effect.fn("PushLog.read")(function* (after: Cursor.Cursor, limit: number) {
        return yield* decodeRows(
          yield* sql`
            SELECT ${rowColumns} FROM backend.push_events e
            WHERE (e.xid, e.event_no) > (${String(after.xid)}::text::xid8, ${after.eventNo}) AND ${isSettled}
            ORDER BY e.xid, e.event_no LIMIT ${limit}::bigint`
        )
      }, StorageError.refail)

      const standing = Effect.fn("PushLog.standing")(function* (after: Cursor.Cursor) {
        const [row] = yield* sql<Cursor.Cursor & { readonly pending: boolean }>`
          SELECT f.xid::text::bigint AS xid, f.event_no AS "eventNo", EXISTS (
            SELECT 1 FROM backend.push_events e
            WHERE (e.xid, e.event_no) > (${String(after.xid)}::text::xid8, ${after.eventNo})) AS pending
          FROM backend.push_log_floor f`
        const floor = row === undefined ? Cursor.start : { xid: row.xid, eventNo: row.eventNo }
        return { floor, pending: row?.pending ?? false }
      }, StorageError.refail)

      const head = sql<Cursor.Cursor>`
        SELECT xid::text::bigint AS xid, "eventNo" FROM (
          (SELECT e.xid, e.event_no AS "eventNo" FROM backend.push_events e
            WHERE ${isSettled} ORDER BY e.xid DESC, e.event_no DESC LIMIT 1)
          UNION ALL SELECT f.xid, f.event_no FROM backend.push_log_floor f) ends
        ORDER BY ends.xid DESC, ends."eventNo" DESC LIMIT 1`.pipe(
        Effect.map(([row]) => row ?? Cursor.start),
        StorageError.refail,
        Effect.withSpan("PushLog.head")
      )

      const prune = Effect.gen(function* () {
        const oldest = DateTime.subtractDuration(yield* DateTime.now, Duration.fromInputUnsafe(keepFor))
        return yield* retention.prune(sql, {
          before: DateTime.toDateUtc(oldest),
          keepPerUser: Math.max(1, keepPerUser),
          batch: pruneBatch
        })
      }).pipe(StorageError.refail, Effect.withSpan("PushLog.prune"))

      const adoptRestored = retention.adopt(sql).pipe(StorageError.refail, Effect.withSpan("PushLog.adoptRestored"))

      return PushLog.of({ append, invalidate, eventsAfter, read, standing, head, prune, adoptRestored })
    })
  )
