/**
 * The rows of `runtime_records`, `player_mappings` and `runtime_operation_log`.
 *
 * A row's version is its fencing token: a write names the version it has read, and changes nothing if another write
 * came first. So an owner that was frozen and comes back can do no harm.
 */
import { EnginePlayerId, GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { clockSlack } from "../shared/clockSlack.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import type { TurnDeadline } from "./TurnTimes.ts"

/**
 * The state of a game's runtime, next to the lobby's own state. `starting` and `generation_in_progress` have an attempt
 * due or waiting. `generation_failed`: the turn isn't tried again until an operator forces it. `stopped`: the game was
 * gone while it was being started or its turn made. The engine of a game that is `finished` or `generation_failed` is
 * started only to be read from.
 */
export const RuntimeStatus = Schema.Literals([
  "starting",
  "running",
  "generation_in_progress",
  "generation_failed",
  "paused",
  "start_failed",
  "stopped",
  "finished"
])
export type RuntimeStatus = typeof RuntimeStatus.Type

const Time = Schema.NullOr(Schema.DateTimeUtcFromDate)

/** One game's runtime. Every decision about its work is made from this row and the clock alone. */
export const RuntimeRow = Schema.Struct({
  game_id: GameId,
  status: RuntimeStatus,
  /** The fencing token, one higher after each write but `force`. */
  row_version: Schema.BigInt,
  engine_version: Schema.NullOr(Schema.String),
  image_ref: Schema.NullOr(Schema.String),
  /** The `instanceId` of the engine last seen. */
  current_container_id: Schema.NullOr(Schema.String),
  /** Seeds everything random in the galaxy; secret while the game is played. */
  seed: Schema.String,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  /** The newest committed turn; 0 is the galaxy as created. */
  current_turn: Schema.Int,
  /** The turn being made, from the cutoff until it is committed. */
  generating_turn: Schema.NullOr(Schema.Int),
  /**
   * Since when the engine of `current_container_id` has been computing this turn; null unless an attempt has ended
   * without its answer.
   */
  generating_since: Time,
  /** The next deadline. The two columns after it explain why it is then (`TurnDeadline`). */
  next_turn_at: Time,
  next_turn_why: Schema.Literals(["schedule", "forced"]),
  next_turn_skips: Schema.Int,
  /** When the deadline was set: a time in the future shows that a clock was wrong. */
  next_turn_set_at: Time,
  /** The deadline before it was corrected, to come back if it was the correcting clock that was wrong. */
  next_turn_was: Time,
  /** A turn was asked for out of schedule. */
  force_next_turn: Schema.Boolean,
  next_attempt_at: Time,
  /** Attempts at the present start or turn, begun ones included. */
  attempts: Schema.Int,
  failure_reason: Schema.NullOr(Schema.String),
  started_at: Time,
  last_observed_at: Time
})
export type RuntimeRow = typeof RuntimeRow.Type

/** The columns that work on a game changes. Absent ones stay; null clears one. */
export interface RuntimeChange {
  readonly status?: RuntimeStatus
  readonly current_container_id?: string | null
  readonly engine_endpoint?: string | null
  readonly current_turn?: number
  readonly generating_turn?: number | null
  readonly generating_since?: Date | null
  readonly next_turn_at?: Date | null
  readonly next_turn_why?: "schedule" | "forced"
  readonly next_turn_skips?: number
  readonly next_turn_set_at?: Date | null
  readonly next_turn_was?: Date | null
  readonly force_next_turn?: false
  readonly next_attempt_at?: Date | null
  readonly attempts?: number
  readonly failure_reason?: string | null
  readonly started_at?: Date
  readonly last_observed_at?: Date
}

/** The row's deadline; null while no turn is planned. */
export const deadlineOf = (row: RuntimeRow): TurnDeadline | null =>
  row.next_turn_at === null ? null : { at: row.next_turn_at, why: row.next_turn_why, skips: row.next_turn_skips }

/**
 * The columns that set the next turn's deadline, or clear it. `was` keeps the deadline it replaces, where that one
 * isn't explained by the present clock.
 */
export const deadlineChange = (
  deadline: TurnDeadline | null,
  now: DateTime.Utc,
  was: DateTime.Utc | null = null
): RuntimeChange => ({
  next_turn_at: deadline === null ? null : DateTime.toDate(deadline.at),
  next_turn_why: deadline?.why ?? "schedule",
  next_turn_skips: deadline?.skips ?? 0,
  next_turn_set_at: deadline === null ? null : DateTime.toDate(now),
  next_turn_was: was === null ? null : DateTime.toDate(was)
})

/** Another owner has written the row since it was read. Whoever gets this must stop working on the game. */
export class RuntimeStale extends Schema.TaggedError<RuntimeStale>()("RuntimeStale", {}) {}

/**
 * A player of a game in play, fixed when its start was queued. The engine knows the race by `raceName`.
 * `enginePlayerId` is the membership's id, so a retried start names the same players.
 */
export interface Seat {
  readonly userId: UserId
  readonly raceName: string
  readonly enginePlayerId: EnginePlayerId
}

/** What an entry of the operation log is about: one attempt at a start, or one attempt at a turn. */
export type Operation = "start" | "turn"

/** A game that needs work, and when; a time in the past means now. */
export interface Due {
  readonly gameId: GameId
  readonly at: DateTime.Utc
  /** Its last attempt failed, or was cut off. */
  readonly retry: boolean
}

/** States in which a game needs its engine. */
export const live: ReadonlyArray<RuntimeStatus> = ["starting", "running", "generation_in_progress", "paused"]

/**
 * Reads and writes runtimes, their players and their log of operations. Only `write` is fenced by the row's version;
 * its loser gets `RuntimeStale`. All else fails with `StorageError` only.
 */
export class RuntimeStore extends Context.Service<
  RuntimeStore,
  {
    find(gameId: GameId): Effect.Effect<Option.Option<RuntimeRow>, StorageError>
    /**
     * Changes the row and returns it, with the next version. Fails with `RuntimeStale` if it is no longer the version
     * that was read.
     */
    write(read: RuntimeRow, change: RuntimeChange): Effect.Effect<RuntimeRow, RuntimeStale | StorageError>
    /**
     * Locks the row to the end of the transaction, then reads it, so that what was read stays true until the commit.
     */
    lock(gameId: GameId): Effect.Effect<Option.Option<RuntimeRow>, StorageError>
    /** Marks the game for a turn out of schedule, without a new version. The caller holds the row's lock. */
    force(gameId: GameId): Effect.Effect<void, StorageError>
    /** Players in the order in which their seats were first taken, which never changes. */
    seats(gameId: GameId): Effect.Effect<ReadonlyArray<Seat>, StorageError>
    seat(gameId: GameId, userId: UserId): Effect.Effect<Option.Option<Seat>, StorageError>
    /**
     * Games with work to do now or later, the most urgent first, and at most `limit` for each kind of work. A retry
     * further ahead than `longestWait` and the slack between clocks, and a deadline that was set in the future, are due
     * now: a clock was wrong.
     */
    due(limit: number, longestWait: Duration.Duration): Effect.Effect<ReadonlyArray<Due>, StorageError>
    /** Games in play or being started, which need their engines (the states of `live`), the oldest first. */
    readonly alive: Effect.Effect<ReadonlyArray<GameId>, StorageError>
    /**
     * Logs the beginning of an operation and returns its id. An earlier one of this game that never ended is closed as
     * cut off.
     */
    begin(gameId: GameId, op: Operation, turn: number | null): Effect.Effect<string, StorageError>
    /** Logs the end of an operation: success where `error` is null. One that has been closed already stays closed. */
    end(operationId: string, error: string | null): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/runtime/RuntimeStore") {}

const SeatRow = Schema.Struct({ user_id: UserId, race_name: Schema.String, engine_player_uuid: EnginePlayerId })
const seatOf = (row: typeof SeatRow.Type): Seat => ({
  userId: row.user_id,
  raceName: row.race_name,
  enginePlayerId: row.engine_player_uuid
})

const DueRow = Schema.Struct({ game_id: GameId, at: Schema.DateTimeUtcFromDate, attempts: Schema.Int })

/** `RuntimeStore` over PostgreSQL. */
export const layer: Layer.Layer<RuntimeStore, never, SqlClient.SqlClient> = Layer.effect(
  RuntimeStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const columns = sql.literal(`
      game_id, status, row_version, engine_version, image_ref, current_container_id, seed, turn_schedule, time_zone,
      current_turn, generating_turn, generating_since, next_turn_at, next_turn_why, next_turn_skips, next_turn_set_at, next_turn_was, force_next_turn, next_attempt_at, attempts, failure_reason, started_at,
      last_observed_at`)
    const decode = Schema.decodeUnknownEffect(Schema.Array(RuntimeRow))

    const select = SqlSchema.findOneOption({
      Request: GameId,
      Result: RuntimeRow,
      execute: (gameId) => sql`SELECT ${columns} FROM backend.runtime_records WHERE game_id = ${gameId}`
    })

    const selectLocked = SqlSchema.findOneOption({
      Request: GameId,
      Result: RuntimeRow,
      execute: (gameId) => sql`SELECT ${columns} FROM backend.runtime_records WHERE game_id = ${gameId} FOR UPDATE`
    })

    const selectSeats = SqlSchema.findAll({
      Request: GameId,
      Result: SeatRow,
      // Seats' ids are ordered by the time at which they were taken.
      execute: (gameId) => sql`
        SELECT user_id, race_name, engine_player_uuid FROM backend.player_mappings
        WHERE game_id = ${gameId} ORDER BY engine_player_uuid`
    })

    const selectSeat = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, userId: UserId }),
      Result: SeatRow,
      execute: ({ gameId, userId }) => sql`
        SELECT user_id, race_name, engine_player_uuid FROM backend.player_mappings
        WHERE game_id = ${gameId} AND user_id = ${userId}`
    })

    const selectDue = SqlSchema.findAll({
      Request: Schema.Struct({ limit: Schema.Int, now: Schema.Date, latestRetry: Schema.Date }),
      Result: DueRow,
      execute: ({ limit, now, latestRetry }) => sql`
        (SELECT game_id, least(next_attempt_at, ${now}::timestamptz) AS at, attempts FROM backend.runtime_records
          WHERE status IN ('starting', 'generation_in_progress') AND attempts = 0
          ORDER BY next_attempt_at LIMIT ${limit})
        UNION ALL
        (SELECT game_id, next_attempt_at, attempts FROM backend.runtime_records
          WHERE status IN ('starting', 'generation_in_progress') AND attempts > 0
          ORDER BY next_attempt_at LIMIT ${limit})
        UNION ALL
        (SELECT game_id, 'epoch'::timestamptz, attempts FROM backend.runtime_records
          WHERE status IN ('starting', 'generation_in_progress') AND next_attempt_at > ${latestRetry} LIMIT ${limit})
        UNION ALL
        (SELECT game_id, 'epoch'::timestamptz, 0 FROM backend.runtime_records
          WHERE status = 'running' AND next_turn_set_at > ${now} LIMIT ${limit})
        UNION ALL
        (SELECT game_id, next_turn_at, 0 FROM backend.runtime_records
          WHERE status = 'running' AND next_turn_at IS NOT NULL AND NOT force_next_turn
          ORDER BY next_turn_at LIMIT ${limit})
        UNION ALL
        (SELECT game_id, 'epoch'::timestamptz, 0 FROM backend.runtime_records
          WHERE status IN ('running', 'generation_failed') AND force_next_turn LIMIT ${limit})
        ORDER BY at, game_id`
    })

    return RuntimeStore.of({
      find: (gameId) => StorageError.refail(select(gameId)),
      lock: (gameId) => StorageError.refail(selectLocked(gameId)),
      write: Effect.fnUntraced(function* (read, change) {
        const changed = { ...change, updated_at: yield* DateTime.nowAsDate }
        const [row] = yield* Effect.flatMap(
          sql`
            UPDATE backend.runtime_records SET ${sql.update(changed)}, row_version = row_version + 1
            WHERE game_id = ${read.game_id} AND row_version = ${read.row_version}
            RETURNING ${columns}`,
          decode
        )
        return row === undefined ? yield* new RuntimeStale() : row
      }, StorageError.refail),
      // Without a new version: the mark conflicts with nothing that an owner writes, and must not make one stale.
      force: Effect.fnUntraced(function* (gameId) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.runtime_records SET force_next_turn = true, updated_at = ${now} WHERE game_id = ${gameId}`
      }, StorageError.refail),
      seats: (gameId) => StorageError.refail(Effect.map(selectSeats(gameId), (rows) => rows.map(seatOf))),
      seat: (gameId, userId) => StorageError.refail(Effect.map(selectSeat({ gameId, userId }), Option.map(seatOf))),
      due: Effect.fnUntraced(function* (limit, longestWait) {
        const now = yield* DateTime.now
        const rows = yield* selectDue({
          limit,
          now: DateTime.toDate(now),
          latestRetry: DateTime.toDate(DateTime.addDuration(now, Duration.sum(longestWait, clockSlack)))
        })
        return rows.map((it) => ({ gameId: it.game_id, at: it.at, retry: it.attempts > 0 }))
      }, StorageError.refail),
      alive: StorageError.refail(
        Effect.map(
          sql<{ readonly game_id: string }>`
            SELECT game_id FROM backend.runtime_records WHERE ${sql.in("status", live)} ORDER BY created_at, game_id`,
          (rows) => rows.map((it) => GameId.make(it.game_id))
        )
      ),
      begin: Effect.fnUntraced(function* (gameId, op, turn) {
        const id = yield* newId
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.runtime_operation_log SET status = 'failed', finished_at = ${now}, error = 'cut off'
          WHERE game_id = ${gameId} AND status = 'started'`
        yield* sql`
          INSERT INTO backend.runtime_operation_log (operation_id, game_id, op, status, turn, started_at, created_at)
          VALUES (${id}, ${gameId}, ${op}, 'started', ${turn}, ${now}, ${now})`
        return id
      }, StorageError.refail),
      end: Effect.fnUntraced(function* (operationId, error) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.runtime_operation_log
          SET status = ${error === null ? "succeeded" : "failed"}, finished_at = ${now}, error = ${error}
          WHERE operation_id = ${operationId} AND status = 'started'`
      }, StorageError.refail)
    })
  })
)
