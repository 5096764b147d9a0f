/** What the errors about seats in games are on the wire. */
import { type ErrorTable, own } from "../../../shared/http/errors.ts"
import type { MembershipError } from "../MembershipError.ts"

export const errors: ErrorTable<MembershipError> = {
  GameFull: ["conflict", own, "full"],
  AlreadyMember: ["conflict", own, "already_member"],
  BlockedFromGame: ["forbidden", own],
  NotGameMember: ["forbidden", own, "not_member"],
  MembershipNotFound: ["not_found", own]
}
