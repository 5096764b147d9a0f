/**
 * Port: who plays in a game, as the steps of a game need it. Memberships depend on games and not the reverse, so they
 * implement it.
 */
import type { Membership } from "@galaxy/contract/api/UserMemberships"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, type Effect } from "effect"
import type { RaceNameInvalid, RaceNameTaken } from "../../race-name/RaceName.ts"
import type { TooManyMemberships } from "./GameError.ts"
import type { StorageError } from "../../shared/StorageError.ts"

/** A game's seats. A start hands exactly the active members to the engine. */
export class GameMembers extends Context.Service<
  GameMembers,
  {
    /** Active members in the order in which they joined. */
    active(gameId: GameId): Effect.Effect<ReadonlyArray<typeof Membership.Type>, StorageError>
    /**
     * Seats a player in a new game under a race name, in the caller's transaction. Fails with `TooManyMemberships` for
     * one who plays in as many games as they may.
     */
    seat(
      gameId: GameId,
      userId: UserId,
      raceName: string
    ): Effect.Effect<void, RaceNameInvalid | RaceNameTaken | TooManyMemberships | StorageError>
    /** Missed turns are counted from now on: earlier ones don't matter. Joins the caller's transaction. */
    countAnew(gameId: GameId): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/lobby/game/GameMembers") {}
