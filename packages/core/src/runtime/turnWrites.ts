/**
 * The writes of turns: many games' rows with the logs of their attempts in one statement, or one game's.
 *
 * Each row is fenced by its version, and an attempt is logged if and only if its row is written.
 */
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Array as Arr, DateTime, Effect, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { newId } from "../shared/NewId.ts"
import { StorageError } from "../shared/StorageError.ts"
import { RuntimeRow, type RuntimeChange } from "./RuntimeRow.ts"
import { RuntimeStale } from "./RuntimeStale.ts"

/**
 * The change of a row at a step of its turn. With the cutoff an attempt at `begins` is logged under the operation's id;
 * without `begins`, that attempt has succeeded.
 */
export interface TurnWrite {
  readonly read: RuntimeRow
  readonly change: RuntimeChange
  readonly operation: {
    readonly id: string
    readonly begins?: number
    /** When the turn that begins was due, where its time has come. */
    readonly due?: DateTime.Utc | undefined
  }
}

/** `RuntimeStore.writeTurns` and `attemptTurn` over PostgreSQL. `columns` are those of a `RuntimeRow` of table `r`. */
export const turnWrites = (sql: SqlClient.SqlClient, columns: Statement.Fragment) => {
  const decode = Schema.decodeUnknownEffect(Schema.Array(RuntimeRow))

  /** The logs of attempts that begin or end with the rows that are `written`. */
  const logged = (begins: boolean, now: Date) =>
    begins
      ? sql`
        cut_off AS (
          UPDATE backend.runtime_operation_log SET status = 'failed', finished_at = ${now}, error = 'cut off'
          WHERE game_id IN (SELECT game_id FROM written) AND status = 'started'),
        logged AS (
          INSERT INTO backend.runtime_operation_log
            (operation_id, game_id, op, status, turn, due_at, started_at, created_at)
          SELECT g.operation_id, g.game_id, 'turn', 'started', g.turn, g.due_at, ${now}::timestamptz, ${now}::timestamptz
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
      turn: operation.begins ?? null,
      due_at: operation.due === undefined ? null : DateTime.formatIso(operation.due)
    }))
    const changed = Object.keys(alike[0]?.change ?? {}).map((it) => `${it} = v.${it}`)
    return sql`
      WITH given AS MATERIALIZED (SELECT ${JSON.stringify(given)}::text::jsonb AS rows),
      games AS (
        SELECT g.* FROM given,
          jsonb_to_recordset(given.rows)
            AS g(game_id uuid, row_version bigint, operation_id uuid, turn int, due_at timestamptz)),
      written AS (
        UPDATE backend.runtime_records r
        SET ${sql.literal(changed.join(", "))}, row_version = r.row_version + 1, updated_at = ${now}
        FROM given, jsonb_populate_recordset(NULL::backend.runtime_records, given.rows) v
        WHERE r.game_id = v.game_id AND r.row_version = v.row_version
        RETURNING ${columns}),
      ${logged(alike[0]?.operation.begins !== undefined, now)}
      SELECT * FROM written`
  }

  const writeTurns = Effect.fnUntraced(function* (writes: ReadonlyArray<TurnWrite>) {
    const now = yield* DateTime.nowAsDate
    const kinds = Arr.groupBy(writes, ({ change, operation }) =>
      [operation.begins === undefined ? "end" : "begin", ...Object.keys(change)].join()
    )
    const written = new Map<GameId, RuntimeRow>()
    for (const alike of Object.values(kinds)) {
      for (const row of yield* Effect.flatMap(writeAlike(alike, now), decode)) written.set(row.game_id, row)
    }
    return written
  }, StorageError.refail)

  const attemptTurn = Effect.fnUntraced(function* (read: RuntimeRow, turn: number, attempts: number) {
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
          INSERT INTO backend.runtime_operation_log
            (operation_id, game_id, op, status, turn, due_at, started_at, created_at)
          SELECT ${operation}::uuid, game_id, 'turn', 'started', ${turn}::int,
            (SELECT l.due_at FROM backend.runtime_operation_log l
              WHERE l.game_id = counted.game_id AND l.op = 'turn' AND l.turn = ${turn}::int
              ORDER BY l.started_at DESC, l.operation_id DESC LIMIT 1),
            ${now}::timestamptz, ${now}::timestamptz
          FROM counted)
        SELECT * FROM counted`,
      decode
    )
    return row === undefined ? yield* new RuntimeStale() : { row, operation }
  }, StorageError.refail)

  return { writeTurns, attemptTurn }
}
