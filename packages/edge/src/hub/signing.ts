/** Events as they go out: with their payload, time, hash and the gateway's signature for one session's stream. */
import type { GatewayEventKind } from "@galaxy/contract/events/EventKinds"
import { gatewayEventTables } from "@galaxy/contract/events/EventKinds"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { type Awaitable, andThen } from "../Awaitable.ts"
import type { Outgoing } from "./Outgoing.ts"

/**
 * The `GatewayEvent` of wire.md. `sequence` is 0 for the gateway's own events. The signature also covers the session of
 * the stream, so an event doesn't verify on another stream.
 */
export interface SignedEvent {
  readonly eventType: string
  readonly eventId: string
  readonly timestampMs: bigint
  readonly payloadBytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly signature: Uint8Array
  readonly requestId: string
  readonly traceId: string
  readonly sequence: bigint
}

/** An event before it is signed. */
interface Unsigned {
  readonly eventType: string
  readonly eventId: string
  readonly payloadBytes: Uint8Array
  readonly requestId: string
  readonly traceId: string
  readonly sequence: bigint
}

const gateways = (eventType: GatewayEventKind, payload: codec.JsonObject, requestId = ""): Unsigned => ({
  eventType,
  eventId: globalThis.crypto.randomUUID(),
  payloadBytes: codec.encode(tables, gatewayEventTables[eventType], payload),
  requestId,
  traceId: "",
  sequence: 0n
})

const unsigned = (it: Outgoing, now: number, requestId: string): Unsigned => {
  switch (it.type) {
    case "server_time":
      return gateways("gateway.server_time", { server_time_ms: now, newest_sequence: it.newest }, requestId)
    case "gap":
      return gateways("gateway.gap", {
        first_missing: it.first,
        last_missing: it.last,
        resumed_after: it.resumedAfter
      })
    case "heartbeat":
      return gateways("gateway.heartbeat", { server_time_ms: now })
    case "event": {
      const { eventId, kind, payload, requestId: cause, sequence, traceId } = it.event
      return { eventType: kind, eventId, payloadBytes: payload, requestId: cause, traceId, sequence: BigInt(sequence) }
    }
  }
}

/** What is signed with. */
export interface Signer {
  readonly sha256: (bytes: Uint8Array) => Awaitable<Uint8Array>
  readonly sign: (message: Uint8Array) => Awaitable<Uint8Array>
}

/** The event for one session's stream, at `now` (Unix milliseconds). The server's time answers `requestId`. */
export const signedFor = (
  signer: Signer,
  it: Outgoing,
  {
    deviceSessionId,
    now,
    requestId
  }: { readonly deviceSessionId: string; readonly now: number; readonly requestId: string }
): Awaitable<SignedEvent> => {
  const event = unsigned(it, now, requestId)
  const timestampMs = BigInt(now)
  return andThen(signer.sha256(event.payloadBytes), (payloadHash) =>
    andThen(
      signer.sign(SigningInput.event({ ...event, timestampMs, payloadHash, deviceSessionId })),
      (signature): SignedEvent => ({
        eventType: event.eventType,
        eventId: event.eventId,
        timestampMs,
        payloadBytes: event.payloadBytes,
        payloadHash,
        signature,
        requestId: event.requestId,
        traceId: event.traceId,
        sequence: event.sequence
      })
    )
  )
}
