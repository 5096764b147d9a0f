/**
 * Who may see a game and who may run it.
 *
 * A private game is visible to its owner, its active members and those who have been invited by name and can still
 * accept. To everybody else it looks like a game that doesn't exist. Only the owner changes its state; on the user
 * surface, nobody changes that of a public game.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Effect, Option } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"
import { after, type GameAction } from "./GameState.ts"
import type { Game, GameStore } from "./GameStore.ts"
import { GameNotFound, GameStateConflict, NotGameOwner } from "./GameError.ts"

const seen = Effect.fnUntraced(function* (games: GameStore["Service"], game: Option.Option<Game>, caller: UserId) {
  if (Option.isNone(game)) return yield* new GameNotFound()
  const { game_id, owner_user_id, visibility } = game.value
  if (visibility === "public" || owner_user_id === caller) return game.value
  const relation = yield* games.relation(game_id, caller)
  if (!relation.member && !relation.invited) return yield* new GameNotFound()
  return game.value
})

/** The game, if the caller may see it; `GameNotFound` otherwise. */
export const visible = (
  games: GameStore["Service"],
  gameId: GameId,
  caller: UserId
): Effect.Effect<Game, GameNotFound | StorageError> =>
  Effect.flatMap(games.find(gameId), (game) => seen(games, game, caller))

/**
 * The game, locked to the end of the transaction, if the caller owns it. Fails with `NotGameOwner` where the caller may
 * only see it, and with `GameNotFound` where they may not even do that.
 */
export const owned = (
  games: GameStore["Service"],
  gameId: GameId,
  caller: UserId
): Effect.Effect<Game, GameNotFound | NotGameOwner | StorageError> =>
  Effect.gen(function* () {
    const game = yield* seen(games, yield* games.lock(gameId), caller)
    if (game.owner_user_id !== caller) return yield* new NotGameOwner()
    return game
  })

/**
 * The state that the action leads to. Fails with `GameStateConflict` if the action isn't possible in the present state.
 */
export const target = (game: Game, action: GameAction) => {
  const to = after(game.status, action)
  return to === undefined
    ? Effect.fail(new GameStateConflict({ status: game.status, operation: action }))
    : Effect.succeed(to)
}
