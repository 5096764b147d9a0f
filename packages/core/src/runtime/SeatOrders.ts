/**
 * Orders about single seats of games in play: a race leaves, or the engine plays it from now on. The columns
 * `seat_order…` of `player_mappings`.
 *
 * An order waits in its row until the engine has carried it out. A game that isn't in play keeps its orders for later.
 */
import { EnginePlayerId, GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Duration, Effect, Layer, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { clockSlack } from "../shared/clockSlack.ts"
import { StorageError } from "../shared/StorageError.ts"

/** `banish`: the race leaves at the next turn. `computer`: the engine plays it. */
export const SeatOrder = Schema.Literals(["banish", "computer"])
export type SeatOrder = typeof SeatOrder.Type

/** An order that hasn't been carried out. */
export interface PendingSeatOrder {
  readonly enginePlayerId: EnginePlayerId
  readonly raceName: string
  readonly order: SeatOrder
  /** Failed attempts so far. */
  readonly attempts: number
}

/** Reads and writes the orders. Fails with `StorageError` only. */
export class SeatOrders extends Context.Service<
  SeatOrders,
  {
    /**
     * Orders something for the user's seat, in the caller's transaction. Returns false if they have no seat, or the
     * same was ordered before; `banish` takes the place of any other order, and nothing takes its place.
     */
    request(gameId: GameId, userId: UserId, order: SeatOrder): Effect.Effect<boolean, StorageError>
    /** Orders that are due, the earliest first. One that waits for longer than `longestWait` is due: a clock was wrong. */
    due(gameId: GameId, longestWait: Duration.Input): Effect.Effect<ReadonlyArray<PendingSeatOrder>, StorageError>
    /** The engine has carried the order out. One that was replaced meanwhile stays. */
    done(gameId: GameId, order: PendingSeatOrder): Effect.Effect<void, StorageError>
    /** The engine has refused the order, and nothing comes of it. One that was replaced meanwhile stays. */
    refused(gameId: GameId, order: PendingSeatOrder): Effect.Effect<void, StorageError>
    /** The engine can't play the seat: the race leaves the game instead. Returns the order for that, which is due. */
    banishInstead(gameId: GameId, order: PendingSeatOrder): Effect.Effect<PendingSeatOrder, StorageError>
    /** The engine could not; it is tried again at that time. */
    retry(gameId: GameId, order: PendingSeatOrder, at: DateTime.Utc): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/runtime/SeatOrders") {}

const Row = Schema.Struct({
  engine_player_uuid: EnginePlayerId,
  race_name: Schema.String,
  seat_order: SeatOrder,
  seat_order_attempts: Schema.Int
})

/** `SeatOrders` over PostgreSQL. */
export const layer: Layer.Layer<SeatOrders, never, SqlClient.SqlClient> = Layer.effect(
  SeatOrders,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const due = SqlSchema.findAll({
      Request: Schema.Struct({ gameId: GameId, now: Schema.Date, latest: Schema.Date }),
      Result: Row,
      execute: ({ gameId, now, latest }) => sql`
        SELECT engine_player_uuid, race_name, seat_order, seat_order_attempts FROM backend.player_mappings
        WHERE game_id = ${gameId} AND (seat_order_at <= ${now} OR seat_order_at > ${latest})
        ORDER BY seat_order_at, engine_player_uuid`
    })

    return SeatOrders.of({
      request: Effect.fnUntraced(function* (gameId, userId, order) {
        const now = yield* DateTime.nowAsDate
        const found = yield* sql`
          UPDATE backend.player_mappings SET seat_order = ${order}, seat_order_at = ${now}, seat_order_attempts = 0
          WHERE game_id = ${gameId} AND user_id = ${userId}
            AND (seat_order IS NULL OR (seat_order = 'computer' AND ${order} = 'banish'))
          RETURNING 1`
        return found.length > 0
      }, StorageError.refail),
      due: Effect.fnUntraced(function* (gameId, longestWait) {
        const now = yield* DateTime.now
        const latest = DateTime.addDuration(now, Duration.sum(Duration.fromInputUnsafe(longestWait), clockSlack))
        const rows = yield* due({ gameId, now: DateTime.toDate(now), latest: DateTime.toDate(latest) })
        return rows.map((it) => ({
          enginePlayerId: it.engine_player_uuid,
          raceName: it.race_name,
          order: it.seat_order,
          attempts: it.seat_order_attempts
        }))
      }, StorageError.refail),
      done: Effect.fnUntraced(function* (gameId, { enginePlayerId, order }) {
        yield* sql`
          UPDATE backend.player_mappings SET seat_order_at = NULL, computer = computer OR seat_order = 'computer'
          WHERE game_id = ${gameId} AND engine_player_uuid = ${enginePlayerId} AND seat_order = ${order}`
      }, StorageError.refail),
      refused: Effect.fnUntraced(function* (gameId, { enginePlayerId, order }) {
        yield* sql`
          UPDATE backend.player_mappings SET seat_order_at = NULL
          WHERE game_id = ${gameId} AND engine_player_uuid = ${enginePlayerId} AND seat_order = ${order}`
      }, StorageError.refail),
      banishInstead: Effect.fnUntraced(function* (gameId, { enginePlayerId, raceName }) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.player_mappings SET seat_order = 'banish', seat_order_at = ${now}, seat_order_attempts = 0
          WHERE game_id = ${gameId} AND engine_player_uuid = ${enginePlayerId} AND seat_order = 'computer'`
        return { enginePlayerId, raceName, order: "banish" as const, attempts: 0 }
      }, StorageError.refail),
      retry: Effect.fnUntraced(function* (gameId, { enginePlayerId, order, attempts }, at) {
        yield* sql`
          UPDATE backend.player_mappings
          SET seat_order_at = ${DateTime.toDate(at)}, seat_order_attempts = ${attempts + 1}
          WHERE game_id = ${gameId} AND engine_player_uuid = ${enginePlayerId} AND seat_order = ${order}
            AND seat_order_at IS NOT NULL`
      }, StorageError.refail)
    })
  })
)
