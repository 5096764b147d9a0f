/** Who plays in a game, as players see it (`lobby.memberships.*`). */
import type { Membership } from "@galaxy/contract/api/UserMemberships"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"
import { visible } from "../game/GameAccess.ts"
import type { GameNotFound } from "../game/GameError.ts"
import { GameStore } from "../game/GameStore.ts"
import { MembershipStore } from "./MembershipStore.ts"

/** The lobby's operations on memberships. A game that the caller may not see is `GameNotFound`. */
export class GamePlayers extends Context.Service<
  GamePlayers,
  {
    /** The game's active members, in the order in which they joined. */
    list(
      caller: UserId,
      gameId: GameId
    ): Effect.Effect<ReadonlyArray<typeof Membership.Type>, GameNotFound | StorageError>
  }
>()("@galaxy/core/lobby/membership/GamePlayers") {}

/** `GamePlayers` over the lobby's stores. */
export const layer: Layer.Layer<GamePlayers, never, GameStore | MembershipStore> = Layer.effect(
  GamePlayers,
  Effect.gen(function* () {
    const games = yield* GameStore
    const members = yield* MembershipStore

    const list = Effect.fn("GamePlayers.list")(function* (caller: UserId, gameId: GameId) {
      yield* visible(games, gameId, caller)
      return yield* members.active(gameId)
    })

    return GamePlayers.of({ list })
  })
)
