/** Step 1: every field has the form and size that the contract gives it. */
import { uuidPattern } from "@galaxy/contract/ids/Ids"
import { type Envelope, subscribeType } from "../Envelope.ts"
import { InvalidEnvelope } from "../Refusal.ts"
import type { Stage } from "./Stage.ts"

const messageTypePattern = /^[a-z0-9._]{1,64}$/
const requestIdPattern = /^[A-Za-z0-9_-]{1,64}$/
const maxTraceId = 128

const problem = (envelope: Envelope, rpc: "command" | "subscribe", maxPayloadBytes: number): string | undefined => {
  if (envelope.protocolVersion === "" || envelope.protocolVersion.length > 16)
    return "protocol_version must have 1 to 16 characters"
  if (!uuidPattern.test(envelope.deviceSessionId)) return "device_session_id must be a UUID in lower case"
  if (!messageTypePattern.test(envelope.messageType)) return "message_type must have 1 to 64 characters of a-z 0-9 . _"
  if (rpc === "subscribe" && envelope.messageType !== subscribeType) return `message_type must be ${subscribeType}`
  if (!requestIdPattern.test(envelope.requestId)) return "request_id must have 1 to 64 characters of A-Z a-z 0-9 - _"
  if (envelope.payloadBytes.length > maxPayloadBytes) return `payload_bytes must have at most ${maxPayloadBytes} bytes`
  if (envelope.payloadHash.length !== 32) return "payload_hash must have 32 bytes"
  if (envelope.signature.length !== 64) return "signature must have 64 bytes"
  if (envelope.traceId.length > maxTraceId) return `trace_id must have at most ${maxTraceId} characters`
  return undefined
}

/** Refuses with `InvalidEnvelope`, whose message names the first field that is wrong. */
export const form =
  (maxPayloadBytes: number): Stage =>
  ({ envelope, rpc }) => {
    const message = problem(envelope, rpc, maxPayloadBytes)
    return message === undefined ? undefined : new InvalidEnvelope({ message })
  }
