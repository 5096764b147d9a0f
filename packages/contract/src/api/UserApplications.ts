/** Applications to public games, for players (`…/games/{game_id}/applications`, `…/my/applications`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { ApplicationId, GameId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { paging, Timestamp } from "./Fields.ts"
import { line } from "./Text.ts"

/** Body of `lobby.applications.submit`. */
export const SubmitApplication = Schema.Struct({
  /**
   * The name to play under. It is reserved until the application is rejected; `conflict`, `name_taken` if another
   * player holds it or one that looks like it.
   */
  race_name: line(64)
})

/** Only a `pending` application can be decided; the other statuses are final. */
export const ApplicationStatus = Schema.Literals(["pending", "approved", "rejected"])

/** One player's application for a seat in one public game. */
export const Application = Schema.Struct({
  application_id: ApplicationId,
  game_id: GameId,
  game_name: Schema.String,
  applicant_user_id: UserId,
  race_name: Schema.String,
  status: ApplicationStatus,
  created_at: Timestamp,
  /** Absent while it is pending. */
  decided_at: Schema.optionalKey(Timestamp)
})

/**
 * Answer of `lobby.my.applications`: the caller's applications in any status, newest first. Without `next_cursor` it is
 * the last page.
 */
export const ApplicationList = Schema.Struct({
  applications: Schema.Array(Application),
  next_cursor: Schema.optionalKey(Schema.String)
})

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
