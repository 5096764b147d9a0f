/** Players of a game, for players (`/api/v1/user/lobby/games/{game_id}/memberships`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId, MembershipId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { Timestamp } from "./Fields.ts"

/**
 * One user's seat in one game. A `removed` user may be seated again, a `blocked` one may not; both lose their race
 * name.
 */
export const Membership = Schema.Struct({
  membership_id: MembershipId,
  game_id: GameId,
  user_id: UserId,
  race_name: Schema.String,
  status: Schema.Literals(["active", "removed", "blocked"]),
  joined_at: Timestamp
})

/** Answer of `lobby.memberships.list`: active members only, in the order in which they joined. */
export const MembershipList = Schema.Struct({ memberships: Schema.Array(Membership) })

const game = { game_id: GameId }

/** Who plays in a game. Whoever may see the game may read it. */
export class LobbyMembershipsGroup extends HttpApiGroup.make("lobbyMemberships")
  .add(HttpApiEndpoint.get("list", "/", { params: game, success: MembershipList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/games/:game_id/memberships") {}
