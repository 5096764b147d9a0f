/** Players of a game, for players (`/api/v1/user/lobby/games/{game_id}/memberships`). */
import { Schema } from "effect"
import { GameId, MembershipId, UserId } from "../ids/Ids.ts"
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
