/**
 * Events of accounts that wait to be sent, oldest first.
 *
 * One process sends at a time, so that the order is kept. An event is removed in the transaction in which it was sent:
 * after a crash in between it is sent again, with the same id.
 */
import { UserId } from "@galaxy/contract/ids/Ids"
import { Array as Arr, Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"

const UserEvent = Schema.Struct({
  event_no: Schema.BigInt,
  id: Schema.String,
  // Also one of `userEventTypes` that only a later release knows, which a backend may have been replaced with already.
  type: Schema.String,
  userId: UserId,
  at: Schema.DateTimeUtcFromDate,
  details: Schema.Record(Schema.String, Schema.Unknown)
})

/** One event. It says what has changed, and never whose account it is but by id. */
export type UserEvent = Omit<typeof UserEvent.Type, "event_no">

/** Ids of the events that have arrived; nothing for all of them. */
export type Arrived = ReadonlySet<string> | void

/** For the process that sends events. */
export class UserEventOutbox extends Context.Service<
  UserEventOutbox,
  {
    /** Says that somebody sends events: from now on they are written, and go on to be for `keepFor` without this. */
    readonly announce: Effect.Effect<void, StorageError>
    /**
     * Gives the oldest events to `send` and removes those that have arrived: all of them, or those whose ids it returns.
     * Returns how many that were; 0 while another process sends. It holds a transaction, so `send` must take less than
     * half a minute.
     */
    sendSome<E>(
      limit: number,
      send: (events: Arr.NonEmptyReadonlyArray<UserEvent>) => Effect.Effect<Arrived, E>
    ): Effect.Effect<number, E | StorageError>
  }
>()("@galaxy/core/user-event/UserEventOutbox") {}

// Any constant would do, as long as no other lock uses it.
const sendersLock = 5_839_201_746_120_553n

/** The transaction is idle while events are sent; the server must not end it before the receiver's own bound. */
const longestSendMs = 40_000

/** Building it runs no statement. */
export const layer: Layer.Layer<UserEventOutbox, never, SqlClient.SqlClient> = Layer.effect(
  UserEventOutbox,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const decode = Schema.decodeUnknownEffect(Schema.Array(UserEvent))

    const announce = Effect.gen(function* () {
      const now = yield* DateTime.nowAsDate
      yield* sql`
        INSERT INTO backend.user_event_sender (seen_at) VALUES (${now})
        ON CONFLICT (singleton) DO UPDATE SET seen_at = ${now}`
    }).pipe(StorageError.refail, Effect.withSpan("UserEventOutbox.announce"))

    const sendSome = Effect.fn("UserEventOutbox.sendSome")(function* <E>(
      limit: number,
      send: (events: Arr.NonEmptyReadonlyArray<UserEvent>) => Effect.Effect<Arrived, E>
    ) {
      const taken = sql.withTransaction(
        Effect.gen(function* () {
          const [turn] = yield* StorageError.refail(
            sql<{ mine: boolean }>`
              SELECT pg_try_advisory_xact_lock(${sendersLock}) AS mine,
                set_config('idle_in_transaction_session_timeout', ${`${longestSendMs}`}, true)`
          )
          if (turn?.mine !== true) return 0
          const found = yield* StorageError.refail(
            Effect.flatMap(
              sql`
                SELECT event_no, event_id AS id, event_type AS type, user_id AS "userId", occurred_at AS at, details
                FROM backend.user_events ORDER BY event_no LIMIT ${limit}::int
                FOR UPDATE SKIP LOCKED`,
              decode
            )
          )
          if (!Arr.isReadonlyArrayNonEmpty(found)) return 0
          const arrived = yield* send(Arr.map(found, ({ event_no: _no, ...event }) => event))
          const gone = arrived === undefined ? found : found.filter((it) => arrived.has(it.id))
          if (gone.length === 0) return 0
          yield* StorageError.refail(
            sql`DELETE FROM backend.user_events WHERE ${sql.in(
              "event_no",
              gone.map((it) => it.event_no)
            )}`
          )
          return gone.length
        })
      )
      return yield* Effect.catchTag(taken, "SqlError", (error) => StorageError.refail(Effect.fail(error)))
    })

    return UserEventOutbox.of({ announce, sendSome })
  })
)
