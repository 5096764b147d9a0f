/**
 * Events as frames on the wire, which gRPC and Connect have in common: a `GatewayEvent` in protobuf behind a flag and its length.
 *
 * Written by hand because each event is written once for each stream. The bytes are those that protobuf's library writes.
 */
import type { SignedEvent } from "@galaxy/edge/hub/signing"
import { frameHead, withHead } from "../http/grpcFrame.ts"
import { FieldWriter, sizeOfBytes, sizeOfInt64 } from "./FieldWriter.ts"

/** The frame of an event. */
export const frameOf = (event: SignedEvent): Buffer => {
  const { eventId, eventType, payloadBytes, payloadHash, requestId, sequence, signature, timestampMs, traceId } = event
  const [type, id, request, trace] = [eventType, eventId, requestId, traceId].map((it) => Buffer.byteLength(it)) as [
    number,
    number,
    number,
    number
  ]
  const length =
    sizeOfBytes(type) +
    sizeOfBytes(id) +
    sizeOfInt64(timestampMs) +
    sizeOfBytes(payloadBytes.length) +
    sizeOfBytes(payloadHash.length) +
    sizeOfBytes(signature.length) +
    sizeOfBytes(request) +
    sizeOfBytes(trace) +
    sizeOfInt64(sequence)
  const frame = Buffer.allocUnsafe(frameHead + length)
  new FieldWriter(frame, frameHead)
    .text(1, eventType, type)
    .text(2, eventId, id)
    .int64(3, timestampMs)
    .bytes(4, payloadBytes)
    .bytes(5, payloadHash)
    .bytes(6, signature)
    .text(7, requestId, request)
    .text(8, traceId, trace)
    .int64(9, sequence)
  return withHead(frame, 0)
}
