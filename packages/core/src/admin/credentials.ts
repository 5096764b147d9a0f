/** What administrators' names and passwords look like, so that none is accepted that nobody could sign in with. */
import { maxPasswordBytes } from "@galaxy/contract/api/admin/AdminAccounts"
import { lineProblem } from "@galaxy/contract/api/Text"
import { Redacted } from "effect"

/** Basic authentication ends a name at the first colon. */
const usernamePattern = /^[^\p{Cc}:]{1,128}$/u

const utf8 = new TextEncoder()

/** Returns what is wrong with a name; undefined if nothing is. */
export const usernameProblem = (username: string): string | undefined => {
  if (!usernamePattern.test(username)) {
    return "an administrator's name must have 1 to 128 characters, no colon and no control character"
  }
  const problem = lineProblem(username)
  return problem === undefined ? undefined : `an administrator's name ${problem}`
}

/** Returns what is wrong with a password; undefined if nothing is. */
export const passwordProblem = (password: Redacted.Redacted): string | undefined => {
  const length = utf8.encode(Redacted.value(password)).length
  return length === 0 || length > maxPasswordBytes
    ? `an administrator's password must have 1 to ${maxPasswordBytes} bytes`
    : undefined
}

/** Whether an account with this name and password could exist. */
export const couldBeRight = (username: string, password: Redacted.Redacted): boolean =>
  usernamePattern.test(username) && passwordProblem(password) === undefined
