/**
 * Endpoints whose bodies and answers are in `UserMemberships.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId, MembershipId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { Membership, MembershipList } from "./UserMemberships.ts"

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
