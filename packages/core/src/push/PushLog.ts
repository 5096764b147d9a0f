/**
 * The durable log of everything that gateways are told: events of players, invalidations of sessions.
 *
 * Rows are part of the transaction of the fact they tell of. A player's events are numbered 1, 2, 3, … in commit order
 * without holes; gateways read all rows in the order (transaction, number), and none before every older transaction is
 * over, so that a late commit is never skipped (docs/decisions/0002).
 */
import type { DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as Cursor from "./Cursor.ts"

/** An event for one player, or for one of the player's sessions. */
export interface NewEvent {
  readonly userId: UserId
  readonly deviceSessionId?: DeviceSessionId
  readonly kind: string
  readonly payload: Uint8Array
  readonly eventId?: string
  readonly requestId?: string
  readonly traceId?: string
}

export type InvalidationTarget = { readonly deviceSessionId: DeviceSessionId } | { readonly userId: UserId }

const Common = {
  xid: Schema.BigInt,
  eventNo: Schema.BigInt,
  kind: Schema.String,
  payload: Schema.Uint8Array,
  eventId: Schema.String,
  requestId: Schema.String,
  traceId: Schema.String,
  createdAt: Schema.DateTimeUtcFromDate,
  userId: Schema.NullOr(Schema.String),
  deviceSessionId: Schema.NullOr(Schema.String),
  sequence: Schema.NullOr(Schema.BigInt),
  eventType: Schema.Literals(["client_event", "session_invalidation"])
}

/** One row of the log. `sequence` is there for events of players only. */
export class LogRow extends Schema.Class<LogRow>("galaxy/push/LogRow")(Common) {
  get cursor(): Cursor.Cursor {
    return { xid: this.xid, eventNo: this.eventNo }
  }
}

/** A player's kept events above a number; `oldest`..`newest` is all that is kept, 0 and 0 before the first event. */
export interface UserEvents {
  readonly events: ReadonlyArray<LogRow>
  readonly oldest: number
  readonly newest: number
}

export class PushLog extends Context.Service<
  PushLog,
  {
    /** Joins the caller's transaction. */
    append(events: ReadonlyArray<NewEvent>): Effect.Effect<void, StorageError>
    /** Tells gateways that sessions are over. Joins the caller's transaction. */
    invalidate(target: InvalidationTarget, reason: string): Effect.Effect<void, StorageError>
    eventsAfter(userId: UserId, after: number, limit: number): Effect.Effect<UserEvents, StorageError>
    /** Rows above the cursor, in order, as far as they are settled. */
    read(after: Cursor.Cursor, limit: number): Effect.Effect<ReadonlyArray<LogRow>, StorageError>
    /** Whether there are committed rows above the cursor that an older transaction still holds back. */
    isPending(after: Cursor.Cursor): Effect.Effect<boolean, StorageError>
    /** Where a reader begins who wants only what is to come. */
    readonly head: Effect.Effect<Cursor.Cursor, StorageError>
    /** The highest position that was removed: what is above it is complete. */
    readonly floor: Effect.Effect<Cursor.Cursor, StorageError>
    /** Removes what nobody has a right to any more; answers how many rows went. */
    readonly prune: Effect.Effect<number, StorageError>
  }
>()("@galaxy/core/push/PushLog") {}

export interface PushLogOptions {
  /** How long rows are kept at least. */
  readonly keepFor: Duration.Input
  /** How many of a player's newest events are kept however old they are. */
  readonly keepPerUser: number
  /** Most rows that one `prune` removes. */
  readonly pruneBatch: number
}

export const defaults: PushLogOptions = { keepFor: "24 hours", keepPerUser: 1_000, pruneBatch: 5_000 }

const settled = "e.xid < pg_snapshot_xmin(pg_current_snapshot())"

export const layer = (
  options: Partial<PushLogOptions> = {}
): Layer.Layer<PushLog, never, SqlClient.SqlClient | DatabaseSignal> =>
  Layer.effect(
    PushLog,
    Effect.gen(function* () {
      const { keepFor, keepPerUser, pruneBatch } = { ...defaults, ...options }
      const sql = yield* SqlClient.SqlClient
      const signal = yield* DatabaseSignal
      const decode = Schema.decodeUnknownEffect(Schema.Array(LogRow))
      const columns = sql.literal(`e.xid::text::bigint AS xid, e.event_no AS "eventNo", e.event_type AS "eventType",
        e.user_id AS "userId", e.device_session_id AS "deviceSessionId", e.sequence, e.kind, e.payload,
        e.event_id AS "eventId", e.request_id AS "requestId", e.trace_id AS "traceId", e.created_at AS "createdAt"`)

      /** Takes the next `count` numbers of a user and keeps others from taking any until the commit. */
      const takeNumbers = (userId: UserId, count: number, now: Date) =>
        Effect.map(
          sql<{ last: bigint }>`
            INSERT INTO backend.push_user_heads AS h (user_id, last_sequence, created_at)
            VALUES (${userId}, ${count}, ${now})
            ON CONFLICT (user_id) DO UPDATE SET last_sequence = h.last_sequence + ${count}
            RETURNING last_sequence AS last`,
          ([row]) => Number(row?.last ?? 0) - count
        )

      const insert = (event: NewEvent, sequence: number, now: Date) =>
        Effect.flatMap(
          newId,
          (id) => sql`
            INSERT INTO backend.push_events
              (event_type, user_id, device_session_id, sequence, kind, payload, event_id, request_id, trace_id, created_at)
            VALUES ('client_event', ${event.userId}, ${event.deviceSessionId ?? null}, ${sequence}, ${event.kind},
              ${event.payload}, ${event.eventId ?? id}, ${event.requestId ?? ""}, ${event.traceId ?? ""}, ${now})`
        )

      const append = Effect.fn("PushLog.append")(function* (events: ReadonlyArray<NewEvent>) {
        if (events.length === 0) return
        const now = DateTime.toDateUtc(yield* DateTime.now)
        const byUser = Map.groupBy(events, (it) => it.userId)
        yield* sql.withTransaction(
          Effect.gen(function* () {
            // Always in the same order: two writers with the same players wait for each other instead of deadlocking.
            for (const userId of [...byUser.keys()].toSorted()) {
              const own = byUser.get(userId) ?? []
              const first = yield* takeNumbers(userId, own.length, now)
              for (const [index, event] of own.entries()) yield* insert(event, first + index + 1, now)
            }
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
        // One statement, so that the bounds and the events are of one moment.
        const rows = yield* sql<{ oldest: bigint | null; newest: bigint | null }>`
          SELECT (SELECT min(sequence) FROM backend.push_events WHERE user_id = ${userId} AND event_type = 'client_event') AS oldest,
            (SELECT last_sequence FROM backend.push_user_heads WHERE user_id = ${userId}) AS newest`
        const newest = Number(rows[0]?.newest ?? 0)
        const events = yield* decode(
          yield* sql`
            SELECT ${columns} FROM backend.push_events e
            WHERE e.user_id = ${userId} AND e.event_type = 'client_event' AND e.sequence > ${after} AND e.sequence <= ${newest}
            ORDER BY e.sequence LIMIT ${limit}`
        )
        return { events, oldest: Number(rows[0]?.oldest ?? newest), newest }
      }, StorageError.refail)

      const read = Effect.fn("PushLog.read")(function* (after: Cursor.Cursor, limit: number) {
        return yield* decode(
          yield* sql`
            SELECT ${columns} FROM backend.push_events e
            WHERE (e.xid, e.event_no) > (${String(after.xid)}::text::xid8, ${after.eventNo}) AND ${sql.literal(settled)}
            ORDER BY e.xid, e.event_no LIMIT ${limit}`
        )
      }, StorageError.refail)

      const isPending = Effect.fn("PushLog.isPending")(function* (after: Cursor.Cursor) {
        const rows = yield* sql`
          SELECT 1 FROM backend.push_events e
          WHERE (e.xid, e.event_no) > (${String(after.xid)}::text::xid8, ${after.eventNo}) LIMIT 1`
        return rows.length > 0
      }, StorageError.refail)

      const position = (rows: ReadonlyArray<{ readonly xid: bigint; readonly eventNo: bigint }>): Cursor.Cursor =>
        rows[0] ?? Cursor.start

      const floor = sql<{ xid: bigint; eventNo: bigint }>`
        SELECT xid::text::bigint AS xid, event_no AS "eventNo" FROM backend.push_log_floor`.pipe(
        Effect.map(position),
        StorageError.refail,
        Effect.withSpan("PushLog.floor")
      )

      const head = Effect.gen(function* () {
        const rows = yield* sql<{ xid: bigint; eventNo: bigint }>`
          SELECT e.xid::text::bigint AS xid, e.event_no AS "eventNo" FROM backend.push_events e
          WHERE ${sql.literal(settled)} ORDER BY e.xid DESC, e.event_no DESC LIMIT 1`
        return Option.fromUndefinedOr(rows[0])
      }).pipe(
        StorageError.refail,
        Effect.flatMap(Option.match({ onNone: () => floor, onSome: (it) => Effect.succeed(it) })),
        Effect.withSpan("PushLog.head")
      )

      const prune = Effect.gen(function* () {
        const before = DateTime.toDateUtc(
          DateTime.subtractDuration(yield* DateTime.now, Duration.fromInputUnsafe(keepFor))
        )
        return yield* sql.withTransaction(
          Effect.gen(function* () {
            const gone = yield* sql<{ xid: bigint; eventNo: bigint }>`
              WITH gone AS (
                DELETE FROM backend.push_events WHERE event_no IN (
                  SELECT e.event_no FROM backend.push_events e
                  LEFT JOIN backend.push_user_heads h ON e.event_type = 'client_event' AND h.user_id = e.user_id
                  WHERE e.created_at < ${before} AND ${sql.literal(settled)}
                    AND (e.event_type = 'session_invalidation' OR e.sequence <= h.last_sequence - ${keepPerUser})
                  ORDER BY e.xid, e.event_no LIMIT ${pruneBatch})
                RETURNING xid, event_no)
              SELECT xid::text::bigint AS xid, event_no AS "eventNo" FROM gone ORDER BY gone.xid DESC, gone.event_no DESC`
            const highest = gone[0]
            if (highest !== undefined) {
              yield* sql`
                UPDATE backend.push_log_floor SET xid = ${String(highest.xid)}::text::xid8, event_no = ${highest.eventNo}
                WHERE (xid, event_no) < (${String(highest.xid)}::text::xid8, ${highest.eventNo})`
            }
            return gone.length
          })
        )
      }).pipe(StorageError.refail, Effect.withSpan("PushLog.prune"))

      return PushLog.of({ append, invalidate, eventsAfter, read, isPending, head, floor, prune })
    })
  )
