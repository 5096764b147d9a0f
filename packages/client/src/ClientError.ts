/**
 * Errors of the client, one class for each way in which a player's program can react.
 *
 * `Refused`, `SessionEnded` and `Unavailable` say why a call wasn't carried out. They aren't signed, so they prove
 * nothing. `CallFailed` is the backend's own answer (a signed one, except on public routes). `Untrusted` means that an
 * answer or event doesn't carry the pinned gateway's signature.
 */
import type { ApiErrorCode, ReasonOf } from "@galaxy/contract/api/ApiError"
import { Data } from "effect"

/** A code that this version knows; a later backend may have others. */
export type FailureCode = ApiErrorCode | (string & {})
/** A reason that this version knows; a later backend may have others. */
export type FailureReason = ReasonOf<"conflict"> | ReasonOf<"forbidden"> | (string & {})

/** The gateway refused the request and ran nothing; `reason` is one of the wire contract's, section 1. */
export class Refused extends Data.TaggedError("Refused")<{
  readonly reason: string
  readonly message: string
  /** For `rate_limited`: milliseconds to wait. */
  readonly retryAfterMs?: number
  /** Id of the request, by which the server's logs find it. */
  readonly requestId?: string
}> {}

/** The session is unknown or revoked: sign in again. The client keeps the key. */
export class SessionEnded extends Data.TaggedError("SessionEnded")<{
  readonly reason: "session_revoked" | "session_unknown"
}> {}

/**
 * The gateway, or something behind it, can't be reached. A call may have run all the same, so a retry may repeat it.
 */
export class Unavailable extends Data.TaggedError("Unavailable")<{
  readonly message: string
  /** The wire contract's, when the gateway gave one. */
  readonly reason?: string
  /** Milliseconds to wait, when the gateway gave a time. */
  readonly retryAfterMs?: number
  /** Id of the request, by which the server's logs find it. */
  readonly requestId?: string
}> {}

/** The backend refused the call; `code` is its error code, such as `conflict` or `not_found`. */
export class CallFailed extends Data.TaggedError("CallFailed")<{
  readonly code: FailureCode
  readonly message: string
  /** Which condition caused the code, such as `turn_passed`, where the backend names one. */
  readonly reason?: FailureReason
  /** For `rate_limited` on a public route: milliseconds to wait. */
  readonly retryAfterMs?: number
  /** Id of the request, by which the server's logs find it. */
  readonly requestId?: string
}> {}

/** Whether a call failed as a conflict for this reason, such as `orders_changed`. */
export const isConflict = (error: ClientError, reason: ReasonOf<"conflict">): boolean =>
  error._tag === "CallFailed" && error.code === "conflict" && error.reason === reason

/** An answer or event that the pinned gateway key didn't sign, or that belongs to another request. */
export class Untrusted extends Data.TaggedError("Untrusted")<{
  readonly message: string
  /**
   * `key_not_published`: the gateway has another key now, and none that it publishes is vouched for by the pinned one. Ask
   * whoever runs it; after that, sign in anew. Absent where the answer or event itself may have been changed.
   */
  readonly reason?: "key_not_published" | undefined
}> {}

/** All errors of calls and of the event stream. */
export type ClientError = Refused | SessionEnded | Unavailable | CallFailed | Untrusted
