/** Applications to public games, for players (`…/games/{game_id}/applications`, `…/my/applications`). */
import { Schema } from "effect"
import { ApplicationId, GameId, UserId } from "../ids/Ids.ts"
import { Timestamp } from "./Fields.ts"
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
