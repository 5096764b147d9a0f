/**
 * The durable log of everything that goes out to gateways: events of players, invalidations of sessions.
 *
 * A row is part of the transaction of the fact that it reports. A player's events are numbered 1, 2, 3, … in commit
 * order without holes. Gateways read all rows in the order (transaction, number), which keeps each player's order, and
 * no row before every older transaction is over, so that a late commit is never skipped (docs/decisions/0002, 0301).
 */
import type { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import { counter } from "@galaxy/contract/telemetry/instruments"
import { Context, DateTime, Duration, Effect, Layer, Schema } from "effect"
import * as Base64 from "effect/encoding/Base64"
import { SqlClient } from "effect/sql"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { note } from "../shared/SideEffects.ts"
import { joining } from "../shared/joining.ts"
import { traceparent } from "../shared/traceparent.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as Cursor from "./Cursor.ts"
import { columns, LogRow, settled } from "./LogRow.ts"
import * as retention from "./retention.ts"

/**
 * An event for one player: for all of their sessions, or for the one that is named. `kind` and `payload` are from the
 * contract's `EventKinds`.
 */
export interface NewEvent {
  readonly userId: UserId
  readonly deviceSessionId?: DeviceSessionId
  readonly kind: string
  readonly payload: Uint8Array
  /** A UUID; generated when absent. */
  readonly eventId?: string
  readonly requestId?: string
  readonly traceId?: string
}

/** One session, or all sessions of a user. */
export type InvalidationTarget = { readonly deviceSessionId: DeviceSessionId } | { readonly userId: UserId }

/**
 * A player's stored events above a number. `oldest` and `newest` bound everything that is stored; both are 0 before the
 * first event.
 */
export interface UserEvents {
  readonly events: ReadonlyArray<LogRow>
  readonly oldest: number
  readonly newest: number
}

/** The state of the log as seen from a reader's position. */
export interface LogStanding {
  /** The highest position that has been removed. Nothing above it is missing. */
  readonly floor: Cursor.Cursor
  /** There are committed rows above the reader's position: not read yet, or held back by an older transaction. */
  readonly pending: boolean
}

/**
 * Writes and reads the log. All operations fail with `StorageError` only. Writes wake the broker when the transaction
 * commits.
 */
export class PushLog extends Context.Service<
  PushLog,
  {
    /**
     * Numbers and stores events in the caller's transaction, which keeps the players' numbers locked until it ends.
     * Where a transaction calls it more than once, it takes the locks of everybody who is concerned first (`lock`): two
     * calls with players in another order could deadlock with another writer.
     */
    append(events: ReadonlyArray<NewEvent>): Effect.Effect<void, StorageError>
    /**
     * Locks the players' numbers to the end of the caller's transaction, in the order of their ids, as the first
     * `append` to all of them would.
     */
    lock(userIds: ReadonlyArray<UserId>): Effect.Effect<void, StorageError>
    /** Tells gateways to drop sessions from their caches and to end their streams. Joins the caller's transaction. */
    invalidate(targets: ReadonlyArray<InvalidationTarget>, reason: string): Effect.Effect<void, StorageError>
    /** At most `limit` of a player's events numbered above `after`, in order, with the bounds of the same moment. */
    eventsAfter(userId: UserId, after: number, limit: number): Effect.Effect<UserEvents, StorageError>
    /**
     * At most `limit` rows above the cursor, in the log's order, as far as no open transaction can still add a row
     * between them.
     */
    read(after: Cursor.Cursor, limit: number): Effect.Effect<ReadonlyArray<LogRow>, StorageError>
    /** What has been removed, and whether there is more above the position. */
    standing(after: Cursor.Cursor): Effect.Effect<LogStanding, StorageError>
    /** The newest readable position, where a reader begins that wants future rows only. */
    readonly head: Effect.Effect<Cursor.Cursor, StorageError>
    /** Removes a batch of rows beyond the promised retention; returns how many were removed. */
    readonly prune: Effect.Effect<number, StorageError>
    /** Adopts rows that were restored from another PostgreSQL cluster; returns whether there were any. */
    readonly adoptRestored: Effect.Effect<boolean, StorageError>
    /**
     * Ends what gateways and players know of the log: every gateway restarts, and events get numbers that nobody has seen.
     * Joins the caller's transaction.
     */
    readonly startAfresh: Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/push/PushLog") {}

/**
 * Retention of the log. The wire contract promises at least 24 hours and at least the newest 1,000 events of a player.
 */
export interface PushLogOptions {
  /** Rows younger than this are kept. */
  readonly keepFor: Duration.Input
  /** How many of a player's newest events are kept whatever their age; never less than one. */
  readonly keepPerUser: number
  /** Most events, and as many invalidations, that one `prune` removes. */
  readonly pruneBatch: number
}

/** Exactly the retention that the wire contract promises. */
export const defaults: PushLogOptions = { keepFor: "24 hours", keepPerUser: 1_000, pruneBatch: 5_000 }

const written = counter("galaxy.push.events")

/** Most rows of one INSERT statement. */
const insertBatch = 500

const Bounds = Schema.Struct({ oldest: Schema.BigInt, newest: Schema.BigInt })
const decodeBounds = Schema.decodeUnknownEffect(Schema.NonEmptyArray(Bounds))
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(LogRow))

/** `PushLog` over PostgreSQL. */
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
       * Takes the players' next numbers, and keeps others from taking any until the commit. Locks are taken in the
       * order of the players' ids, so writers with the same players wait for each other instead of deadlocking.
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

      // A transaction may be older than the one that wrote the player's previous event. The row then takes the later id
      // of the two, so that the log as a whole keeps each player's order.
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
        yield* Effect.forEach(events, ({ kind }) => note({ kind: "event", what: kind }), { discard: true })
        const trace = yield* traceparent
        const counts = new Map<UserId, number>()
        for (const { userId } of events) counts.set(userId, (counts.get(userId) ?? 0) + 1)
        yield* joining(
          sql,
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
                  trace_id: event.traceId ?? trace
                }
              })
            )
            for (let at = 0; at < rows.length; at += insertBatch) yield* insert(rows.slice(at, at + insertBatch), now)
            yield* signal.send("galaxy_push")
          })
        )
        for (const { kind } of events) written(1, kind)
      }, StorageError.refail)

      const lock = Effect.fn("PushLog.lock")(function* (userIds: ReadonlyArray<UserId>) {
        if (userIds.length === 0) return
        yield* takeNumbers(new Map(userIds.map((it) => [it, 0])), yield* DateTime.nowAsDate)
      }, StorageError.refail)

      const invalidate = Effect.fn("PushLog.invalidate")(function* (
        targets: ReadonlyArray<InvalidationTarget>,
        reason: string
      ) {
        if (targets.length === 0) return
        yield* note({ kind: "session_ended", what: reason }, targets.length)
        const now = DateTime.toDateUtc(yield* DateTime.now)
        const rows = yield* Effect.forEach(targets, (target, place) =>
          Effect.map(newId, (event_id) => ({
            place,
            event_id,
            user_id: "userId" in target ? target.userId : null,
            device_session_id: "deviceSessionId" in target ? target.deviceSessionId : null
          }))
        )
        yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`
              INSERT INTO backend.push_events
                (event_type, user_id, device_session_id, kind, payload, event_id, created_at)
              SELECT 'session_invalidation', n.user_id, n.device_session_id, ${reason}::text, ''::bytea, n.event_id,
                ${now}::timestamptz
              FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb)
                AS n(place int, user_id uuid, device_session_id uuid, event_id uuid)
              ORDER BY n.place`
            yield* signal.send("galaxy_push")
          })
        )
      }, StorageError.refail)

      const eventsAfter = Effect.fn("PushLog.eventsAfter")(function* (userId: UserId, after: number, limit: number) {
        // One statement, so that bounds and events are of one moment. Without events it returns one row: the bounds.
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

      const startAfresh = retention.startAfresh(sql).pipe(StorageError.refail, Effect.withSpan("PushLog.startAfresh"))

      return PushLog.of({
        append,
        lock,
        invalidate,
        eventsAfter,
        read,
        standing,
        head,
        prune,
        adoptRestored,
        startAfresh
      })
    })
  )
