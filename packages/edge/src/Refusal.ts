/**
 * Why the gateway refuses: one class per reason of wire.md, and the status code of each.
 *
 * The table is total by type: a new refusal doesn't compile without its line.
 */
import { Data } from "effect"
import { Base64 } from "effect/encoding"

/** Step 1: a field has the wrong form or size, or the message can't be decoded. `message` says what is wrong. */
export class InvalidEnvelope extends Data.TaggedError("invalid_envelope")<{ readonly message: string }> {}
/** Step 2: this gateway doesn't speak the protocol version. */
export class UnsupportedProtocolVersion extends Data.TaggedError("unsupported_protocol_version")<{
  readonly message: string
}> {}
/** Step 3: neither the cache nor the backend knows the session. */
export class SessionUnknown extends Data.TaggedError("session_unknown") {}
/** Step 4; it also ends an open stream when its session is revoked. */
export class SessionRevoked extends Data.TaggedError("session_revoked") {}
/** Step 5: `payload_hash` is not the SHA-256 of the payload. */
export class PayloadHashMismatch extends Data.TaggedError("payload_hash_mismatch") {}
/** Step 6: the signature doesn't verify with the session's key. */
export class InvalidSignature extends Data.TaggedError("invalid_signature") {}
/**
 * Step 7: the timestamp is outside the freshness window, or not after a loss of reservations. Carries the gateway's
 * time, signed for this request.
 */
export class StaleRequest extends Data.TaggedError("stale_request")<{
  readonly serverTimeMs: number
  /** The gateway's signature over the server-time input. */
  readonly serverTimeSignature: Uint8Array
}> {}
/** Step 8: this session has used the request id before. */
export class ReplayedRequest extends Data.TaggedError("replayed_request") {}
/** Steps 0 and 9: a bound or budget is used up. `retryAfterMs` becomes the `RetryInfo` detail. */
export class RateLimited extends Data.TaggedError("rate_limited")<{ readonly retryAfterMs: number }> {}
/** Step 10: there is no route for the message type. */
export class UnsupportedMessageType extends Data.TaggedError("unsupported_message_type")<{
  readonly message: string
}> {}
/**
 * - `unsent`: nothing of the call has left, so another backend may be asked.
 * - `cut`: its connection broke before the answer; it may have run.
 * - `unready`: the backend has answered its probe, and says that it takes no calls.
 */
export type CallFate = "unsent" | "cut" | "unready"

/** The backend can't be reached, fails, or answers something that can't be understood. */
export class BackendUnavailable extends Data.TaggedError("backend_unavailable")<{
  /** Set where calls are held back, and nothing has run: whole milliseconds, above 0. */
  readonly retryAfterMs?: number
  /** What is known of the call; absent where it may have run, and its time may be over. */
  readonly fate?: CallFate
}> {
  constructor(held: { readonly retryAfterMs?: number; readonly fate?: CallFate } = {}) {
    super(held)
  }
}
/** The replay store can't be reached, or has lost reservations and can't vouch for this moment yet. */
export class ReplayStoreUnavailable extends Data.TaggedError("replay_store_unavailable")<{
  /** For operators, as the probes show it: a short sentence without addresses. */
  readonly why: string
  /** Set where the end of the outage is known: whole milliseconds, above 0. */
  readonly retryAfterMs?: number
}> {}
/** Ends open event streams when the gateway shuts down. */
export class ShuttingDown extends Data.TaggedError("shutting_down") {}
/**
 * Defined by wire.md for streams that can't be kept within their bound. This gateway never raises it: a full inbox
 * drops its oldest items, and the stream reads them from the backend.
 */
export class SlowConsumer extends Data.TaggedError("slow_consumer") {}

/** Every reason to refuse a request or to end a stream. */
export type Refusal =
  | InvalidEnvelope
  | UnsupportedProtocolVersion
  | SessionUnknown
  | SessionRevoked
  | PayloadHashMismatch
  | InvalidSignature
  | StaleRequest
  | ReplayedRequest
  | RateLimited
  | UnsupportedMessageType
  | BackendUnavailable
  | ReplayStoreUnavailable
  | ShuttingDown
  | SlowConsumer

/** The `reason` of the `ErrorInfo` detail: the tag of the refusal. */
export type Reason = Refusal["_tag"]

/** gRPC's names of the codes in use. */
export type StatusCode =
  | "INVALID_ARGUMENT"
  | "FAILED_PRECONDITION"
  | "UNAUTHENTICATED"
  | "RESOURCE_EXHAUSTED"
  | "UNIMPLEMENTED"
  | "UNAVAILABLE"

/** Where a refusal happens: `session_revoked` has one code for requests and another for the end of a stream. */
export type RefusedAt = "request" | "stream"

const same = (code: StatusCode): Record<RefusedAt, StatusCode> => ({ request: code, stream: code })

/** The status code of each reason, fixed by wire.md. */
export const statusCodes: { readonly [R in Reason]: Readonly<Record<RefusedAt, StatusCode>> } = {
  invalid_envelope: same("INVALID_ARGUMENT"),
  unsupported_protocol_version: same("FAILED_PRECONDITION"),
  session_unknown: same("UNAUTHENTICATED"),
  session_revoked: { request: "UNAUTHENTICATED", stream: "FAILED_PRECONDITION" },
  payload_hash_mismatch: same("INVALID_ARGUMENT"),
  invalid_signature: same("UNAUTHENTICATED"),
  stale_request: same("FAILED_PRECONDITION"),
  replayed_request: same("FAILED_PRECONDITION"),
  rate_limited: same("RESOURCE_EXHAUSTED"),
  unsupported_message_type: same("UNIMPLEMENTED"),
  backend_unavailable: same("UNAVAILABLE"),
  replay_store_unavailable: same("UNAVAILABLE"),
  shutting_down: same("UNAVAILABLE"),
  slow_consumer: same("RESOURCE_EXHAUSTED")
}

const texts: { readonly [R in Reason]: string } = {
  invalid_envelope: "the envelope is malformed",
  unsupported_protocol_version: "this protocol version isn't supported",
  session_unknown: "there is no such session",
  session_revoked: "the session is revoked",
  payload_hash_mismatch: "payload_hash is not the hash of the payload",
  invalid_signature: "the signature is not valid",
  stale_request: "the timestamp is too old or too far ahead",
  replayed_request: "this request_id has been used before",
  rate_limited: "too many requests",
  unsupported_message_type: "this message type is unknown",
  backend_unavailable: "the backend can't be reached at present",
  replay_store_unavailable: "requests can't be protected against replay at present",
  shutting_down: "the gateway is shutting down",
  slow_consumer: "the client doesn't read the stream fast enough"
}

/** The message of the error: the refusal's own, or a fixed text for its reason. */
export const textOf = (refusal: Refusal): string => ("message" in refusal && refusal.message) || texts[refusal._tag]

/** The delay of `RetryInfo`: whole milliseconds, rounded up so that nobody comes back too early. */
export const retryAfterOf = (refusal: Refusal): number | undefined =>
  "retryAfterMs" in refusal && refusal.retryAfterMs !== undefined
    ? Math.max(1, Math.ceil(refusal.retryAfterMs))
    : undefined

/** Metadata of the `ErrorInfo` detail. */
export const metadataOf = (refusal: Refusal): Readonly<Record<string, string>> =>
  refusal._tag === "stale_request"
    ? {
        server_time_ms: String(refusal.serverTimeMs),
        server_time_signature: Base64.encode(refusal.serverTimeSignature)
      }
    : {}
