/** Applications to public games, for operators (`/api/v1/admin/games/{game_id}/applications`). */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { ApplicationId, GameId } from "../../ids/Ids.ts"
import { wireErrors } from "../ApiError.ts"
import { paging } from "../Fields.ts"
import { Application, ApplicationList, ApplicationStatus } from "../UserApplications.ts"
import { RequiredReason } from "./Reason.ts"

const game = { game_id: GameId }
const decision = {
  params: { ...game, application_id: ApplicationId },
  payload: RequiredReason,
  success: Application,
  error: wireErrors
} as const

/**
 * Applications to one game, newest first, and the decisions about them. An application that has been decided is
 * `conflict`, `not_pending`; an approval in a game that is full is `conflict`, `full`.
 */
export class AdminApplicationsGroup extends HttpApiGroup.make("adminApplications")
  .add(
    HttpApiEndpoint.get("list", "/", {
      params: game,
      query: { ...paging, status: Schema.optionalKey(ApplicationStatus) },
      success: ApplicationList,
      error: wireErrors
    }),
    HttpApiEndpoint.post("approve", "/:application_id/approve", decision),
    HttpApiEndpoint.post("reject", "/:application_id/reject", decision)
  )
  .prefix("/api/v1/admin/games/:game_id/applications") {}
