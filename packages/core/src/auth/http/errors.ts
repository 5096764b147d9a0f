/** Maps the errors of sign-in and of sessions to wire codes. */
import type { ErrorTable } from "../../shared/http/errors.ts"
import type { ChallengeNotConfirmed, SignInMalformed } from "../Challenges.ts"
import type { SessionNotFound } from "../Sessions.ts"

/**
 * One line per error. Whatever the reason a code fails, the answer is the same and reveals nothing about the challenge.
 */
export const errors: ErrorTable<ChallengeNotConfirmed | SignInMalformed | SessionNotFound> = {
  ChallengeNotConfirmed: ["invalid_request", "the code can't be confirmed; ask for a new one"],
  SignInMalformed: ["invalid_request", (it) => it.problem],
  SessionNotFound: ["not_found", "no such session"]
}
