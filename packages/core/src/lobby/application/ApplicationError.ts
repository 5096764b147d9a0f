/** How operations on applications are refused, one class per condition. Messages are for players. */
import { ApplicationStatus } from "@galaxy/contract/api/UserApplications"
import { Schema } from "effect"

/** Players join a private game by invite; applications are for public games. */
export class PrivateGameTakesNoApplications extends Schema.TaggedError<PrivateGameTakesNoApplications>()(
  "PrivateGameTakesNoApplications",
  {}
) {
  override get message(): string {
    return "a private game doesn't take applications"
  }
}

/** The game has no such application. */
export class ApplicationNotFound extends Schema.TaggedError<ApplicationNotFound>()("ApplicationNotFound", {}) {
  override get message(): string {
    return "no such application"
  }
}

/** The application has been approved or rejected; `status` says which. */
export class ApplicationNotPending extends Schema.TaggedError<ApplicationNotPending>()("ApplicationNotPending", {
  status: ApplicationStatus
}) {
  override get message(): string {
    return `the application is ${this.status}`
  }
}

/** The caller has already applied to the game, and nobody has decided yet. */
export class ApplicationAlreadyPending extends Schema.TaggedError<ApplicationAlreadyPending>()(
  "ApplicationAlreadyPending",
  {}
) {
  override get message(): string {
    return "you have already applied to the game"
  }
}

/** The caller already has `limit` pending applications (`LobbyConfig.pendingApplicationsPerPlayer`). */
export class TooManyApplications extends Schema.TaggedError<TooManyApplications>()("TooManyApplications", {
  limit: Schema.Int
}) {
  override get message(): string {
    return `you already have ${this.limit} open applications`
  }
}

/** The game already has `limit` pending applications (`LobbyConfig.pendingApplicationsPerGame`). */
export class TooManyApplicants extends Schema.TaggedError<TooManyApplicants>()("TooManyApplicants", {
  limit: Schema.Int
}) {
  override get message(): string {
    return `the game already has ${this.limit} open applications`
  }
}

/** All refusals of this file; `http/errors.ts` has a line for each. */
export type ApplicationError =
  | PrivateGameTakesNoApplications
  | ApplicationNotFound
  | ApplicationNotPending
  | ApplicationAlreadyPending
  | TooManyApplications
  | TooManyApplicants
