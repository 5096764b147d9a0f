/**
 * The closed set of REST error codes and their statuses (wire contract, section 2).
 *
 * On the wire an error is `{"error":{"code","message","reason"?}}`; in the program it is one tagged class per code. A
 * reason, from a closed list, says which condition caused the code. Domain errors never carry a status: each surface
 * maps them to these classes in its own total table.
 */
import { Schema, SchemaTransformation } from "effect"
import { HttpApiSchema } from "effect/http-api"

/** HTTP status of each code. */
export const statusOf = {
  invalid_request: 400,
  account_permanently_blocked: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  service_unavailable: 503
} as const

/**
 * A code of the closed set. The same text is the tag of the error's class and the `result_code` of a signed response.
 */
export type ApiErrorCode = keyof typeof statusOf

/**
 * The reasons that some codes may carry. Readers must treat an unknown reason as an absent one, since later versions
 * may add more.
 */
export const reasonsOf = {
  conflict: [
    "wrong_state",
    "full",
    "name_taken",
    "already_member",
    "already_pending",
    "not_pending",
    "blocked",
    "limit_reached",
    "enrollment_over",
    "paused",
    "generating",
    "turn_closed",
    "turn_passed",
    "orders_changed",
    "exists",
    "last_admin",
    "sent_already",
    "version_disabled",
    "not_a_patch",
    "in_use",
    "not_enough_players"
  ],
  forbidden: ["not_owner", "not_member", "not_recipient", "not_issuer", "cross_site", "foreign_host"]
} as const satisfies Partial<Record<ApiErrorCode, ReadonlyArray<string>>>

/** Reasons of a code; `never` where the code has none. */
export type ReasonOf<C extends ApiErrorCode> = C extends keyof typeof reasonsOf ? (typeof reasonsOf)[C][number] : never

const fields = { message: Schema.String }

/** The request is malformed, or a value in it is not acceptable. Repeating it fails again. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("invalid_request", fields) {}
/** The e-mail address is blocked for good. Only the sign-in routes fail with it. */
export class AccountPermanentlyBlocked extends Schema.TaggedError<AccountPermanentlyBlocked>()(
  "account_permanently_blocked",
  fields
) {}
/**
 * The caller isn't known: the gateway's or engine's token is wrong, the administrator's name or password is, or the
 * user has no active account.
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("unauthorized", fields) {}
/**
 * The caller may not do this; an object that they may not even see is `not_found` instead. Listeners also refuse
 * requests from pages of other sites and for foreign host names with it.
 */
export class Forbidden extends Schema.TaggedError<Forbidden>()("forbidden", {
  ...fields,
  reason: Schema.optionalKey(Schema.Literals(reasonsOf.forbidden))
}) {}
/** The object or route doesn't exist, or the caller may not see it: the two can't be told apart. */
export class NotFound extends Schema.TaggedError<NotFound>()("not_found", fields) {}
/** The path exists under other methods, which the `Allow` header lists. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("method_not_allowed", fields) {}
/** The request is valid, but the present state of the object rules it out. */
export class Conflict extends Schema.TaggedError<Conflict>()("conflict", {
  ...fields,
  reason: Schema.optionalKey(Schema.Literals(reasonsOf.conflict))
}) {}
/** The body is larger than the listener accepts. */
export class PayloadTooLarge extends Schema.TaggedError<PayloadTooLarge>()("payload_too_large", fields) {}
/** The body is not JSON by its `Content-Type`, or it has a content encoding. */
export class UnsupportedMediaType extends Schema.TaggedError<UnsupportedMediaType>()(
  "unsupported_media_type",
  fields
) {}
/** A budget is used up. The answer's `Retry-After` header says when to come back. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("rate_limited", fields) {}
/** A defect on the server. The message says nothing about its cause, which is only logged. */
export class InternalError extends Schema.TaggedError<InternalError>()("internal_error", fields) {}
/** A part that the answer depends on can't be reached at present; a retry may succeed. */
export class ServiceUnavailable extends Schema.TaggedError<ServiceUnavailable>()("service_unavailable", fields) {}

const classes = {
  invalid_request: InvalidRequest,
  account_permanently_blocked: AccountPermanentlyBlocked,
  unauthorized: Unauthorized,
  forbidden: Forbidden,
  not_found: NotFound,
  method_not_allowed: MethodNotAllowed,
  conflict: Conflict,
  payload_too_large: PayloadTooLarge,
  unsupported_media_type: UnsupportedMediaType,
  rate_limited: RateLimited,
  internal_error: InternalError,
  service_unavailable: ServiceUnavailable
} as const

