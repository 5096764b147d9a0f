/** Frames of the push log as messages of `galaxy.push.v1`. */
import type { MessageInitShape } from "@bufbuild/protobuf"
import { type PushEventSchema, Resume_Outcome } from "@galaxy/contract/gen/proto/galaxy/push/v1/push_pb"
import type { Frame } from "@galaxy/core/push/PushBroker"

type Payload = NonNullable<MessageInitShape<typeof PushEventSchema>["payload"]>

const payloadOf = (frame: Frame): Payload => {
  if (frame.type === "resume") return { case: "resume", value: { outcome: Resume_Outcome[frame.outcome] } }
  const { row } = frame
  if (row.eventType === "session_invalidation") {
    return {
      case: "sessionInvalidation",
      value: { deviceSessionId: row.deviceSessionId ?? "", userId: row.userId ?? "", reason: row.kind }
    }
  }
  return {
    case: "clientEvent",
    value: {
      userId: row.userId ?? "",
      deviceSessionId: row.deviceSessionId ?? "",
      kind: row.kind,
      payload: row.payload,
      eventId: row.eventId,
      requestId: row.requestId,
      traceId: row.traceId,
      sequence: row.sequence ?? 0n
    }
  }
}

/** The message of a frame: absent ids are empty, and an absent sequence is 0. */
export const toFrame = (frame: Frame): MessageInitShape<typeof PushEventSchema> => ({
  cursor: frame.cursor,
  payload: payloadOf(frame)
})
