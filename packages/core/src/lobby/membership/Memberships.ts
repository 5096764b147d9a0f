/** Who plays in a game, as in-game calls need to know it. */
import type { GameStatus } from "@galaxy/contract/api/UserLobby"
import { EnginePlayerId, type GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"
import { visible } from "../game/GameAccess.ts"
import { GameStore } from "../game/GameStore.ts"
import type { GameNotFound } from "../game/GameError.ts"
import { NotGameMember } from "./MembershipError.ts"
import { MembershipStore } from "./MembershipStore.ts"

/** A player's seat in a game, with the lobby's view of the game: its status and its newest committed turn. */
export interface ActiveMember {
  readonly gameId: GameId
  readonly userId: UserId
  readonly raceName: string
  readonly enginePlayerId: EnginePlayerId
  readonly gameStatus: GameStatus
  readonly currentTurn: number
}

/** Authorises in-game calls. */
export class Memberships extends Context.Service<
  Memberships,
  {
    /**
     * The user's seat. Fails with `GameNotFound` where the user may not see the game, and with `NotGameMember` where
     * they may see it but don't play in it.
     */
    activeMember(
      gameId: GameId,
      userId: UserId
    ): Effect.Effect<ActiveMember, GameNotFound | NotGameMember | StorageError>
  }
>()("@galaxy/core/lobby/membership/Memberships") {}

/** `Memberships` over the lobby's stores. */
export const layer: Layer.Layer<Memberships, never, GameStore | MembershipStore> = Layer.effect(
  Memberships,
  Effect.gen(function* () {
    const games = yield* GameStore
    const members = yield* MembershipStore

    return Memberships.of({
      activeMember: Effect.fn("Memberships.activeMember")(function* (gameId, userId) {
        const game = yield* visible(games, gameId, userId)
        const seat = yield* members.find(gameId, userId)
        if (Option.isNone(seat) || seat.value.status !== "active") return yield* new NotGameMember()
        return {
          gameId,
          userId,
          raceName: seat.value.race_name,
          enginePlayerId: EnginePlayerId.make(seat.value.membership_id),
          gameStatus: game.status,
          currentTurn: game.current_turn
        }
      })
    })
  })
)
