/**
 * Who may see a game and who may run it.
 *
 * A private game is there for its owner, its active members and those with an open invite of their own; for everybody else
 * it answers as one that does not exist. Only the owner moves it; for a public game nobody on the user surface does.
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

/** The game, if the caller may see it. */
export const visible = (
  games: GameStore["Service"],
  gameId: GameId,
  caller: UserId
): Effect.Effect<Game, GameNotFound | StorageError> =>
  Effect.flatMap(games.find(gameId), (game) => seen(games, game, caller))

/** The game, locked, if the caller owns it. */
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

/** The state that the action leads to, or the conflict that names the state it can't leave. */
export const target = (game: Game, action: GameAction) => {
  const to = after(game.status, action)
  return to === undefined
    ? Effect.fail(new GameStateConflict({ status: game.status, operation: action }))
    : Effect.succeed(to)
}
