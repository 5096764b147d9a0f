/**
 * Why the gateway refuses, one class per reason of the wire contract, and the status code each has.
 *
 * The table is total by type: a new refusal doesn't compile without its line.
 */
import { Data } from "effect"
import { Base64 } from "effect/encoding"

export class InvalidEnvelope extends Data.TaggedError("invalid_envelope")<{ readonly message: string }> {}
export class UnsupportedProtocolVersion extends Data.TaggedError("unsupported_protocol_version")<{
  readonly message: string
}> {}
export class SessionUnknown extends Data.TaggedError("session_unknown") {}
export class SessionRevoked extends Data.TaggedError("session_revoked") {}
export class PayloadHashMismatch extends Data.TaggedError("payload_hash_mismatch") {}
export class InvalidSignature extends Data.TaggedError("invalid_signature") {}
export class StaleRequest extends Data.TaggedError("stale_request")<{
  readonly serverTimeMs: number
  /** The gateway's signature over the server-time input. */
  readonly serverTimeSignature: Uint8Array
}> {}
export class ReplayedRequest extends Data.TaggedError("replayed_request") {}
export class RateLimited extends Data.TaggedError("rate_limited")<{ readonly retryAfterMs: number }> {}
export class UnsupportedMessageType extends Data.TaggedError("unsupported_message_type")<{
  readonly message: string
}> {}
export class BackendUnavailable extends Data.TaggedError("backend_unavailable") {}
/** The store can't be asked, or has lost reservations and doesn't vouch for this moment yet. */
export class ReplayStoreUnavailable extends Data.TaggedError("replay_store_unavailable")<{
  /** For whoever runs the gateway, as the probes show it: a short sentence without addresses. */
  readonly why: string
  /** When the end of it is known: milliseconds, whole and above 0. */
  readonly retryAfterMs?: number
}> {}
export class ShuttingDown extends Data.TaggedError("shutting_down") {}
export class SlowConsumer extends Data.TaggedError("slow_consumer") {}

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

export type Reason = Refusal["_tag"]

/** gRPC's names of the codes in use. */
export type StatusCode =
  | "INVALID_ARGUMENT"
  | "FAILED_PRECONDITION"
  | "UNAUTHENTICATED"
  | "RESOURCE_EXHAUSTED"
  | "UNIMPLEMENTED"
  | "UNAVAILABLE"

/** `session_revoked` ends a stream with another code than it refuses a request. */
export type RefusedAt = "request" | "stream"

const same = (code: StatusCode): Record<RefusedAt, StatusCode> => ({ request: code, stream: code })

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

export const textOf = (refusal: Refusal): string => ("message" in refusal && refusal.message) || texts[refusal._tag]

/** What `RetryInfo` says: whole milliseconds, rounded up so that nobody comes back too early. */
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
