/** From errors about applications to the wire's codes. */
import { type ErrorTable, own } from "../../../shared/http/errors.ts"
import type { ApplicationError } from "../ApplicationError.ts"

/** One line for each `ApplicationError`. The messages are the errors' own. */
export const errors: ErrorTable<ApplicationError> = {
  PrivateGameTakesNoApplications: ["conflict", own, "wrong_state"],
  ApplicationNotFound: ["not_found", own],
  ApplicationNotPending: ["conflict", own, "not_pending"],
  ApplicationAlreadyPending: ["conflict", own, "already_pending"],
  TooManyApplications: ["conflict", own, "limit_reached"],
  TooManyApplicants: ["conflict", own, "limit_reached"]
}
