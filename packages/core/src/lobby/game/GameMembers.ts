/** Port: who plays in a game, as the steps of a game need it. Memberships implement it: they know games, not the reverse. */
import type { Membership } from "@galaxy/contract/api/UserLobby"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, type Effect } from "effect"
import type { StorageError } from "../../shared/StorageError.ts"

export class GameMembers extends Context.Service<
  GameMembers,
  {
    /** Active members in the order in which they joined. */
    active(gameId: GameId): Effect.Effect<ReadonlyArray<typeof Membership.Type>, StorageError>
  }
>()("@galaxy/core/lobby/game/GameMembers") {}
