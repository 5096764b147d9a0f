/** Lobby operations of a player (`/api/v1/user/lobby`): games, invites and memberships. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { GameId, InviteId, MembershipId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { int, label, Timestamp } from "./Fields.ts"
import { line, paragraphs } from "./Text.ts"

export const GameStatus = Schema.Literals([
  "draft",
  "enrollment_open",
  "ready_to_start",
  "starting",
  "start_failed",
  "running",
  "paused",
  "finished",
  "cancelled"
])
export type GameStatus = typeof GameStatus.Type

export const Visibility = Schema.Literals(["private", "public"])

export const CreateGame = Schema.Struct({
  game_name: line(64),
  description: Schema.optionalKey(paragraphs(2000)),
  min_players: int(1, 200),
  max_players: int(1, 200),
  /** Five cron fields: minute, hour, day of month, month, day of week. */
  turn_schedule: label(128),
  /** IANA zone that the schedule is read in; UTC when absent. */
  time_zone: Schema.optionalKey(label(64)),
  /** A version of the registry; the newest enabled one when absent. */
  engine_version: Schema.optionalKey(label(64))
})

export const Game = Schema.Struct({
  game_id: GameId,
  /** Absent for a public game: administrators own it together. */
  owner_user_id: Schema.optionalKey(UserId),
  visibility: Visibility,
  status: GameStatus,
  game_name: Schema.String,
  description: Schema.String,
  min_players: Schema.Int,
  max_players: Schema.Int,
  member_count: Schema.Int,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  engine_version: Schema.optionalKey(Schema.String),
  /** Last turn that was generated; 0 is the galaxy as it was created. */
  current_turn: Schema.Int,
  /** What the runtime last said: none, starting, running, generation_in_progress, start_failed, stopped, finished, … */
  runtime_status: Schema.String,
  /** Why the last start failed. */
  failure_reason: Schema.optionalKey(Schema.String),
  next_turn_at: Schema.optionalKey(Timestamp),
  created_at: Timestamp,
  updated_at: Timestamp,
  started_at: Schema.optionalKey(Timestamp),
  finished_at: Schema.optionalKey(Timestamp)
})

export const GameList = Schema.Struct({
  games: Schema.Array(Game),
  next_cursor: Schema.optionalKey(Schema.String)
})

export const IssueInvite = Schema.Struct({
  /** Bound to this user; a code is minted when absent. */
  invited_user_id: Schema.optionalKey(UserId),
  expires_at: Schema.optionalKey(Timestamp)
})

export const InviteStatus = Schema.Literals(["pending", "redeemed", "declined", "revoked", "expired"])

export const Invite = Schema.Struct({
  invite_id: InviteId,
  game_id: GameId,
  issuer_user_id: UserId,
  invited_user_id: Schema.optionalKey(UserId),
  /** Only in code-based invites, and only for the issuer. */
  code: Schema.optionalKey(Schema.String),
  status: InviteStatus,
  expires_at: Timestamp,
  created_at: Timestamp
})

export const InviteList = Schema.Struct({
  invites: Schema.Array(Invite),
  next_cursor: Schema.optionalKey(Schema.String)
})

export const RedeemInvite = Schema.Struct({
  race_name: line(64),
  /** The code of a code-based invite. */
  code: Schema.optionalKey(label(64))
})

export const Membership = Schema.Struct({
  membership_id: MembershipId,
  game_id: GameId,
  user_id: UserId,
  race_name: Schema.String,
  status: Schema.Literals(["active", "removed", "blocked"]),
  joined_at: Timestamp
})

export const MembershipList = Schema.Struct({ memberships: Schema.Array(Membership) })

const paging = {
  cursor: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(512))),
  limit: Schema.optionalKey(
    Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 200 }))
  )
}

const game = { game_id: GameId }
const ofGame = { params: game, success: Game, error: wireErrors } as const

export class LobbyGamesGroup extends HttpApiGroup.make("lobbyGames")
  .add(
    HttpApiEndpoint.post("create", "/", { payload: CreateGame, success: Game, error: wireErrors }),
    HttpApiEndpoint.get("get", "/:game_id", ofGame),
    HttpApiEndpoint.post("openEnrollment", "/:game_id/open-enrollment", ofGame),
    HttpApiEndpoint.post("readyToStart", "/:game_id/ready-to-start", ofGame),
    HttpApiEndpoint.post("start", "/:game_id/start", ofGame),
    HttpApiEndpoint.post("retryStart", "/:game_id/retry-start", ofGame),
    HttpApiEndpoint.get("memberships", "/:game_id/memberships", {
      params: game,
      success: MembershipList,
      error: wireErrors
    })
  )
  .prefix("/api/v1/user/lobby/games") {}

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

export class LobbyMyGamesGroup extends HttpApiGroup.make("lobbyMyGames")
  .add(HttpApiEndpoint.get("games", "/games", { query: paging, success: GameList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/my") {}

export class LobbyMyInvitesGroup extends HttpApiGroup.make("lobbyMyInvites")
  .add(HttpApiEndpoint.get("invites", "/invites", { query: paging, success: InviteList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/my") {}
