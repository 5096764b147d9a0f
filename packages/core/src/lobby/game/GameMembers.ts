/**
 * Port: who plays in a game, as the steps of a game need it. Memberships depend on games and not the reverse, so they
 * implement it.
 */
import type { Membership } from "@galaxy/contract/api/UserLobby"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, type Effect } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"

/** Read access to a game's seats. A start hands exactly these members to the engine. */
export class GameMembers extends Context.Service<
  GameMembers,
  {
    /** Active members in the order in which they joined. */
    active(gameId: GameId): Effect.Effect<ReadonlyArray<typeof Membership.Type>, StorageError>
  }
>()("@galaxy/core/lobby/game/GameMembers") {}
