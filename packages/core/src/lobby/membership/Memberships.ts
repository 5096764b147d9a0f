/**
 * Who plays in a game: authorises in-game calls, and ends memberships.
 *
 * A membership ends together with the race name that it had reserved.
 */
import type { GameStatus } from "@galaxy/contract/api/UserLobby"
import { EnginePlayerId, type GameId, type UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { RaceNames } from "../../race-name/RaceNames.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { visible } from "../game/GameAccess.ts"
import { GameStore } from "../game/GameStore.ts"
import { GameNotFound } from "../game/GameError.ts"
import { MembershipNotFound, NotGameMember } from "./MembershipError.ts"
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

/** Authorises in-game calls, and ends memberships together with the race names they reserved. */
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
    /**
     * Ends a membership. `removed` fails with `MembershipNotFound` if there is none; `blocked` works for non-members
     * too, and keeps the user from joining again.
     */
    end(
      gameId: GameId,
      userId: UserId,
      as: "removed" | "blocked"
    ): Effect.Effect<void, GameNotFound | MembershipNotFound | StorageError>
  }
>()("@galaxy/core/lobby/membership/Memberships") {}

/** `Memberships` over the lobby's stores and the race-name directory. */
export const layer: Layer.Layer<Memberships, never, SqlClient.SqlClient | GameStore | MembershipStore | RaceNames> =
  Layer.effect(
    Memberships,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const games = yield* GameStore
      const members = yield* MembershipStore
      const raceNames = yield* RaceNames

      const activeMember = Effect.fn("Memberships.activeMember")(function* (gameId: GameId, userId: UserId) {
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

      const end = Effect.fn("Memberships.end")(function* (gameId: GameId, userId: UserId, as: "removed" | "blocked") {
        const game = yield* games.lock(gameId)
        if (Option.isNone(game)) return yield* new GameNotFound()
        const ended = yield* members.end(gameId, userId, as)
        if (as === "blocked") yield* members.block(gameId, userId)
        else if (!ended) return yield* new MembershipNotFound()
        yield* raceNames.release(gameId, userId)
      })

      return Memberships.of({
        activeMember,
        end: (gameId, userId, as) => StorageError.refail(sql.withTransaction(end(gameId, userId, as)))
      })
    })
  )
