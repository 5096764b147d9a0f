/**
 * What can go wrong for a player's program, by what it can do about it.
 *
 * `Refused` and `Unavailable` come from the gateway, `CallFailed` is the backend's business answer (signed), and
 * `Untrusted` means that an answer or event doesn't carry the pinned gateway's signature.
 */
import { Data } from "effect"

/** The gateway refused the request; `reason` is one of the wire contract's. */
export class Refused extends Data.TaggedError("Refused")<{
  readonly reason: string
  readonly message: string
  /** For `rate_limited`: milliseconds to wait. */
  readonly retryAfterMs?: number
}> {}

/** The session is unknown or revoked: sign in again. The key is left alone. */
export class SessionEnded extends Data.TaggedError("SessionEnded")<{
  readonly reason: "session_revoked" | "session_unknown"
}> {}

/** The gateway, or something behind it, can't be reached at present. Trying again may help. */
export class Unavailable extends Data.TaggedError("Unavailable")<{
  readonly message: string
  /** The wire contract's, when the gateway itself said so. */
  readonly reason?: string
  /** Milliseconds to wait, when the gateway said so. */
  readonly retryAfterMs?: number
}> {}

/** The backend said no; `code` is its error code, as `conflict` or `not_found`. */
export class CallFailed extends Data.TaggedError("CallFailed")<{
  readonly code: string
  readonly message: string
  /** Which condition of the code it is, as `turn_passed`, where the backend names one. */
  readonly reason?: string
  /** For `rate_limited` on a public route: milliseconds to wait. */
  readonly retryAfterMs?: number
}> {}

/** An answer or event that the pinned gateway key didn't sign, or that belongs to another request. */
export class Untrusted extends Data.TaggedError("Untrusted")<{ readonly message: string }> {}

export type ClientError = Refused | SessionEnded | Unavailable | CallFailed | Untrusted
