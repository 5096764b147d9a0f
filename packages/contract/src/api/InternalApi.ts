/** Calls that only gateways make to the backend (`/api/v1/internal`): sessions, accounts, and catching up streams. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { DeviceSessionId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { Timestamp, whole } from "./Fields.ts"
import { InputErrors } from "./InputErrors.ts"
import { Account } from "./UserAccount.ts"

/**
 * A device session as the gateway's session cache holds it. Revoked sessions are answered too, so that the gateway can
 * tell `session_revoked` from `session_unknown`.
 */
export const SessionRecord = Schema.Struct({
  device_session_id: DeviceSessionId,
  user_id: UserId,
  /** Standard base64 of the raw 32 bytes. */
  client_public_key: Schema.String,
  status: Schema.Literals(["active", "revoked"]),
  created_at: Timestamp,
  revoked_at: Schema.optionalKey(Timestamp)
})

/** One stored event of a user, ready to be signed for a stream. */
export const UserEvent = Schema.Struct({
  /** The user's own numbering: 1, 2, 3, … without holes, in commit order. */
  sequence: Schema.Int,
  /** One of `EventKinds`; open, so that a gateway passes on those of a newer backend. */
  kind: Schema.String,
  /** Standard base64. */
  payload: Schema.String,
  event_id: Schema.String,
  /** The only session that the event is for; absent when it is for all of the user's. */
  device_session_id: Schema.optionalKey(DeviceSessionId),
  /** Id and trace of the request that caused the event; empty where none did. */
  request_id: Schema.String,
  trace_id: Schema.String,
  created_at: Timestamp
})

/**
 * Stored events above `after` in order of sequence, at most `limit` of them (200 when absent). `newest_sequence` is the
 * last number given, `oldest_sequence` the first one still stored. Both are 0 before the user's first event.
 */
export const UserEvents = Schema.Struct({
  events: Schema.Array(UserEvent),
  oldest_sequence: Schema.Int,
  newest_sequence: Schema.Int
})

/** Session lookup, for verification steps 3 and 4 (wire contract, section 1). An unknown session is `not_found`. */
export class InternalSessionsGroup extends HttpApiGroup.make("internalSessions")
  .add(
    HttpApiEndpoint.get("lookup", "/:device_session_id", {
      params: { device_session_id: DeviceSessionId },
      success: SessionRecord,
      error: wireErrors
    })
  )
  .prefix("/api/v1/internal/sessions") {}

/**
 * A user's stored events, from which streams catch up after a reconnect or a lost push connection. A user without
 * events gets an empty list, whether or not the account exists.
 */
export class InternalEventsGroup extends HttpApiGroup.make("internalEvents")
  .add(
    HttpApiEndpoint.get("events", "/:user_id/events", {
      params: { user_id: UserId },
      query: {
        after: whole(0, Number.MAX_SAFE_INTEGER),
        limit: Schema.optionalKey(whole(1, 500))
      },
      success: UserEvents,
      error: wireErrors
    })
  )
  .prefix("/api/v1/internal/users") {}

/** A user's account by id. A deleted account is `not_found`. */
export class InternalAccountsGroup extends HttpApiGroup.make("internalAccounts")
  .add(
    HttpApiEndpoint.get("account", "/:user_id/account-internal", {
      params: { user_id: UserId },
      success: Account,
      error: wireErrors
    })
  )
  .prefix("/api/v1/internal/users") {}

/** The whole internal surface. It has no identity middleware: the listener admits only gateways. */
export class InternalApi extends HttpApi.make("internal")
  .add(InternalSessionsGroup, InternalEventsGroup, InternalAccountsGroup)
  .middleware(InputErrors) {}
