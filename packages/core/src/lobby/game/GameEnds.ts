/** Port: what a game's cancellation ends beside the game. Invites and applications depend on games, so others give it. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, type Effect } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"
import type { Game } from "./GameRow.ts"

/**
 * Notices that are still to be sent, and to whom. Whoever sends them locks these people first, together with everybody
 * else whom the transaction tells something (`Notifications.lock`).
 */
export interface Ending {
  readonly people: ReadonlyArray<UserId>
  readonly tell: Effect.Effect<void, StorageError>
}

/** Ends what is still open of a game that is cancelled, in the caller's transaction. */
export class GameEnds extends Context.Service<
  GameEnds,
  {
    /**
     * Revokes its pending invites and rejects its pending applications, whose people the caller tells, and gives up its
     * reserved race names. Memberships stay, as the history of who was in it.
     */
    cancelled(game: Game): Effect.Effect<Ending, StorageError>
  }
>()("@galaxy/core/lobby/game/GameEnds") {}
