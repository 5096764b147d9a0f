/**
 * The rows of `runtime_records`, and the seats of `player_mappings`.
 *
 * A row's version is its fencing token: a write names the version it has read, and changes nothing if another write
 * came first. So an owner that was frozen and comes back can do no harm.
 */
import { GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, type Duration, Effect, Layer, type Option, Schema } from "effect"
import { SqlClient, SqlResolver, SqlSchema } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"
import { type Due, dueGames } from "./dueGames.ts"
import { EngineHealth } from "./HealthLog.ts"
import { live, RuntimeRow, type RuntimeChange, RuntimeStatus } from "./RuntimeRow.ts"
import { RuntimeStale } from "./RuntimeStale.ts"
import * as Seats from "./Seats.ts"
import { type TurnWrite, turnWrites } from "./turnWrites.ts"

/** What the row of a game's first start is made from. */
export interface NewRuntime {
  readonly gameId: GameId
  readonly engineVersion: string
  readonly imageRef: string
  readonly seed: string
  /** Five cron fields, read in `timeZone`. */
  readonly turnSchedule: string
  readonly timeZone: string
  readonly players: ReadonlyArray<Seats.Seat>
}

/** A game in play, as far as its engine is concerned. */
export interface EngineRecord {
  readonly gameId: GameId
  readonly status: RuntimeStatus
  /** The engine last seen; null where none has been, or the last one was removed. */
  readonly instanceId: string | null
  /** Where it runs, and in which epoch; no host before the first start. */
  readonly hostId: string | null
  readonly epoch: number
  /** Where it listens; null where none is known to be up. */
  readonly endpoint: string | null
  readonly health: EngineHealth
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
    seats(gameId: GameId): Effect.Effect<ReadonlyArray<Seats.Seat>, StorageError>
    seat(gameId: GameId, userId: UserId): Effect.Effect<Option.Option<Seats.Seat>, StorageError>
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
     * Returns false, and changes nothing, for a game that is or was in play. The epoch rises: whoever still ends the engine
     * of the former start ends none of this one.
     */
    arm(start: NewRuntime): Effect.Effect<boolean, StorageError>
  }
>()("@galaxy/core/runtime/RuntimeStore") {}

const EngineRow = Schema.Struct({
  game_id: GameId,
  status: RuntimeStatus,
  current_container_id: Schema.NullOr(Schema.String),
  engine_host: Schema.NullOr(Schema.String),
  engine_epoch: Schema.Int,
  engine_endpoint: Schema.NullOr(Schema.String),
  health: EngineHealth
})

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

    const seats = Seats.make(sql)

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
      ...turnWrites(sql, columns),
      // Without a new version: the mark conflicts with nothing that an owner writes, and must not make one stale.
      force: Effect.fnUntraced(function* (gameId) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.runtime_records SET force_next_turn = true, updated_at = ${now} WHERE game_id = ${gameId}`
      }, StorageError.refail),
      seats: seats.all,
      seat: seats.of,
      due: dueGames(sql),
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
              SELECT game_id, status, current_container_id, engine_host, engine_epoch, engine_endpoint, health
              FROM backend.runtime_records
              WHERE ${sql.in("status", live)} ORDER BY created_at, game_id`,
            Schema.decodeUnknownEffect(Schema.Array(EngineRow))
          ),
          (rows) =>
            rows.map((it) => ({
              gameId: it.game_id,
              status: it.status,
              instanceId: it.current_container_id,
              hostId: it.engine_host,
              epoch: it.engine_epoch,
              endpoint: it.engine_endpoint,
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
            status = 'starting', row_version = r.row_version + 1, engine_epoch = r.engine_epoch + 1, engine_version = EXCLUDED.engine_version,
            image_ref = EXCLUDED.image_ref, image_id = NULL, seed = EXCLUDED.seed, turn_schedule = EXCLUDED.turn_schedule,
            time_zone = EXCLUDED.time_zone, current_turn = 0, generating_turn = NULL, generating_since = NULL,
            next_turn_at = NULL, next_turn_why = 'schedule', next_turn_skips = 0, next_turn_set_at = NULL,
            next_turn_was = NULL, force_next_turn = false, paused = false,
            next_attempt_at = EXCLUDED.next_attempt_at, attempts = 0, attempt_open = false, failure_reason = NULL,
            updated_at = EXCLUDED.updated_at
          WHERE r.status IN ('start_failed', 'stopped') AND r.started_at IS NULL
          RETURNING 1`
        if (armed.length === 0) return false
        yield* seats.replace(start.gameId, start.players, now)
        return true
      }, StorageError.refail)
    })
  })
)
