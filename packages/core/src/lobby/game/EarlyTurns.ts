/**
 * Turns that are made before their time, in games whose settings have them: as soon as all players who count are done
 * with their orders.
 *
 * Whoever makes the last of them ready asks for the turn, and so does everything that leaves only such players: a seat
 * that ends, and the setting itself.
 */
import { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, SqlSchema } from "effect/sql"
import { RuntimeJobs } from "../../runtime/RuntimeJobs.ts"
import { StorageError } from "../../shared/StorageError.ts"

/** How many players of a game are done with their orders for the open turn, of how many that play. */
export const ReadyTally = Schema.Struct({ ready_count: Schema.Int, player_count: Schema.Int })
export type ReadyTally = typeof ReadyTally.Type

const OpenTally = Schema.Struct({ ...ReadyTally.fields, turn: Schema.Int, early_turns: Schema.Boolean })

/** Counts who is done, and asks for the turn. Callers hold the game's row lock. Fails with `StorageError` only. */
export class EarlyTurns extends Context.Service<
  EarlyTurns,
  {
    /**
     * Has the open turn made if the game has early turns and all who count are done with it; returns how many they are.
     * Eliminated players don't count, nor do seats that the engine plays or is about to play. A game in which nobody
     * counts keeps to its schedule. None for a game that has no runtime.
     */
    check(gameId: GameId): Effect.Effect<Option.Option<ReadyTally>, StorageError>
  }
>()("@galaxy/core/lobby/game/EarlyTurns") {}

/** `EarlyTurns` over PostgreSQL and the runtime's jobs. */
export const layer: Layer.Layer<EarlyTurns, never, SqlClient.SqlClient | RuntimeJobs> = Layer.effect(
  EarlyTurns,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const runtime = yield* RuntimeJobs

    const tally = SqlSchema.findOneOption({
      Request: GameId,
      Result: OpenTally,
      execute: (gameId) => sql`
        SELECT r.current_turn AS turn, g.early_turns, count(m.user_id)::int AS player_count,
          (count(*) FILTER (WHERE m.ready_turn = r.current_turn))::int AS ready_count
        FROM backend.games g
        JOIN backend.runtime_records r ON r.game_id = g.game_id
        LEFT JOIN (
          backend.memberships m
          JOIN backend.player_mappings p ON p.game_id = m.game_id AND p.user_id = m.user_id
            AND NOT p.computer AND p.seat_order IS DISTINCT FROM 'computer'
        ) ON m.game_id = g.game_id AND m.status = 'active' AND NOT m.eliminated
        WHERE g.game_id = ${gameId}
        GROUP BY r.current_turn, g.early_turns`
    })

    const check = Effect.fn("EarlyTurns.check")(function* (gameId: GameId) {
      const found = yield* tally(gameId)
      if (Option.isNone(found)) return Option.none()
      const { turn, early_turns, ready_count, player_count } = found.value
      if (early_turns && player_count > 0 && ready_count === player_count) yield* runtime.requestEarlyTurn(gameId, turn)
      return Option.some({ ready_count, player_count })
    }, StorageError.refail)

    return EarlyTurns.of({ check })
  })
)
