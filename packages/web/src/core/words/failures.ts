/** A failed call in words: what happened, and for how long to wait. */
import type { ClientError } from "@galaxy/client/ClientError"
import type { Words } from "./Words.ts"

const reasonIn = (words: Words, reason: string | undefined): string | undefined =>
  reason !== undefined && Object.hasOwn(words.failure.reasons, reason)
    ? words.failure.reasons[reason as keyof Words["failure"]["reasons"]]
    : undefined

/** One sentence. `read` says that nothing could have been changed by the call. */
export const failureText = (words: Words, error: ClientError, read = false): string => {
  const { failure } = words
  switch (error._tag) {
    case "Unavailable":
      return read ? failure.unavailableRead : failure.unavailable
    case "SessionEnded":
      return failure.ended
    case "Untrusted":
      return failure.untrusted
    case "Refused":
      return error.retryAfterMs === undefined
        ? failure.refused
        : failure.rateLimited(Math.max(1, Math.ceil(error.retryAfterMs / 1_000)))
    case "CallFailed":
      break
  }
  const reason = reasonIn(words, error.reason)
  if (reason !== undefined) return reason
  switch (error.code) {
    case "not_found":
      return failure.notFound
    case "invalid_request":
      return failure.invalid(error.message)
    case "account_permanently_blocked":
      return failure.blocked
    case "rate_limited":
      return failure.rateLimited(Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000)))
    case "internal_error":
    case "service_unavailable":
      return failure.internal
    default:
      return failure.refused
  }
}

/** The id by which whoever runs the server finds what went wrong there; absent where nothing did. */
export const requestIdOf = (error: ClientError): string | undefined => {
  switch (error._tag) {
    case "Unavailable":
      // Without a reason nothing has reached the server, as far as one knows.
      return error.reason === undefined ? undefined : error.requestId
    case "CallFailed":
      return error.code === "internal_error" || error.code === "service_unavailable" ? error.requestId : undefined
    default:
      return undefined
  }
}
