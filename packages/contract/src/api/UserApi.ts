/**
 * The backend's user surface: every route needs `X-User-Id`, which only the gateway sets.
 *
 * `X-Forwarded-For` carries the player's address as the gateway saw it.
 */
import { HttpApi } from "effect/http-api"
import { AccountGroup, SessionsGroup } from "./UserAccountGroups.ts"
import { GamesGroup } from "./UserGamesGroups.ts"
import { LobbyGamesGroup, LobbyMyGamesGroup, LobbySchedulesGroup } from "./UserLobbyGroups.ts"
import { LobbyApplicationsGroup, LobbyMyApplicationsGroup } from "./UserApplicationsGroups.ts"
import { LobbyInviteLookGroup, LobbyInvitesGroup, LobbyMyInvitesGroup } from "./UserInvitesGroups.ts"
import { LobbyMembershipsGroup } from "./UserMembershipsGroups.ts"
import { NoticesGroup } from "./UserNoticesGroups.ts"
import { LobbyMyRaceNamesGroup, LobbyRaceNameCheckGroup, LobbyRaceNamesGroup } from "./UserRaceNamesGroups.ts"
import { CallerIdentity } from "./Identity.ts"
import { InputErrors } from "./InputErrors.ts"

/**
 * The whole user surface, as the gateway calls it for `messageRoutes`. `CallerIdentity` gives every handler its
 * `Caller`.
 */
export class UserApi extends HttpApi.make("user")
  .add(
    AccountGroup,
    SessionsGroup,
    LobbyGamesGroup,
    LobbyInvitesGroup,
    LobbyMyGamesGroup,
    LobbySchedulesGroup,
    LobbyMyInvitesGroup,
    LobbyInviteLookGroup,
    LobbyMembershipsGroup,
    LobbyApplicationsGroup,
    LobbyMyApplicationsGroup,
    LobbyRaceNamesGroup,
    LobbyRaceNameCheckGroup,
    LobbyMyRaceNamesGroup,
    GamesGroup,
    NoticesGroup
  )
  .middleware(CallerIdentity)
  .middleware(InputErrors) {}
