/** Every message type that the gateway routes: the shape of its request and the schema of its answer. */
import type { Order } from "@galaxy/contract/engine/Order"
import * as UserAccount from "@galaxy/contract/api/UserAccount"
import * as UserGames from "@galaxy/contract/api/UserGames"
import * as UserNotices from "@galaxy/contract/api/UserNotices"
import * as UserApplications from "@galaxy/contract/api/UserApplications"
import * as UserInvites from "@galaxy/contract/api/UserInvites"
import * as UserLobby from "@galaxy/contract/api/UserLobby"
import { Schema } from "effect"
import * as UserMemberships from "@galaxy/contract/api/UserMemberships"
import * as UserRaceNames from "@galaxy/contract/api/UserRaceNames"
import type { MessageType } from "@galaxy/contract/routes/MessageRoutes"
import type { engineAnswers } from "./engineAnswers.ts"

interface None {
  readonly [key: string]: never
}
interface OfGame {
  readonly game_id: string
}
interface Page {
  readonly cursor?: string
  readonly limit?: number
}
type OfInvite = OfGame & { readonly invite_id: string }
type OfApplication = OfGame & { readonly application_id: string }
type OfMembership = OfGame & { readonly membership_id: string }
type OfTurn = OfGame & { readonly turn?: number }

/** The request of each message type, in the encoded form and with the field names of the REST surface. */
export interface Requests extends Record<MessageType, unknown> {
  "user.account.get": None
  "user.account.delete": None
  "user.profile.update": typeof UserAccount.UpdateProfile.Encoded
  "user.settings.update": typeof UserAccount.UpdateSettings.Encoded
  "user.sessions.list": None
  "user.sessions.revoke": { readonly device_session_id: string }
  "user.sessions.revoke_all": None
  "user.notices.list": Page
  "user.notices.read": typeof UserNotices.ReadNotices.Encoded
  "lobby.games.list": Page & { readonly open?: boolean; readonly to_join?: boolean; readonly name?: string }
  "lobby.games.preview_schedule": typeof UserLobby.SchedulePreview.Encoded
  "lobby.games.create": typeof UserLobby.CreateGame.Encoded
  "lobby.games.get": OfGame
  "lobby.games.update": OfGame & typeof UserLobby.UpdateGame.Encoded
  "lobby.games.open_enrollment": OfGame
  "lobby.games.ready_to_start": OfGame
  "lobby.games.start": OfGame
  "lobby.games.pause": OfGame
  "lobby.games.resume": OfGame
  "lobby.games.cancel": OfGame
  "lobby.games.retry_start": OfGame
  "lobby.invites.issue": OfGame & typeof UserInvites.IssueInvite.Encoded
  "lobby.invites.redeem": OfInvite & typeof UserInvites.RedeemInvite.Encoded
  "lobby.invites.decline": OfInvite
  "lobby.invites.revoke": OfInvite
  "lobby.invites.look": typeof UserInvites.LookAtInvite.Encoded
  "lobby.applications.submit": OfGame & typeof UserApplications.SubmitApplication.Encoded
  "lobby.applications.approve": OfApplication
  "lobby.applications.reject": OfApplication
  "lobby.memberships.list": OfGame
  "lobby.memberships.remove": OfMembership
  "lobby.memberships.block": OfMembership
  "lobby.my.applications": Page
  "lobby.my.race_names": Page
  "lobby.race_names.register": typeof UserRaceNames.RegisterRaceName.Encoded
  "lobby.race_names.check": typeof UserRaceNames.CheckRaceName.Encoded
  "lobby.my.games": Page
  "lobby.my.invites": Page
  "user.games.command": OfTurn & { readonly commands: ReadonlyArray<Order> }
  "user.games.order": OfTurn & { readonly orders: ReadonlyArray<Order>; readonly if_revision?: number }
  "user.games.order.get": OfTurn
  "user.games.ready": OfGame & { readonly turn: number; readonly ready: boolean }
  "user.games.report": OfGame & { readonly turn: number }
}

/**
 * The schema of each message type's answer, except those of a game's engine (`engineAnswers`): they are as large as all
 * others together, and a page that shows no game doesn't need them.
 */
export const answers = {
  "user.account.get": UserAccount.Account,
  "user.account.delete": Schema.Struct({}),
  "user.profile.update": UserAccount.Account,
  "user.settings.update": UserAccount.Account,
  "user.sessions.list": UserAccount.SessionList,
  "user.sessions.revoke": UserAccount.RevokedSessions,
  "user.sessions.revoke_all": UserAccount.RevokedSessions,
  "user.notices.list": UserNotices.NoticeList,
  "user.notices.read": UserNotices.UnreadNotices,
  "lobby.games.list": UserLobby.GameList,
  "lobby.games.preview_schedule": UserLobby.ScheduleFires,
  "lobby.games.create": UserLobby.Game,
  "lobby.games.get": UserLobby.Game,
  "lobby.games.update": UserLobby.Game,
  "lobby.games.open_enrollment": UserLobby.Game,
  "lobby.games.ready_to_start": UserLobby.Game,
  "lobby.games.start": UserLobby.Game,
  "lobby.games.pause": UserLobby.Game,
  "lobby.games.resume": UserLobby.Game,
  "lobby.games.cancel": UserLobby.Game,
  "lobby.games.retry_start": UserLobby.Game,
  "lobby.invites.issue": UserInvites.Invite,
  "lobby.invites.redeem": UserMemberships.Membership,
  "lobby.invites.decline": UserInvites.Invite,
  "lobby.invites.revoke": UserInvites.Invite,
  "lobby.invites.look": UserInvites.InviteLook,
  "lobby.applications.submit": UserApplications.Application,
  "lobby.applications.approve": UserApplications.Application,
  "lobby.applications.reject": UserApplications.Application,
  "lobby.memberships.list": UserMemberships.MembershipList,
  "lobby.memberships.remove": UserMemberships.Membership,
  "lobby.memberships.block": UserMemberships.Membership,
  "lobby.my.applications": UserApplications.ApplicationList,
  "lobby.my.race_names": UserRaceNames.RaceNameList,
  "lobby.race_names.register": UserRaceNames.HeldRaceName,
  "lobby.race_names.check": UserRaceNames.RaceNameCheck,
  "lobby.my.games": UserLobby.GameList,
  "lobby.my.invites": UserInvites.InviteList,
  "user.games.ready": UserGames.Ready
} as const satisfies Record<Exclude<MessageType, keyof typeof engineAnswers>, unknown>

type Answers = typeof answers & typeof engineAnswers

/** The answer to a message type, decoded: ids are branded and instants are `DateTime.Utc`. */
export type Answer<M extends MessageType> = Answers[M]["Type"]
