/** The seats of games in play: the rows of `player_mappings`. */
import { EnginePlayerId, GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Array as Arr, Effect, Option, Schema } from "effect"
import { type SqlClient, SqlResolver, SqlSchema } from "effect/sql"
import { StorageError } from "../shared/StorageError.ts"

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

/**
 * Reads and writes of seats over PostgreSQL: `all` of a game, in the order in which they were first taken; the one `of`
 * a user; and `replace`, in the caller's transaction.
 */
export const make = (sql: SqlClient.SqlClient) => {
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

  const replace = Effect.fnUntraced(function* (gameId: GameId, players: ReadonlyArray<Seat>, now: Date) {
    yield* sql`DELETE FROM backend.player_mappings WHERE game_id = ${gameId}`
    if (Arr.isReadonlyArrayNonEmpty(players)) {
      const seats = Arr.map(
        players,
        (it): Record<string, string | boolean | Date | null> => ({
          game_id: gameId,
          user_id: it.userId,
          race_name: it.raceName,
          engine_player_uuid: it.enginePlayerId,
          computer: it.computer === true,
          created_at: now
        })
      )
      yield* sql`INSERT INTO backend.player_mappings ${sql.insert(seats)}`
    }
  })

  return {
    all: (gameId: GameId) =>
      StorageError.refail(
        Effect.map(
          Effect.catchNoSuchElement(SqlResolver.request(gameId, selectSeats)),
          Option.match({ onNone: () => [], onSome: (rows) => rows.map(seatOf) })
        )
      ),
    of: (gameId: GameId, userId: UserId) =>
      StorageError.refail(Effect.map(selectSeat({ gameId, userId }), Option.map(seatOf))),
    replace
  }
}
