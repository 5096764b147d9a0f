/** Port: what a game's cancellation ends beside the game. Invites and applications depend on games, so others give it. */
import { Context, type Effect } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"
import type { Game } from "./GameRow.ts"

/** Ends what is still open of a game that is cancelled, in the caller's transaction. */
export class GameEnds extends Context.Service<
  GameEnds,
  {
    /**
     * Revokes its pending invites and rejects its pending applications, whose people are told, and gives up its reserved
     * race names. Memberships stay, as the history of who was in it.
     */
    cancelled(game: Game): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/lobby/game/GameEnds") {}
