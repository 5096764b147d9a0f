/** From errors about invites to the wire's codes. */
import { type ErrorTable, own } from "../../../shared/http/errors.ts"
import type { InviteError } from "../InviteError.ts"

/** One line for each `InviteError`. The messages are the errors' own. */
export const errors: ErrorTable<InviteError> = {
  PublicGameTakesNoInvites: ["conflict", own, "wrong_state"],
  InvitedUserNotFound: ["not_found", own],
  InviteNotFound: ["not_found", own],
  NotYourInvite: ["forbidden", own, (it) => `not_${it.actor}`],
  InviteNotPending: ["conflict", own, "not_pending"],
  InviteAlreadyPending: ["conflict", own, "already_pending"],
  InviteKeyTaken: ["conflict", own, "exists"],
  TooManyInvites: ["conflict", own, "limit_reached"],
  InvitedTooOften: ["conflict", own, "limit_reached"],
  InviteExpiryInvalid: ["invalid_request", own]
}
