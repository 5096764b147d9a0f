/**
 * Message type ↔ REST route: how each signed command becomes one call of the backend's user surface.
 *
 * A request table's fields fill the `{placeholders}` of the path first; the rest become the query of a GET or the JSON
 * body of anything else. The answer's JSON becomes the response table. Message types that aren't listed are refused.
 */

/** The REST call that one message type becomes. */
export interface MessageRoute {
  readonly method: "GET" | "POST" | "PATCH"
  /** From the root; `{name}` stands for a field of the request table. */
  readonly path: string
  /** Full names of the FlatBuffers tables of request and response. */
  readonly request: string
  readonly response: string
}

const lobbyGame = (action: string): MessageRoute => ({
  method: "POST",
  path: `/api/v1/user/lobby/games/{game_id}/${action}`,
  request: "galaxy.lobby.GameRequest",
  response: "galaxy.lobby.Game"
})

const application = (action: string): MessageRoute => ({
  method: "POST",
  path: `/api/v1/user/lobby/games/{game_id}/applications/{application_id}/${action}`,
  request: "galaxy.lobby.ApplicationRequest",
  response: "galaxy.lobby.Application"
})

const membership = (action: string): MessageRoute => ({
  method: "POST",
  path: `/api/v1/user/lobby/games/{game_id}/memberships/{membership_id}/${action}`,
  request: "galaxy.lobby.MembershipRequest",
  response: "galaxy.lobby.Membership"
})

