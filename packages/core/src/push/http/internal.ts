/** A user's stored events, which gateways read to catch a stream up. */
import { InternalApi } from "@galaxy/contract/api/InternalApi"
import { DeviceSessionId, type UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import * as Base64 from "effect/encoding/Base64"
import { HttpApiBuilder } from "effect/http-api"
import { toApi } from "../../shared/http/errors.ts"
import { PushLog } from "../PushLog.ts"

const defaultLimit = 200

const eventsOf = (log: PushLog["Service"], userId: UserId, after: number, limit: number | undefined) =>
  Effect.map(log.eventsAfter(userId, after, limit ?? defaultLimit), (kept) => ({
    events: kept.events.map((row) => ({
      sequence: Number(row.sequence),
      kind: row.kind,
      payload: Base64.encode(row.payload),
      event_id: row.eventId,
      ...(row.deviceSessionId === null ? {} : { device_session_id: DeviceSessionId.make(row.deviceSessionId) }),
      request_id: row.requestId,
      trace_id: row.traceId,
      created_at: row.createdAt
    })),
    oldest_sequence: kept.oldest,
    newest_sequence: kept.newest
  }))

/** Handlers of `InternalApi`'s group `internalEvents`. At most 200 events where the gateway sets no limit. */
export const internalEvents = HttpApiBuilder.group(
  InternalApi,
  "internalEvents",
  Effect.fnUntraced(function* (handlers) {
    const log = yield* PushLog
    return handlers.handle("events", ({ params, query }) =>
      toApi(eventsOf(log, params.user_id, query.after, query.limit))
    )
  })
)
