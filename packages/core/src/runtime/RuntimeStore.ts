/**
 * The rows of `runtime_records`, and the seats of `player_mappings`.
 *
 * A row's version is its fencing token: a write names the version it has read, and changes nothing if another write
 * came first. So an owner that was frozen and comes back can do no harm.
 */
import { EnginePlayerId, GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Array as Arr, Context, DateTime, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlResolver, SqlSchema } from "effect/sql"
import { clockSlack } from "../shared/clockSlack.ts"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import { EngineHealth } from "./HealthLog.ts"
import { live, RuntimeRow, type RuntimeChange, RuntimeStatus } from "./RuntimeRow.ts"

/** Another owner has written the row since it was read. Whoever gets this must stop working on the game. */
export class RuntimeStale extends Schema.TaggedError<RuntimeStale>()("RuntimeStale", {}) {}

/**
 * A player of a game in play, fixed when its start was queued. The engine knows the race by `raceName`.
 * `enginePlayerId` is the membership's id, so a retried start names the same players.
 */
export interface Seat {
  /** Null for a seat that the engine has played from the start. */
  readonly userId: UserId | null
  readonly raceName: string
  readonly enginePlayerId: EnginePlayerId
  /** The engine plays it. */
  readonly computer?: boolean
}

/** What the row of a game's first start is made from. */
export interface NewRuntime {
  readonly gameId: GameId
  readonly engineVersion: string
  readonly imageRef: string
  readonly seed: string
  /** Five cron fields, read in `timeZone`. */
  readonly turnSchedule: string
  readonly timeZone: string
  readonly players: ReadonlyArray<Seat>
}

/** A game in play, as far as its engine is concerned. */
export interface EngineRecord {
  readonly gameId: GameId
  readonly status: RuntimeStatus
  /** The engine last seen; null where none has been, or the last one was removed. */
  readonly instanceId: string | null
  readonly health: EngineHealth
}

/**
 * The change of a row at a step of its turn. With the cutoff an attempt at `begins` is logged under the operation's id;
 * without `begins`, that attempt has succeeded.
 */
export interface TurnWrite {
  readonly read: RuntimeRow
  readonly change: RuntimeChange
  readonly operation: { readonly id: string; readonly begins?: number }
}

/** A game that needs work, and when; a time in the past means now. */
export interface Due {
  readonly gameId: GameId
  readonly at: DateTime.Utc
  /** Its last attempt has failed. One that was cut off by the end of its backend is no failure. */
  readonly retry: boolean
}

/**
 * Reads and writes runtimes and their players. Only `write` is fenced by the row's version; its loser gets
 * `RuntimeStale`. All else fails with `StorageError` only.
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
     * Changes the rows of several games, and returns those of the games whose row was still the version that was read.
     * The beginning or the success of their attempts is logged, as `OperationLog` does.
     */
    writeTurns(writes: ReadonlyArray<TurnWrite>): Effect.Effect<ReadonlyMap<GameId, RuntimeRow>, StorageError>
    /**
     * Counts an attempt at the turn in the row, and logs its beginning as `OperationLog.begin` does; returns the row and
     * the operation's id. Fenced as `write` is.
     */
    attemptTurn(
      read: RuntimeRow,
      turn: number,
      attempts: number
    ): Effect.Effect<{ readonly row: RuntimeRow; readonly operation: string }, RuntimeStale | StorageError>
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
    /** Games in play or being started, which need their engines (the states of `live`), the most urgent first. */
    readonly alive: Effect.Effect<ReadonlyArray<GameId>, StorageError>
    /** Games whose turn fell due after `from` and hasn't been made, and whose deadline was set by `setUntil`. */
    fellInto(
      from: DateTime.Utc,
      setUntil: DateTime.Utc,
      now: DateTime.Utc,
      limit: number
    ): Effect.Effect<ReadonlyArray<RuntimeRow>, StorageError>
    /** Games in play or being started, with their engines. */
    readonly engines: Effect.Effect<ReadonlyArray<EngineRecord>, StorageError>
    /** Notes that the engine with this id doesn't run any more. Returns false if it is another one by now. */
    removed(gameId: GameId, instanceId: string): Effect.Effect<boolean, StorageError>
    /** Whether a game in play, or one that is stopped, has this engine version. */
    usesVersion(version: string): Effect.Effect<boolean, StorageError>
    /**
     * Writes a game's row for its first start, and its seats, in place of those of a start that came to nothing.
     * Returns false, and changes nothing, for a game that is or was in play.
     */
    arm(start: NewRuntime): Effect.Effect<boolean, StorageError>
  }
