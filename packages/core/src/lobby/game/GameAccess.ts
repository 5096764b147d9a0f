/**
 * Who may see a game and who may act on it, as the state machine (`GameState`) decides.
 *
 * A private game is visible to its owner, its active members and those who have been invited by name and can still
 * accept. To everybody else it looks like a game that doesn't exist.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Effect, Option } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"
import { type GameAction, type GameFacts, isSeen, verdict, type Who } from "./GameState.ts"
import type { Game, GameStore, Relation } from "./GameStore.ts"
import { GameNotFound, GameStateConflict, NotGameOwner } from "./GameError.ts"

/** Who acts: a player, or an administrator on the admin surface. */
export type Actor = { readonly user: UserId } | "admin"

/** What the state machine knows of a game. */
export const factsOf = (game: Game): GameFacts => ({
  status: game.status,
  visibility: game.visibility,
  stopped: game.runtime_status === "stopped",
  started: game.started_at !== undefined
})

/** How a player stands to a game. */
export const standing = (game: Game, user: UserId, relation: Relation): Who => {
  if (game.owner_user_id === user) return "owner"
  if (relation.member) return "member"
  return relation.invited ? "invited" : "stranger"
}

const whoIs = (games: GameStore["Service"], game: Game, actor: Actor): Effect.Effect<Who, StorageError> =>
  actor === "admin"
    ? Effect.succeed("admin")
    : game.visibility === "public" || game.owner_user_id === actor.user
      ? Effect.succeed(standing(game, actor.user, { member: false, invited: false }))
      : Effect.map(games.relation(game.game_id, actor.user), (relation) => standing(game, actor.user, relation))

const seen = Effect.fnUntraced(function* (games: GameStore["Service"], game: Option.Option<Game>, caller: UserId) {
  if (Option.isNone(game)) return yield* new GameNotFound()
  const who = yield* whoIs(games, game.value, { user: caller })
  return isSeen(game.value, who) ? game.value : yield* new GameNotFound()
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

/** The action doesn't fit the game. */
export const conflict = (game: Game, operation: GameAction): GameStateConflict =>
  new GameStateConflict({ status: game.status, operation, stopped: game.runtime_status === "stopped" })

/**
 * The game, locked to the end of the transaction, and the state that the action leads to. Fails with `GameNotFound`,
 * `NotGameOwner` or `GameStateConflict`, as the state machine says.
 */
export const acting = (
  games: GameStore["Service"],
  gameId: GameId,
  actor: Actor,
  action: GameAction
): Effect.Effect<
  { readonly game: Game; readonly to: Game["status"] },
  GameNotFound | NotGameOwner | GameStateConflict | StorageError
> =>
  Effect.gen(function* () {
    const found = yield* games.lock(gameId)
    if (Option.isNone(found)) return yield* new GameNotFound()
    const game = found.value
    const it = verdict(factsOf(game), action, yield* whoIs(games, game, actor))
    if ("to" in it) return { game, to: it.to }
    switch (it.refused) {
      case "not_found":
        return yield* new GameNotFound()
      case "not_owner":
        return yield* new NotGameOwner()
      case "wrong_state":
        return yield* conflict(game, action)
    }
  })

/** The state that an event of the runtime leads to. Fails with `GameStateConflict` if the state doesn't allow it. */
export const target = (game: Game, action: GameAction) => {
  const it = verdict(factsOf(game), action, "runtime")
  return "to" in it ? Effect.succeed(it.to) : Effect.fail(conflict(game, action))
}
