/** The log of what was done to games in play: the rows of `runtime_operation_log`. */
import { GameId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import type { PagePosition } from "../shared/Page.ts"
import { StorageError } from "../shared/StorageError.ts"

/**
 * What an entry is about: one attempt at it. `computer`: the engine plays a seat; `move`: its
 * engine goes to another host; `lost`: its engine or the engine's host has gone.
 */
export type Operation = "start" | "turn" | "stop" | "restart" | "patch" | "move" | "lost" | "banish" | "computer"

const Row = Schema.Struct({
  operation_id: Schema.String,
  op: Schema.String,
  status: Schema.Literals(["started", "succeeded", "failed"]),
  turn: Schema.NullOr(Schema.Int),
  /** When the turn was due; null for one that was asked for ahead of that, and for other operations. */
  due_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  created_at: Schema.DateTimeUtcFromDate,
  finished_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  error: Schema.NullOr(Schema.String)
})
/** An entry of the log, as stored. */
export type OperationRow = typeof Row.Type

/** Reads and writes the log. Fails with `StorageError` only. */
export class OperationLog extends Context.Service<
  OperationLog,
  {
    /**
     * Logs the beginning of an operation and returns its id. An earlier one of this game that never ended is closed as
     * cut off.
     */
    begin(gameId: GameId, op: Operation, turn: number | null): Effect.Effect<string, StorageError>
    /** Logs the end of an operation: success where `error` is null. One that has been closed already stays closed. */
    end(operationId: string, error: string | null): Effect.Effect<void, StorageError>
    /** Logs what has failed by itself, in one entry. */
    note(gameId: GameId, op: Operation, error: string): Effect.Effect<void, StorageError>
    /** The game's operations, newest first. */
    list(gameId: GameId, after: PagePosition, limit: number): Effect.Effect<ReadonlyArray<OperationRow>, StorageError>
  }
>()("@galaxy/core/runtime/OperationLog") {}

/** `OperationLog` over PostgreSQL. */
export const layer: Layer.Layer<OperationLog, never, SqlClient.SqlClient> = Layer.effect(
  OperationLog,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const page = SqlSchema.findAll({
      Request: Schema.Struct({ gameId: GameId, at: Schema.Date, id: Schema.String, limit: Schema.Int }),
      Result: Row,
      execute: ({ gameId, at, id, limit }) => sql`
        SELECT operation_id, op, status, turn, due_at, started_at AS created_at, finished_at, error
        FROM backend.runtime_operation_log
        WHERE game_id = ${gameId} AND (started_at, operation_id) < (${at}, ${id}::uuid)
        ORDER BY started_at DESC, operation_id DESC LIMIT ${limit}`
    })

    return OperationLog.of({
      list: (gameId, after, limit) => StorageError.refail(page({ gameId, at: after.createdAt, id: after.id, limit })),
      begin: Effect.fnUntraced(function* (gameId, op, turn) {
        const id = yield* newId
        const now = yield* DateTime.nowAsDate
        yield* sql`
          WITH cut_off AS (
            UPDATE backend.runtime_operation_log SET status = 'failed', finished_at = ${now}, error = 'cut off'
            WHERE game_id = ${gameId} AND status = 'started')
          INSERT INTO backend.runtime_operation_log (operation_id, game_id, op, status, turn, started_at, created_at)
          VALUES (${id}, ${gameId}, ${op}, 'started', ${turn}, ${now}, ${now})`
        return id
      }, StorageError.refail),
      note: Effect.fnUntraced(function* (gameId, op, error) {
        const id = yield* newId
        const now = yield* DateTime.nowAsDate
        yield* sql`
          INSERT INTO backend.runtime_operation_log
            (operation_id, game_id, op, status, started_at, finished_at, error, created_at)
          VALUES (${id}, ${gameId}, ${op}, 'failed', ${now}, ${now}, ${error}, ${now})`
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
