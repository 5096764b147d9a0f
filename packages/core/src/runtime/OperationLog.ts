/** The log of what was done to games in play: the rows of `runtime_operation_log`. */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"

/** What an entry is about: one attempt at it. `restore` brings an engine back that had ended by itself. */
export type Operation = "start" | "turn" | "stop" | "restart" | "patch" | "banish" | "computer" | "restore"

/** Writes the log. Fails with `StorageError` only. */
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
  }
>()("@galaxy/core/runtime/OperationLog") {}

/** `OperationLog` over PostgreSQL. */
export const layer: Layer.Layer<OperationLog, never, SqlClient.SqlClient> = Layer.effect(
  OperationLog,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return OperationLog.of({
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