/** Every routed message type (wire contract, section 1, "Message types"). */
export const messageRoutes = {
  "user.account.get": {
    method: "GET",
    path: "/api/v1/user/account",
    request: "galaxy.user.GetAccountRequest",
    response: "galaxy.user.Account"
  },
  "user.account.delete": {
    method: "POST",
    path: "/api/v1/user/account/delete",
    request: "galaxy.user.DeleteAccountRequest",
    response: "galaxy.common.Empty"
  },
  "user.profile.update": {
    method: "PATCH",
    path: "/api/v1/user/account/profile",
    request: "galaxy.user.UpdateProfileRequest",
    response: "galaxy.user.Account"
  },
  "user.settings.update": {
    method: "PATCH",
    path: "/api/v1/user/account/settings",
    request: "galaxy.user.UpdateSettingsRequest",
    response: "galaxy.user.Account"
  },
  "user.sessions.list": {
    method: "GET",
    path: "/api/v1/user/sessions",
    request: "galaxy.user.ListSessionsRequest",
    response: "galaxy.user.SessionList"
  },
  "user.sessions.revoke": {
    method: "POST",
    path: "/api/v1/user/sessions/{device_session_id}/revoke",
    request: "galaxy.user.RevokeSessionRequest",
    response: "galaxy.user.RevokedSessions"
  },
  "user.sessions.revoke_all": {
    method: "POST",
    path: "/api/v1/user/sessions/revoke-all",
    request: "galaxy.user.RevokeAllSessionsRequest",
    response: "galaxy.user.RevokedSessions"
  },
  "lobby.games.list": {
    method: "GET",
    path: "/api/v1/user/lobby/games",
    request: "galaxy.lobby.ListGamesRequest",
    response: "galaxy.lobby.GameList"
  },
  "lobby.games.preview_schedule": {
    method: "POST",
    path: "/api/v1/user/lobby/schedule-preview",
    request: "galaxy.lobby.SchedulePreviewRequest",
    response: "galaxy.lobby.ScheduleFires"
  },
  "user.notices.list": {
    method: "GET",
    path: "/api/v1/user/notices",
    request: "galaxy.notices.ListRequest",
    response: "galaxy.notices.NoticeList"
  },
  "user.notices.read": {
    method: "POST",
    path: "/api/v1/user/notices/read",
    request: "galaxy.notices.ReadRequest",
    response: "galaxy.notices.Unread"
  },
  "lobby.games.create": {
    method: "POST",
    path: "/api/v1/user/lobby/games",
    request: "galaxy.lobby.CreateGameRequest",
    response: "galaxy.lobby.Game"
  },
  "lobby.games.get": {
    method: "GET",
    path: "/api/v1/user/lobby/games/{game_id}",
    request: "galaxy.lobby.GameRequest",
    response: "galaxy.lobby.Game"
  },
  "lobby.games.update": {
    method: "PATCH",
    path: "/api/v1/user/lobby/games/{game_id}",
    request: "galaxy.lobby.UpdateGameRequest",
    response: "galaxy.lobby.Game"
  },
  "lobby.games.open_enrollment": lobbyGame("open-enrollment"),
  "lobby.games.ready_to_start": lobbyGame("ready-to-start"),
  "lobby.games.start": lobbyGame("start"),
  "lobby.games.pause": lobbyGame("pause"),
  "lobby.games.resume": lobbyGame("resume"),
  "lobby.games.cancel": lobbyGame("cancel"),
  "lobby.games.retry_start": lobbyGame("retry-start"),
  "lobby.invites.issue": {
    method: "POST",
    path: "/api/v1/user/lobby/games/{game_id}/invites",
    request: "galaxy.lobby.IssueInviteRequest",
    response: "galaxy.lobby.Invite"
  },
  "lobby.invites.redeem": {
    method: "POST",
    path: "/api/v1/user/lobby/games/{game_id}/invites/{invite_id}/redeem",
    request: "galaxy.lobby.RedeemInviteRequest",
    response: "galaxy.lobby.Membership"
  },
  "lobby.invites.decline": {
    method: "POST",
    path: "/api/v1/user/lobby/games/{game_id}/invites/{invite_id}/decline",
    request: "galaxy.lobby.InviteRequest",
    response: "galaxy.lobby.Invite"
  },
  "lobby.invites.revoke": {
    method: "POST",
    path: "/api/v1/user/lobby/games/{game_id}/invites/{invite_id}/revoke",
    request: "galaxy.lobby.InviteRequest",
    response: "galaxy.lobby.Invite"
  },
  "lobby.applications.submit": {
    method: "POST",
    path: "/api/v1/user/lobby/games/{game_id}/applications",
    request: "galaxy.lobby.SubmitApplicationRequest",
    response: "galaxy.lobby.Application"
  },
  "lobby.applications.approve": application("approve"),
  "lobby.applications.reject": application("reject"),
  "lobby.invites.look": {
    method: "POST",
    path: "/api/v1/user/lobby/invites/look",
    request: "galaxy.lobby.LookAtInviteRequest",
    response: "galaxy.lobby.InviteLook"
  },
  "lobby.memberships.list": {
    method: "GET",
    path: "/api/v1/user/lobby/games/{game_id}/memberships",
    request: "galaxy.lobby.GameRequest",
    response: "galaxy.lobby.MembershipList"
  },
  "lobby.memberships.remove": membership("remove"),
  "lobby.memberships.block": membership("block"),
  "lobby.my.applications": {
    method: "GET",
    path: "/api/v1/user/lobby/my/applications",
    request: "galaxy.lobby.ListRequest",
    response: "galaxy.lobby.ApplicationList"
  },
  "lobby.my.race_names": {
    method: "GET",
    path: "/api/v1/user/lobby/my/race-names",
    request: "galaxy.lobby.ListRequest",
    response: "galaxy.lobby.RaceNameList"
  },
  "lobby.race_names.register": {
    method: "POST",
    path: "/api/v1/user/lobby/race-names/register",
    request: "galaxy.lobby.RegisterRaceNameRequest",
    response: "galaxy.lobby.HeldRaceName"
  },
  "lobby.race_names.check": {
    method: "POST",
    path: "/api/v1/user/lobby/race-names/check",
    request: "galaxy.lobby.CheckRaceNameRequest",
    response: "galaxy.lobby.RaceNameCheck"
  },
  "lobby.my.games": {
    method: "GET",
    path: "/api/v1/user/lobby/my/games",
    request: "galaxy.lobby.ListRequest",
    response: "galaxy.lobby.GameList"
  },
  "lobby.my.invites": {
    method: "GET",
    path: "/api/v1/user/lobby/my/invites",
    request: "galaxy.lobby.ListRequest",
    response: "galaxy.lobby.InviteList"
  },
  "user.games.command": {
    method: "POST",
    path: "/api/v1/user/games/{game_id}/commands",
    request: "galaxy.games.CommandRequest",
    response: "galaxy.games.OrdersAnswer"
  },
  "user.games.order": {
    method: "POST",
    path: "/api/v1/user/games/{game_id}/orders",
    request: "galaxy.games.OrderRequest",
    response: "galaxy.games.OrdersAnswer"
  },
  "user.games.order.get": {
    method: "GET",
    path: "/api/v1/user/games/{game_id}/orders",
    request: "galaxy.games.OrderGetRequest",
    response: "galaxy.games.OrdersAnswer"
  },
  "user.games.ready": {
    method: "POST",
    path: "/api/v1/user/games/{game_id}/ready",
    request: "galaxy.games.ReadyRequest",
    response: "galaxy.games.Ready"
  },
  "user.games.report": {
    method: "GET",
    path: "/api/v1/user/games/{game_id}/reports/{turn}",
    request: "galaxy.games.ReportRequest",
    response: "galaxy.game.Report"
  }
} as const satisfies Record<string, MessageRoute>

/** A message type that the gateway routes; any other is refused as `unsupported_message_type` (step 10). */
export type MessageType = keyof typeof messageRoutes

/** The route of a message type, or `undefined` if it isn't routed. */
export const routeOf = (messageType: string): MessageRoute | undefined =>
  Object.hasOwn(messageRoutes, messageType) ? messageRoutes[messageType as MessageType] : undefined

/** The table of every response whose result code isn't `ok`. */
export const errorTable = "galaxy.common.Error"