/** Every error that a REST surface may answer with. */
export type ApiError = { [C in ApiErrorCode]: InstanceType<(typeof classes)[C]> }[ApiErrorCode]

/** Makes the error of a code. A reason is kept only for codes that have reasons. */
export const make = <C extends ApiErrorCode>(code: C, message: string, reason?: ReasonOf<C>): ApiError => {
  switch (code) {
    case "conflict":
      return new Conflict(reason === undefined ? { message } : { message, reason: reason as ReasonOf<"conflict"> })
    case "forbidden":
      return new Forbidden(reason === undefined ? { message } : { message, reason: reason as ReasonOf<"forbidden"> })
    default:
      return new classes[code]({ message })
  }
}

/** The JSON body of an error. */
export const body = <C extends ApiErrorCode>(code: C, message: string, reason?: ReasonOf<C>) => ({
  error: { code, message, ...(reason === undefined ? {} : { reason }) }
})

export { ErrorEnvelope } from "./ErrorEnvelope.ts"

const envelope = <const C extends string>(code: C) =>
  Schema.Struct({ error: Schema.Struct({ code: Schema.Literal(code), message: Schema.String }) })

const wire = <const C extends string, E extends { readonly message: string }>(
  code: C,
  status: number,
  type: Schema.Codec<E, unknown> & (new (props: { message: string }) => E)
) =>
  envelope(code).pipe(
    Schema.decodeTo(
      Schema.toType(type),
      SchemaTransformation.transform<E, ReturnType<typeof envelope<C>>["Type"]>({
        decode: (encoded) => new type({ message: encoded.error.message }),
        encode: (error) => ({ error: { code, message: error.message } })
      })
    ),
    HttpApiSchema.status(status)
  )

const reasonedEnvelope = <const C extends string, const R extends string>(code: C, reasons: ReadonlyArray<R>) =>
  Schema.Struct({
    error: Schema.Struct({
      code: Schema.Literal(code),
      message: Schema.String,
      // A later version may have more.
      reason: Schema.optionalKey(Schema.Union([Schema.Literals(reasons), Schema.String]))
    })
  })

const wireReasoned = <
  const C extends string,
  const R extends string,
  E extends { readonly message: string; readonly reason?: R }
>(
  code: C,
  status: number,
  type: Schema.Codec<E, unknown> & (new (props: { readonly message: string; readonly reason?: R }) => E),
  reasons: ReadonlyArray<R>
) =>
  reasonedEnvelope(code, reasons).pipe(
    Schema.decodeTo(
      Schema.toType(type),
      SchemaTransformation.transform<E, ReturnType<typeof reasonedEnvelope<C, R>>["Type"]>({
        decode: ({ error: { message, reason } }) => {
          const known = reasons.find((it) => it === reason)
          return new type(known === undefined ? { message } : { message, reason: known })
        },
        encode: ({ message, reason }) => ({ error: { code, message, ...(reason === undefined ? {} : { reason }) } })
      })
    ),
    HttpApiSchema.status(status)
  )

/** The `error` that every endpoint declares: all codes, in their wire form. */
export const wireErrors = [
  wire("invalid_request", statusOf.invalid_request, InvalidRequest),
  wire("account_permanently_blocked", statusOf.account_permanently_blocked, AccountPermanentlyBlocked),
  wire("unauthorized", statusOf.unauthorized, Unauthorized),
  wireReasoned("forbidden", statusOf.forbidden, Forbidden, reasonsOf.forbidden),
  wire("not_found", statusOf.not_found, NotFound),
  wire("method_not_allowed", statusOf.method_not_allowed, MethodNotAllowed),
  wireReasoned("conflict", statusOf.conflict, Conflict, reasonsOf.conflict),
  wire("payload_too_large", statusOf.payload_too_large, PayloadTooLarge),
  wire("unsupported_media_type", statusOf.unsupported_media_type, UnsupportedMediaType),
  wire("rate_limited", statusOf.rate_limited, RateLimited),
  wire("internal_error", statusOf.internal_error, InternalError),
  wire("service_unavailable", statusOf.service_unavailable, ServiceUnavailable)
] as const

/** The wire form of `invalid_request` alone, for middleware that only refuses malformed input. */
export const InvalidRequestWire = wireErrors[0]
/** The wire form of `not_found` alone, for middleware that refuses paths with a malformed id. */
export const NotFoundWire = wireErrors[4]
