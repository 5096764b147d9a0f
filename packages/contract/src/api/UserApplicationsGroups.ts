/**
 * Endpoints whose bodies and answers are in `UserApplications.ts`. They are apart, so that a client can use the schemas without
 * the description of the REST surface.
 */
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { ApplicationId, GameId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { paging } from "./Fields.ts"
import { Application, ApplicationList, SubmitApplication } from "./UserApplications.ts"

const game = { game_id: GameId }

const ofApplication = {
  params: { ...game, application_id: ApplicationId },
  success: Application,
  error: wireErrors
} as const

/**
 * Applications to one public game while its enrollment is open. Administrators decide them on their own surface; on
 * this one only a game's owner could, and a public game has none.
 */
export class LobbyApplicationsGroup extends HttpApiGroup.make("lobbyApplications")
  .add(
    HttpApiEndpoint.post("submit", "/", {
      params: game,
      payload: SubmitApplication,
      success: Application,
      error: wireErrors
    }),
    HttpApiEndpoint.post("approve", "/:application_id/approve", ofApplication),
    HttpApiEndpoint.post("reject", "/:application_id/reject", ofApplication)
  )
  .prefix("/api/v1/user/lobby/games/:game_id/applications") {}

/** The caller's own applications, in pages of 50 by default and at most 200. */
export class LobbyMyApplicationsGroup extends HttpApiGroup.make("lobbyMyApplications")
  .add(HttpApiEndpoint.get("applications", "/", { query: paging, success: ApplicationList, error: wireErrors }))
  .prefix("/api/v1/user/lobby/my/applications") {}
