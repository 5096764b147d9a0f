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
  joined_at: Timestamp,
  /** What the player is called outside of the game: their display name, or their user name where they have none. */
  display_name: Schema.String
})

/** A seat that the engine plays. It is nobody's, and its name is reserved nowhere. */
export const ComputerSeat = Schema.Struct({ seat: Schema.Int, race_name: Schema.String })

/** Answer of `lobby.memberships.list`: active members only, in the order in which they joined. */
export const MembershipList = Schema.Struct({
  memberships: Schema.Array(Membership),
  /** The seats that the engine plays, once the start was asked for; absent where there are none. */
  computer_players: Schema.optionalKey(Schema.Array(ComputerSeat))
})

const game = { game_id: GameId }
const ofMembership = {
  params: { ...game, membership_id: MembershipId },
  success: Membership,
  error: wireErrors
} as const

/**
 * Who plays in a game. Whoever may see the game may list them. Its owner removes and blocks members; a member removes
 * themselves. Where the game is being played, the race leaves it. Repeating either changes nothing.
 */
export class LobbyMembershipsGroup extends HttpApiGroup.make("lobbyMemberships")
  .add(
    HttpApiEndpoint.get("list", "/", { params: game, success: MembershipList, error: wireErrors }),
    HttpApiEndpoint.post("remove", "/:membership_id/remove", ofMembership),
    HttpApiEndpoint.post("block", "/:membership_id/block", ofMembership)
  )
  .prefix("/api/v1/user/lobby/games/:game_id/memberships") {}
