/** What the errors of signing in and of sessions are on the wire. */
import type { ErrorTable } from "../../shared/http/errors.ts"
import type { ChallengeNotConfirmed, SignInMalformed } from "../Challenges.ts"
import type { SessionNotFound } from "../Sessions.ts"

export const errors: ErrorTable<ChallengeNotConfirmed | SignInMalformed | SessionNotFound> = {
  ChallengeNotConfirmed: ["invalid_request", "the code can't be confirmed; ask for a new one"],
  SignInMalformed: ["invalid_request", (it) => it.problem],
  SessionNotFound: ["not_found", "no such session"]
}
