/** The push log of a backend in this very process, as the gateway's `PushSource`. */
import type { Frame, PushBroker, SubscribeError } from "@galaxy/core/push/PushBroker"
import { type PushFrame, PushSource, PushSourceLost } from "@galaxy/edge/hub/PushSource"
import { Layer, Stream } from "effect"

const frameOf = (frame: Frame): PushFrame => {
  const { cursor } = frame
  if (frame.type === "resume") return { type: "resume", cursor, outcome: frame.outcome }
  const { row } = frame
  const userId = row.userId ?? ""
  const deviceSessionId = row.deviceSessionId ?? ""
  if (row.eventType === "session_invalidation") {
    return { type: "invalidation", cursor, deviceSessionId, userId, reason: row.kind }
  }
  const { kind, payload, eventId, requestId, traceId } = row
  const sequence = Number(row.sequence ?? 0n)
  return {
    type: "event",
    cursor,
    event: { userId, deviceSessionId, kind, payload, eventId, requestId, traceId, sequence }
  }
}

const lost = (error: SubscribeError): PushSourceLost =>
  new PushSourceLost({ message: error._tag === "SubscriptionEnded" ? error.reason : error._tag })

/** Subscribes under this name, of which there may be one subscription. */
export const layer = (options: {
  readonly broker: PushBroker["Service"]
  readonly clientId: string
}): Layer.Layer<PushSource> =>
  Layer.succeed(PushSource, {
    frames: (cursor) =>
      options.broker.subscribe(options.clientId, cursor).pipe(Stream.map(frameOf), Stream.mapError(lost))
  })
