/** The messages of the gateway's edge and of its refusals: the fields of each, with their numbers in `proto/`. */
import type { Shape } from "./protobuf.ts"

/** Requests of both calls. */
export const signedRequest = {
  protocolVersion: [1, "string"],
  deviceSessionId: [2, "string"],
  messageType: [3, "string"],
  timestampMs: [4, "int64"],
  requestId: [5, "string"],
  payloadBytes: [6, "bytes"],
  payloadHash: [7, "bytes"],
  signature: [8, "bytes"],
  traceId: [9, "string"]
} as const satisfies Shape

/** The answer to a command. */
export const signedAnswer = {
  protocolVersion: [1, "string"],
  requestId: [2, "string"],
  timestampMs: [3, "int64"],
  resultCode: [4, "string"],
  payloadBytes: [5, "bytes"],
  payloadHash: [6, "bytes"],
  signature: [7, "bytes"]
} as const satisfies Shape

/** A frame of the event stream. */
export const signedEvent = {
  eventType: [1, "string"],
  eventId: [2, "string"],
  timestampMs: [3, "int64"],
  payloadBytes: [4, "bytes"],
  payloadHash: [5, "bytes"],
  signature: [6, "bytes"],
  requestId: [7, "string"],
  traceId: [8, "string"],
  sequence: [9, "int64"]
} as const satisfies Shape

/** Why the gateway has refused. Field 3, the metadata, repeats: each is an `entry`. */
export const errorInfo = { reason: [1, "string"], domain: [2, "string"] } as const satisfies Shape

/** Number of the metadata's field in `errorInfo`. */
export const metadataField = 3

/** One entry of the metadata. */
export const entry = { key: [1, "string"], value: [2, "string"] } as const satisfies Shape

/** When to come again; its delay is a `duration`. */
export const retryInfo = { retryDelay: [1, "bytes"] } as const satisfies Shape

/** A span of time. */
export const duration = { seconds: [1, "int64"], nanos: [2, "int64"] } as const satisfies Shape
