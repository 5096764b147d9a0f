/** From errors about seats in games to the wire's codes. */
import { type ErrorTable, own } from "../../../shared/http/errors.ts"
import type { MembershipError } from "../MembershipError.ts"

/** One line for each `MembershipError`. The messages are the errors' own. */
export const errors: ErrorTable<MembershipError> = {
  GameFull: ["conflict", own, "full"],
  AlreadyMember: ["conflict", own, "already_member"],
  BlockedFromGame: ["conflict", own, "blocked"],
  EnrollmentOver: ["conflict", own, "enrollment_over"],
  NotGameMember: ["forbidden", own, "not_member"],
  MembershipNotFound: ["not_found", own],
  OwnerNotBlockable: ["invalid_request", own]
}