>()("@galaxy/core/runtime/RuntimeStore") {}

const SeatRow = Schema.Struct({
  user_id: Schema.NullOr(UserId),
  race_name: Schema.String,
  engine_player_uuid: EnginePlayerId,
  computer: Schema.Boolean
})
const seatOf = (row: typeof SeatRow.Type): Seat => ({
  userId: row.user_id,
  raceName: row.race_name,
  enginePlayerId: row.engine_player_uuid,
  computer: row.computer
})

const EngineRow = Schema.Struct({
  game_id: GameId,
  status: RuntimeStatus,
  current_container_id: Schema.NullOr(Schema.String),
  health: EngineHealth
})

const DueRow = Schema.Struct({ game_id: GameId, at: Schema.DateTimeUtcFromDate, retry: Schema.Boolean })

/** `RuntimeStore` over PostgreSQL. */
export const layer: Layer.Layer<RuntimeStore, never, SqlClient.SqlClient> = Layer.effect(
  RuntimeStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const { seat_order_at: _, ...own } = RuntimeRow.fields
    const columns = sql.literal(`${Object.keys(own)
      .map((it) => `r.${it}`)
      .join(", ")},
      (SELECT min(m.seat_order_at) FROM backend.player_mappings m WHERE m.game_id = r.game_id) AS seat_order_at`)
    const decode = Schema.decodeUnknownEffect(Schema.Array(RuntimeRow))

    const selectOne = SqlSchema.findOneOption({
      Request: GameId,
      Result: RuntimeRow,
      execute: (gameId) => sql`SELECT ${columns} FROM backend.runtime_records r WHERE game_id = ${gameId}`
    })

    /** Lookups at the same moment share a statement, if they are of the same transaction or of none. */
    const select = SqlResolver.findById({
      Id: GameId,
      Result: RuntimeRow,
      ResultId: (row) => row.game_id,
      execute: (ids) => sql`
        SELECT ${columns} FROM backend.runtime_records r WHERE game_id = ANY (string_to_array(${ids.join()}, ',')::uuid[])`
    })

    const selectLocked = SqlSchema.findOneOption({
      Request: GameId,
      Result: RuntimeRow,
      execute: (gameId) => sql`SELECT ${columns} FROM backend.runtime_records r WHERE game_id = ${gameId} FOR UPDATE`
    })

    const selectSeats = SqlResolver.grouped({
      Request: GameId,
      RequestGroupKey: (gameId) => gameId,
      Result: Schema.Struct({ ...SeatRow.fields, game_id: GameId }),
      ResultGroupKey: (row) => row.game_id,
      // Seats' ids are ordered by the time at which they were taken.
      execute: (ids) => sql`
        SELECT game_id, user_id, race_name, engine_player_uuid, computer FROM backend.player_mappings
        WHERE game_id = ANY (string_to_array(${ids.join()}, ',')::uuid[]) ORDER BY engine_player_uuid`
    })

    const selectSeat = SqlSchema.findOneOption({
      Request: Schema.Struct({ gameId: GameId, userId: UserId }),
      Result: SeatRow,
      execute: ({ gameId, userId }) => sql`
        SELECT user_id, race_name, engine_player_uuid, computer FROM backend.player_mappings
        WHERE game_id = ${gameId} AND user_id = ${userId}`
    })

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

    /** The logs of attempts that begin or end with the rows that are `written`. */
    const logged = (begins: boolean, now: Date) =>
      begins
        ? sql`
          cut_off AS (
            UPDATE backend.runtime_operation_log SET status = 'failed', finished_at = ${now}, error = 'cut off'
            WHERE game_id IN (SELECT game_id FROM written) AND status = 'started'),
          logged AS (
            INSERT INTO backend.runtime_operation_log (operation_id, game_id, op, status, turn, started_at, created_at)
            SELECT g.operation_id, g.game_id, 'turn', 'started', g.turn, ${now}::timestamptz, ${now}::timestamptz
            FROM games g JOIN written USING (game_id))`
        : sql`
          logged AS (
            UPDATE backend.runtime_operation_log l SET status = 'succeeded', finished_at = ${now}, error = NULL
            FROM games g JOIN written USING (game_id)
            WHERE l.operation_id = g.operation_id AND l.status = 'started')`

    /** Writes of which all change the same columns, in one statement. */
    const writeAlike = (alike: ReadonlyArray<TurnWrite>, now: Date) => {
      const given = alike.map(({ read, change, operation }) => ({
        ...change,
        game_id: read.game_id,
        row_version: String(read.row_version),
        operation_id: operation.id,
        turn: operation.begins ?? null
      }))
      const changed = Object.keys(alike[0]?.change ?? {}).map((it) => `${it} = v.${it}`)
      return sql`
        WITH given AS MATERIALIZED (SELECT ${JSON.stringify(given)}::text::jsonb AS rows),
        games AS (
          SELECT g.* FROM given,
            jsonb_to_recordset(given.rows) AS g(game_id uuid, row_version bigint, operation_id uuid, turn int)),
        written AS (
          UPDATE backend.runtime_records r
          SET ${sql.literal(changed.join(", "))}, row_version = r.row_version + 1, updated_at = ${now}
          FROM given, jsonb_populate_recordset(NULL::backend.runtime_records, given.rows) v
          WHERE r.game_id = v.game_id AND r.row_version = v.row_version
          RETURNING ${columns}),
        ${logged(alike[0]?.operation.begins !== undefined, now)}
        SELECT * FROM written`
    }

    return RuntimeStore.of({
      find: (gameId) =>
        SqlResolver.request(gameId, select).pipe(
          Effect.catchNoSuchElement,
          // It may be another game's row that doesn't decode.
          Effect.catchTag("SchemaError", () => selectOne(gameId)),
          StorageError.refail
        ),
      lock: (gameId) => StorageError.refail(selectLocked(gameId)),
      write: Effect.fnUntraced(function* (read, change) {
        const changed = { ...change, updated_at: yield* DateTime.nowAsDate }
        const [row] = yield* Effect.flatMap(
          sql`
            UPDATE backend.runtime_records r SET ${sql.update(changed)}, row_version = row_version + 1
            WHERE game_id = ${read.game_id} AND row_version = ${read.row_version}
            RETURNING ${columns}`,
          decode
        )
        return row === undefined ? yield* new RuntimeStale() : row
      }, StorageError.refail),
      writeTurns: Effect.fnUntraced(function* (writes) {
        const now = yield* DateTime.nowAsDate
        const kinds = Arr.groupBy(writes, ({ change, operation }) =>
          [operation.begins === undefined ? "end" : "begin", ...Object.keys(change)].join()
        )
        const written = new Map<GameId, RuntimeRow>()
        for (const alike of Object.values(kinds)) {
          for (const row of yield* Effect.flatMap(writeAlike(alike, now), decode)) written.set(row.game_id, row)
        }
        return written
      }, StorageError.refail),
      attemptTurn: Effect.fnUntraced(function* (read, turn, attempts) {
        const operation = yield* newId
        const now = yield* DateTime.nowAsDate
        const [row] = yield* Effect.flatMap(
          sql`
            WITH counted AS (
              UPDATE backend.runtime_records r
              SET attempts = ${attempts}, attempt_open = true, row_version = row_version + 1, updated_at = ${now}
              WHERE game_id = ${read.game_id} AND row_version = ${read.row_version}
              RETURNING ${columns}),
            cut_off AS (
              UPDATE backend.runtime_operation_log SET status = 'failed', finished_at = ${now}, error = 'cut off'
              WHERE game_id = (SELECT game_id FROM counted) AND status = 'started'),
            begun AS (
              INSERT INTO backend.runtime_operation_log (operation_id, game_id, op, status, turn, started_at, created_at)
              SELECT ${operation}::uuid, game_id, 'turn', 'started', ${turn}::int, ${now}::timestamptz, ${now}::timestamptz
              FROM counted)
            SELECT * FROM counted`,
          decode
        )
        return row === undefined ? yield* new RuntimeStale() : { row, operation }
      }, StorageError.refail),
      // Without a new version: the mark conflicts with nothing that an owner writes, and must not make one stale.
      force: Effect.fnUntraced(function* (gameId) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.runtime_records SET force_next_turn = true, updated_at = ${now} WHERE game_id = ${gameId}`
      }, StorageError.refail),
      seats: (gameId) =>
        StorageError.refail(
          Effect.map(
            Effect.catchNoSuchElement(SqlResolver.request(gameId, selectSeats)),
            Option.match({ onNone: () => [], onSome: (rows) => rows.map(seatOf) })
          )
        ),
      seat: (gameId, userId) => StorageError.refail(Effect.map(selectSeat({ gameId, userId }), Option.map(seatOf))),
      due: Effect.fnUntraced(function* (limit, longestWait) {
        const now = yield* DateTime.now
        const rows = yield* selectDue({
          limit,
          now: DateTime.toDate(now),
          latestRetry: DateTime.toDate(DateTime.addDuration(now, Duration.sum(longestWait, clockSlack)))
        })
        return rows.map((it) => ({ gameId: it.game_id, at: it.at, retry: it.retry }))
      }, StorageError.refail),
      alive: StorageError.refail(
        Effect.map(
          sql<{ readonly game_id: string }>`
            SELECT game_id FROM backend.runtime_records WHERE ${sql.in("status", live)}
            ORDER BY next_turn_at NULLS LAST, created_at, game_id`,
          (rows) => rows.map((it) => GameId.make(it.game_id))
        )
      ),
      engines: StorageError.refail(
        Effect.map(
          Effect.flatMap(
            sql`
              SELECT game_id, status, current_container_id, health FROM backend.runtime_records
              WHERE ${sql.in("status", live)} ORDER BY created_at, game_id`,
            Schema.decodeUnknownEffect(Schema.Array(EngineRow))
          ),
          (rows) =>
            rows.map((it) => ({
              gameId: it.game_id,
              status: it.status,
              instanceId: it.current_container_id,
              health: it.health
            }))
        )
      ),
      fellInto: (from, setUntil, now, limit) =>
        StorageError.refail(
          Effect.flatMap(
            sql`
              SELECT ${columns} FROM backend.runtime_records r
              WHERE status = 'running' AND NOT paused AND NOT force_next_turn
                AND next_turn_at > ${DateTime.toDate(from)} AND next_turn_at <= ${DateTime.toDate(now)}
                AND next_turn_set_at <= ${DateTime.toDate(setUntil)}
              ORDER BY next_turn_at, game_id LIMIT ${limit}`,
            decode
          )
        ),
      removed: Effect.fnUntraced(function* (gameId, instanceId) {
        const rows = yield* sql`
          UPDATE backend.runtime_records SET current_container_id = NULL, engine_endpoint = NULL
          WHERE game_id = ${gameId} AND current_container_id = ${instanceId} AND generating_since IS NULL RETURNING 1`
        return rows.length > 0
      }, StorageError.refail),
      usesVersion: Effect.fnUntraced(function* (version) {
        const rows = yield* sql`
          SELECT 1 FROM backend.runtime_records
          WHERE (engine_version = ${version} OR previous_version = ${version})
            AND status NOT IN ('start_failed', 'finished') LIMIT 1`
        return rows.length > 0
      }, StorageError.refail),
      arm: Effect.fnUntraced(function* (start) {
        const now = yield* DateTime.nowAsDate
        const armed = yield* sql`
          INSERT INTO backend.runtime_records AS r
            (game_id, status, engine_version, image_ref, seed, turn_schedule, time_zone, next_attempt_at, created_at, updated_at)
          VALUES (${start.gameId}, 'starting', ${start.engineVersion}, ${start.imageRef}, ${start.seed},
            ${start.turnSchedule}, ${start.timeZone}, ${now}, ${now}, ${now})
          ON CONFLICT (game_id) DO UPDATE SET
            status = 'starting', row_version = r.row_version + 1, engine_version = EXCLUDED.engine_version,
            image_ref = EXCLUDED.image_ref, seed = EXCLUDED.seed, turn_schedule = EXCLUDED.turn_schedule,
            time_zone = EXCLUDED.time_zone, current_turn = 0, generating_turn = NULL, generating_since = NULL,
            next_turn_at = NULL, next_turn_why = 'schedule', next_turn_skips = 0, next_turn_set_at = NULL,
            next_turn_was = NULL, force_next_turn = false, paused = false,
            next_attempt_at = EXCLUDED.next_attempt_at, attempts = 0, attempt_open = false, failure_reason = NULL,
            updated_at = EXCLUDED.updated_at
          WHERE r.status IN ('start_failed', 'stopped') AND r.started_at IS NULL
          RETURNING 1`
        if (armed.length === 0) return false
        yield* sql`DELETE FROM backend.player_mappings WHERE game_id = ${start.gameId}`
        if (Arr.isReadonlyArrayNonEmpty(start.players)) {
          const seats = Arr.map(
            start.players,
            (it): Record<string, string | boolean | Date | null> => ({
              game_id: start.gameId,
              user_id: it.userId,
              race_name: it.raceName,
              engine_player_uuid: it.enginePlayerId,
              computer: it.computer === true,
              created_at: now
            })
          )
          yield* sql`INSERT INTO backend.player_mappings ${sql.insert(seats)}`
        }
        return true
      }, StorageError.refail)
    })
  })
)
