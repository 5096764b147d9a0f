/**
 * Endpoints whose bodies and answers are in `UserInvites.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId, InviteId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { paging } from "./Fields.ts"
import { Membership } from "./UserMemberships.ts"
import { Invite, InviteList, InviteLook, IssueInvite, LookAtInvite, RedeemInvite } from "./UserInvites.ts"

const game = { game_id: GameId }

/**
 * Invites of one game: the owner issues them, the issuer may revoke them, the invited user or a holder of the code
 * redeems them, and the invited user may decline. An invite is `not_found` for anyone who is not involved in it.
 */
export class LobbyInvitesGroup extends HttpApiGroup.make("lobbyInvites")
  .add(
    HttpApiEndpoint.post("issue", "/", { params: game, payload: IssueInvite, success: Invite, error: wireErrors }),
    HttpApiEndpoint.post("redeem", "/:invite_id/redeem", {
      params: { ...game, invite_id: InviteId },
      payload: RedeemInvite,
      success: Membership,
      error: wireErrors
    }),
    HttpApiEndpoint.post("decline", "/:invite_id/decline", {
      params: { ...game, invite_id: InviteId },
      success: Invite,
      error: wireErrors
    }),
    HttpApiEndpoint.post("revoke", "/:invite_id/revoke", {
      params: { ...game, invite_id: InviteId },
      success: Invite,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/lobby/games/:game_id/invites") {}

/** The caller's own invites, in pages of 50 by default and at most 200. */
export class LobbyMyInvitesGroup extends HttpApiGroup.make("lobbyMyInvites")
  .add(HttpApiEndpoint.get("invites", "/invites", { query: paging, success: InviteList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/my") {}

/**
 * Looks up an invite by its code alone. Unknown, used, revoked and expired codes are `not_found` alike. It is
 * `rate_limited`.
 */
export class LobbyInviteLookGroup extends HttpApiGroup.make("lobbyInviteLook")
  .add(HttpApiEndpoint.post("look", "/look", { payload: LookAtInvite, success: InviteLook, error: wireErrors }))
  .prefix("/api/v1/user/lobby/invites") {}
