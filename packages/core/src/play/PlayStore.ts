/**
 * What in-game calls need of a game, its runtime and a player's seat, each in one statement, and what is noted of a
 * player's orders.
 *
 * In-game calls are the most frequent ones, so they don't go from module to module for each table.
 */
import { GameStatus } from "@galaxy/contract/api/UserLobby"
import type { OrderCounts } from "@galaxy/contract/engine/Order"
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { RuntimeStatus } from "../runtime/RuntimeRow.ts"
import { StorageError } from "../shared/StorageError.ts"

/** An active member of a game, with the game's state. What the runtime says is null before the first start. */
export const PlayerRow = Schema.Struct({
  game_status: GameStatus,
  runtime_status: Schema.NullOr(RuntimeStatus),
  /** Which run of the game's engine is called, and where it listens; null where none is known to be up. */
  engine_host: Schema.NullOr(Schema.String),
  engine_epoch: Schema.NullOr(Schema.Int),
  engine_endpoint: Schema.NullOr(Schema.String),
  /** The newest committed turn. */
  current_turn: Schema.NullOr(Schema.Int),
  /** The galaxy has been created once, so there is something to read. */
  started: Schema.Boolean,
  /** The race by which the engine knows the player, fixed at the start; null for who has no seat. */
  race_name: Schema.NullOr(Schema.String),
  /** The engine plays the seat by now. */
  computer: Schema.Boolean,
  eliminated: Schema.Boolean,
  /** The player has said that they are done with the newest committed turn. */
  ready: Schema.Boolean,
  /** When the game was over; null while it goes on. */
  ended_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})
export type PlayerRow = typeof PlayerRow.Type

/** Reads and writes what in-game calls need. Fails with `StorageError` only. */
export class PlayStore extends Context.Service<
  PlayStore,
  {
    /** The user as an active member of the game; none for anybody else. */
    player(gameId: GameId, userId: UserId): Effect.Effect<Option.Option<PlayerRow>, StorageError>
    /** The same, with the game's row locked to the end of the transaction. */
    lockPlayer(gameId: GameId, userId: UserId): Effect.Effect<Option.Option<PlayerRow>, StorageError>
    /**
     * Notes that the player has given orders for the turn, and how many where the engine tells it. They are not done
     * with the turn.
     */
    ordersGiven(
      gameId: GameId,
      userId: UserId,
      turn: number,
      counts: OrderCounts | undefined
    ): Effect.Effect<void, StorageError>
    /**
     * The player isn't done with any turn: orders are on their way. Returns a mark for `giveReadyBack`, none if the player
     * isn't in the game any more.
     */
    takeReadyBack(gameId: GameId, userId: UserId): Effect.Effect<Option.Option<string>, StorageError>
    /**
     * The player is done with the turn again, if nothing was written of them since the mark was given, by whichever
     * backend. Returns whether it was so.
     */
    giveReadyBack(gameId: GameId, userId: UserId, turn: number, mark: string): Effect.Effect<boolean, StorageError>
    /** Notes whether the player is done with the turn. Whoever was done with it once counts as present in it. */
    setReady(gameId: GameId, userId: UserId, turn: number, ready: boolean): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/play/PlayStore") {}

/** `PlayStore` over PostgreSQL. */
export const layer: Layer.Layer<PlayStore, never, SqlClient.SqlClient> = Layer.effect(
  PlayStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const of = Schema.Struct({ gameId: GameId, userId: UserId })

    const playerOf = ({ gameId, userId }: typeof of.Encoded) => sql`
      SELECT g.status AS game_status, r.status AS runtime_status, r.current_turn,
        r.engine_host, r.engine_epoch, r.engine_endpoint,
        r.started_at IS NOT NULL AS started, p.race_name, coalesce(p.computer, false) AS computer, m.eliminated,
        coalesce(m.ready_turn = r.current_turn, false) AS ready,
        CASE WHEN g.status IN ('finished', 'cancelled') THEN coalesce(g.finished_at, g.updated_at) END AS ended_at
      FROM backend.memberships m
      JOIN backend.games g ON g.game_id = m.game_id
      LEFT JOIN backend.runtime_records r ON r.game_id = m.game_id
      LEFT JOIN backend.player_mappings p ON p.game_id = m.game_id AND p.user_id = m.user_id
      WHERE m.game_id = ${gameId} AND m.user_id = ${userId} AND m.status = 'active'`

    const player = SqlSchema.findOneOption({ Request: of, Result: PlayerRow, execute: playerOf })

    return PlayStore.of({
      player: (gameId, userId) => StorageError.refail(player({ gameId, userId })),
      lockPlayer: Effect.fnUntraced(function* (gameId, userId) {
        // First the lock, then the look: a statement that waits for the lock has looked before.
        yield* sql`SELECT 1 FROM backend.games WHERE game_id = ${gameId} FOR UPDATE`
        return yield* player({ gameId, userId })
      }, StorageError.refail),
      ordersGiven: Effect.fnUntraced(function* (gameId, userId, turn, counts) {
        const now = yield* DateTime.nowAsDate
        yield* sql`
          UPDATE backend.memberships SET
            orders_given_at = ${now}, orders_given_turn = ${turn}, orders_count = ${counts?.orders ?? null},
            orders_refused = ${counts?.refused ?? null},
            ready_turn = CASE WHEN ready_turn > ${turn} THEN ready_turn END
          WHERE game_id = ${gameId} AND user_id = ${userId} AND status = 'active'
            AND (orders_given_turn IS NULL OR orders_given_turn <= ${turn})`
      }, StorageError.refail),
      takeReadyBack: Effect.fnUntraced(function* (gameId, userId) {
        const [row] = yield* sql<{ mark: string }>`
          UPDATE backend.memberships SET ready_turn = NULL
          WHERE game_id = ${gameId} AND user_id = ${userId} AND status = 'active' RETURNING xmin::text AS mark`
        return Option.fromUndefinedOr(row?.mark)
      }, StorageError.refail),
      giveReadyBack: Effect.fnUntraced(function* (gameId, userId, turn, mark) {
        const given = yield* sql`
          UPDATE backend.memberships SET ready_turn = ${turn}
          WHERE game_id = ${gameId} AND user_id = ${userId} AND status = 'active' AND xmin::text = ${mark}
          RETURNING 1`
        return given.length > 0
      }, StorageError.refail),
      setReady: Effect.fnUntraced(function* (gameId, userId, turn, ready) {
        yield* sql`
          UPDATE backend.memberships SET
            ready_turn = ${ready ? turn : null}, seen_turn = GREATEST(seen_turn, ${ready ? turn : null}::int)
          WHERE game_id = ${gameId} AND user_id = ${userId} AND status = 'active'`
      }, StorageError.refail)
    })
  })
)
