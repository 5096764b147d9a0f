/** What only the gateway asks of the backend (`/api/v1/internal`): session lookup and the catch-up of event streams. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { DeviceSessionId, UserId } from "../ids/Ids.ts"
import { wireErrors } from "./ApiError.ts"
import { Timestamp } from "./Fields.ts"
import { InputErrors } from "./InputErrors.ts"
import { Account } from "./UserAccount.ts"

export const SessionRecord = Schema.Struct({
  device_session_id: DeviceSessionId,
  user_id: UserId,
  /** Standard base64 of the raw 32 bytes. */
  client_public_key: Schema.String,
  status: Schema.Literals(["active", "revoked"]),
  created_at: Timestamp,
  revoked_at: Schema.optionalKey(Timestamp)
})

export const UserEvent = Schema.Struct({
  sequence: Schema.Int,
  kind: Schema.String,
  /** Standard base64. */
  payload: Schema.String,
  event_id: Schema.String,
  /** Meant for one session only; absent for all of the user's. */
  device_session_id: Schema.optionalKey(DeviceSessionId),
  request_id: Schema.String,
  trace_id: Schema.String,
  created_at: Timestamp
})

/** Kept events above `after`, in order. `oldest`..`newest` is what is kept; both 0 when the user has no event yet. */
export const UserEvents = Schema.Struct({
  events: Schema.Array(UserEvent),
  oldest_sequence: Schema.Int,
  newest_sequence: Schema.Int
})

const atLeast = (low: number, high: number) =>
  Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: low, maximum: high }))

export class InternalSessionsGroup extends HttpApiGroup.make("internalSessions")
  .add(
    HttpApiEndpoint.get("lookup", "/:device_session_id", {
      params: { device_session_id: DeviceSessionId },
      success: SessionRecord,
      error: wireErrors
    })
  )
  .prefix("/api/v1/internal/sessions") {}

export class InternalEventsGroup extends HttpApiGroup.make("internalEvents")
  .add(
    HttpApiEndpoint.get("events", "/:user_id/events", {
      params: { user_id: UserId },
      query: {
        after: atLeast(0, Number.MAX_SAFE_INTEGER),
        limit: Schema.optionalKey(atLeast(1, 500))
      },
      success: UserEvents,
      error: wireErrors
    })
  )
  .prefix("/api/v1/internal/users") {}

export class InternalAccountsGroup extends HttpApiGroup.make("internalAccounts")
  .add(
    HttpApiEndpoint.get("account", "/:user_id/account-internal", {
      params: { user_id: UserId },
      success: Account,
      error: wireErrors
    })
  )
  .prefix("/api/v1/internal/users") {}

export class InternalApi extends HttpApi.make("internal")
  .add(InternalSessionsGroup, InternalEventsGroup, InternalAccountsGroup)
  .middleware(InputErrors) {}
